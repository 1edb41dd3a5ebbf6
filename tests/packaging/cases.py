# SPDX-License-Identifier: MIT
"""Runs test functions and reports on them in CMocka's format, which ./dev test adds up."""
import sys


def run(*cases):
    """Each case is a function named by the behaviour. Exits with the number of failures."""
    failed = []
    print(f"[==========] Running {len(cases)} test(s).")
    for case in cases:
        print(f"[ RUN      ] {case.__name__}", flush=True)
        try:
            case()
        except Exception as error:
            print(f"[  ERROR   ] --- {type(error).__name__}: {error}")
            print(f"[  FAILED  ] {case.__name__}", flush=True)
            failed.append(case.__name__)
        else:
            print(f"[       OK ] {case.__name__}", flush=True)
    print(f"[==========] {len(cases)} test(s) run.")
    print(f"[  PASSED  ] {len(cases) - len(failed)} test(s).")
    if failed:
        print(f"[  FAILED  ] {len(failed)} test(s), listed below:")
        for name in failed:
            print(f"[  FAILED  ] {name}")
    sys.exit(min(len(failed), 100))


def expect(condition, message):
    """Like assert, but not switched off by python -O."""
    if not condition:
        raise AssertionError(message)
