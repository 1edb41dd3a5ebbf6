# SPDX-License-Identifier: MIT
"""Adds up the test counts that the programs of a `meson test` run printed.

    count.py meson-logs/testlog.json     prints "PASSED FAILED LEFT_OUT REASON" and, on stderr, who
                                         failed; REASON, with _ for blanks, only if some were left out
"""
import json
import re
import sys

# CMocka prints the first two on standard error. Failures of set-up are in the last one only.
PASSED = re.compile(r"^\[  PASSED  \] (\d+) test", re.MULTILINE)
FAILED = re.compile(r"^\[  FAILED  \] (\d+) test", re.MULTILINE)
# A skipped test shows nothing.
SKIPPED = re.compile(r"^\[  SKIPPED \] (\d+) test", re.MULTILINE)
FAILED_ALL = re.compile(r"^ *(\d+) FAILED TEST", re.MULTILINE)
# The output of tests/support/with_set.c; there is no other reason to leave a program out.
LEFT_OUT = re.compile(r"\Aset \w+ cannot run here\n?\Z")


def _text(log):
    return (log.get("stdout") or "") + "\n" + (log.get("stderr") or "")


def reason_left_out(log):
    """Why a program was not run, or None."""
    said = _text(log).strip()
    return said if log["result"] == "SKIP" and LEFT_OUT.match(said) else None


def count(log):
    """(passed, failed) of one program's entry in the log."""
    if reason_left_out(log):
        return 0, 0
    text = _text(log)
    passed = sum(map(int, PASSED.findall(text)))
    failed = max(sum(map(int, FAILED.findall(text))), sum(map(int, FAILED_ALL.findall(text))))
    failed += sum(map(int, SKIPPED.findall(text)))
    went_wrong = log["result"] != "OK" or passed + failed == 0
    if went_wrong and failed == 0:
        failed = 1
    return passed, failed


def main(path):
    total_passed = total_failed = 0
    reasons = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            log = json.loads(line)
            passed, failed = count(log)
            total_passed += passed
            total_failed += failed
            reasons += filter(None, [reason_left_out(log)])
            if failed:
                print(f"{log['name']}: {failed} failed ({log['result']})", file=sys.stderr)
    why = ",_".join(sorted(set(reasons))).replace(" ", "_")
    print(total_passed, total_failed, len(reasons), why)


if __name__ == "__main__":
    main(sys.argv[1])
