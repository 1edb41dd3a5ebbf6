# SPDX-License-Identifier: MIT
"""Adds up the test counts that the programs of a `meson test` run printed.

    count.py meson-logs/testlog.json     prints "PASSED FAILED" and, on stderr, who failed
"""
import json
import re
import sys

# CMocka prints the first two on standard error. Failures of set-up are in the last one only.
PASSED = re.compile(r"^\[  PASSED  \] (\d+) test", re.MULTILINE)
FAILED = re.compile(r"^\[  FAILED  \] (\d+) test", re.MULTILINE)
FAILED_ALL = re.compile(r"^ *(\d+) FAILED TEST", re.MULTILINE)


def count(log):
    """(passed, failed) of one program's entry in the log."""
    text = (log.get("stdout") or "") + "\n" + (log.get("stderr") or "")
    passed = sum(map(int, PASSED.findall(text)))
    failed = max(sum(map(int, FAILED.findall(text))), sum(map(int, FAILED_ALL.findall(text))))
    went_wrong = log["result"] != "OK" or passed + failed == 0
    if went_wrong and failed == 0:
        failed = 1
    return passed, failed


def main(path):
    total_passed = total_failed = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            log = json.loads(line)
            passed, failed = count(log)
            total_passed += passed
            total_failed += failed
            if failed:
                print(f"{log['name']}: {failed} failed ({log['result']})", file=sys.stderr)
    print(total_passed, total_failed)


if __name__ == "__main__":
    main(sys.argv[1])
