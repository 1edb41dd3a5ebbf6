# SPDX-License-Identifier: MIT
"""No failure is lost on the way from a test program to the last line of ./dev test."""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run
from count import count, reason_left_out


def _expect_count(passed, failed, result="OK", stdout="", stderr=""):
    got = count({"result": result, "stdout": stdout, "stderr": stderr})
    expect(got == (passed, failed), f"counted {got}, not {(passed, failed)}")


def a_program_that_passed_counts_its_tests():
    _expect_count(3, 0, stderr="[==========] 3 test(s) run.\n[  PASSED  ] 3 test(s).\n")


def groups_of_one_program_add_up():
    _expect_count(5, 0, stderr="[  PASSED  ] 3 test(s).\n[  PASSED  ] 2 test(s).\n")


def a_failed_test_is_counted_once():
    _expect_count(
        2,
        1,
        "FAIL",
        stdout="[  FAILED  ] a_name\n",
        stderr="[  PASSED  ] 2 test(s).\n[  FAILED  ] 1 test(s), listed below:\n"
        "[  FAILED  ] a_name\n\n 1 FAILED TEST(S)\n",
    )


def a_failed_set_up_is_counted():
    _expect_count(1, 1, "FAIL", stderr="[  PASSED  ] 1 test(s).\n\n 1 FAILED TEST(S)\n")


def a_crash_without_a_count_is_a_failure():
    _expect_count(0, 1, "FAIL", stdout="[ RUN      ] a_name\n")
    _expect_count(0, 1, "TIMEOUT")


def a_leak_found_after_the_tests_passed_is_a_failure():
    _expect_count(4, 1, "FAIL", stderr="[  PASSED  ] 4 test(s).\nLeakSanitizer: detected\n")


def a_program_that_ran_no_test_is_a_failure():
    _expect_count(0, 1, stdout="")
    _expect_count(0, 1, stderr="[==========] 0 test(s) run.\n[  PASSED  ] 0 test(s).\n")
    _expect_count(0, 1, "SKIP")


def a_test_that_skips_itself_is_a_failure():
    _expect_count(
        1, 2, stderr="[  PASSED  ] 1 test(s).\n[  SKIPPED ] 2 test(s), listed below:\n[  SKIPPED ] a\n"
    )


def a_set_that_cannot_run_is_left_out_with_its_name():
    said = "set avx512 cannot run here\n"
    _expect_count(0, 0, "SKIP", stdout=said)
    why = reason_left_out({"result": "SKIP", "stdout": said, "stderr": ""})
    expect(why == "set avx512 cannot run here", f"left out since {why}")


def nothing_else_is_left_out():
    said = "set avx512 cannot run here\n"
    _expect_count(0, 1, "SKIP", stdout="no time\n")
    _expect_count(0, 1, "OK", stdout=said)
    _expect_count(0, 1, "SKIP", stdout=said, stderr="Segmentation fault\n")
    _expect_count(2, 1, "SKIP", stderr="[  PASSED  ] 2 test(s).\n")


def what_is_left_out_is_counted_and_named():
    passed = {"name": "a", "result": "OK", "stderr": "[  PASSED  ] 2 test(s).\n"}
    left_out = {"name": "b", "result": "SKIP", "stdout": "set avx512 cannot run here\n"}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        for entry in (passed, left_out, left_out):
            print(json.dumps(entry), file=log, flush=True)
        script = Path(__file__).with_name("count.py")
        done = subprocess.run(
            [sys.executable, "-B", script, log.name], capture_output=True, text=True
        )
    expect(done.stdout == "2 0 2 set_avx512_cannot_run_here\n", f"{done}")


run(
    a_program_that_passed_counts_its_tests,
    groups_of_one_program_add_up,
    a_failed_test_is_counted_once,
    a_failed_set_up_is_counted,
    a_crash_without_a_count_is_a_failure,
    a_leak_found_after_the_tests_passed_is_a_failure,
    a_test_that_skips_itself_is_a_failure,
    a_program_that_ran_no_test_is_a_failure,
    a_set_that_cannot_run_is_left_out_with_its_name,
    nothing_else_is_left_out,
    what_is_left_out_is_counted_and_named,
)
