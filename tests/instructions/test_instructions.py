# SPDX-License-Identifier: MIT
"""No update, forecast or step takes over 5 % more instructions than limits.txt has.

    test_instructions.py PROGRAM LIMITS            tests
    test_instructions.py PROGRAM LIMITS --renew    writes what it counts as the new limits

PROGRAM is repeat_work. Counts are Valgrind's, of the avx2 set: in counted_calls(), after a first call.
"""
import os
import re
import subprocess
import sys

from cases import expect, run

PROGRAM, LIMITS = sys.argv[1:3]
MARGIN = 1.05
ENVIRONMENT = dict(os.environ, LSTMTS_KERNELS="avx2")
ENVIRONMENT.pop("LSTMTS_FOLD", None)
HEAD = """# Instructions per call, at most: gcc 12, the avx2 set. See test_instructions.py.
# Renew with: ninja -C build/default renew-instructions
"""


def _valgrind(*words):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    command += ["--toggle-collect=counted_calls", PROGRAM, *words]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
    expect(done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done


def _count(work):
    """Instructions per call."""
    repeats = 20 if work.startswith("step") else 1
    said = _valgrind(work, str(repeats)).stderr
    total = re.search(r"Collected : (\d+)", said)
    expect(total, f"valgrind gave no count: {said}")
    return int(total.group(1)) / repeats


def _names():
    kernels, *names = _valgrind().stdout.split()
    expect(kernels == "avx2", f"the limits are those of avx2, but {kernels} runs here")
    return names


def _limits():
    with open(LIMITS, encoding="utf-8") as lines:
        rows = [line.split() for line in lines if not line.startswith("#")]
    return {name: int(limit) for name, limit in rows}


def _renew():
    counts = {name: round(_count(name)) for name in _names()}
    with open(LIMITS, "w", encoding="utf-8") as file:
        file.write(HEAD)
        for name, count in counts.items():
            file.write(f"{name:<32} {count:>10}\n")
            print(f"{name:<32} {count:>10}")


def _gate(name):
    def keeps_its_limit():
        count, limit = _count(name), _limits()[name]
        print(f"{name}: {count:.0f} instructions, {100 * count / limit:.1f} % of the limit")
        expect(count > 0, f"{name} takes {count} instructions")
        expect(
            count <= MARGIN * limit,
            f"{name} takes {count:.0f} instructions, the limit is {limit} and {MARGIN - 1:.0%}",
        )

    keeps_its_limit.__name__ = f"{name}_keeps_its_limit"
    return keeps_its_limit


def each_work_has_a_limit():
    names, limits = _names(), _limits()
    expect(names == list(limits), f"works {names}, limits of {list(limits)}")


def counts_repeat():
    first, second = _count("step_H16"), _count("step_H16")
    expect(first == second, f"counted {first}, then {second}")


if "--renew" in sys.argv:
    _renew()
else:
    run(each_work_has_a_limit, counts_repeat, *map(_gate, _limits()))
