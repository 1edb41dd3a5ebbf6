# SPDX-License-Identifier: MIT
"""run.py fails when an input takes more than a second, and not when only the machine was busy.

    test_run.py RUN     a stand-in for a fuzz target says what libFuzzer does of a slow input
"""
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run

RUN = Path(sys.argv[1]).resolve()
TARGET = """#!/usr/bin/env python3
import sys, time
prefix = [word[17:] for word in sys.argv if word.startswith("-artifact_prefix=")]
if prefix and "-report_slow_units=1" in sys.argv and SLOW:
    open(prefix[0] + "slow-unit-1", "w").close()
    print(f"Slowest unit: 1 s:\\nTest unit written to {prefix[0]}slow-unit-1", file=sys.stderr)
if prefix:
    print("stat::number_of_executed_units: RUNS", file=sys.stderr)
while not prefix and time.process_time() < SECONDS:
    pass
"""


def _run(slow, seconds, runs=1000):
    """The exit status and output of run.py, and whether it has kept the slow input."""
    with tempfile.TemporaryDirectory() as folder:
        target, corpus = Path(folder, "target"), Path(folder, "corpus")
        text = TARGET.replace("SLOW", str(slow)).replace("SECONDS", str(seconds))
        target.write_text(text.replace("RUNS", str(runs)))
        target.chmod(0o755)
        corpus.mkdir()
        Path(corpus, "seed").touch()
        words = [sys.executable, RUN, target, corpus, "none", "1"]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
        return done.returncode, done.stdout, Path(folder, "target-slow-unit-1").exists()


def an_input_that_takes_more_than_a_second_fails_and_is_kept():
    code, said, kept = _run(True, 1.2)
    expect(code == 1 and kept, said)
    expect("target-slow-unit-1 takes 1." in said and "[  FAILED  ] 1 test(s)." in said, said)


def an_input_that_only_waited_for_the_machine_passes():
    code, said, kept = _run(True, 0)
    expect(code == 0 and not kept and "[  PASSED  ] 1 test(s)." in said, said)


def a_run_without_a_slow_input_passes():
    code, said, _ = _run(False, 5)
    expect(code == 0 and "[  PASSED  ] 1 test(s)." in said, said)


def a_run_that_did_not_search_fails():
    for runs in "1", "none":
        code, said, _ = _run(False, 0, runs)
        expect(code == 1 and "[  FAILED  ] 1 test(s)." in said, said)


run(
    an_input_that_takes_more_than_a_second_fails_and_is_kept,
    an_input_that_only_waited_for_the_machine_passes,
    a_run_without_a_slow_input_passes,
    a_run_that_did_not_search_fails,
)
