#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lets libFuzzer search with one target: run.py PROGRAM CORPUS DICTIONARY SECONDS [KEEP [ARGUMENT...]]

KEEP is a folder for the inputs that it finds; the next run begins with them. Without it they are
removed. An input that crashes, leaks, hangs, takes too much memory or more than a second is written to
the present folder and makes the run fail; its count is printed in CMocka's format. Further arguments are
libFuzzer's.
"""
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

# malloc takes most of the time: a small quarantine and short stacks give a third more runs, and no
# fake stack another tenth. The replays of the seeds have a fake stack.
SANITIZERS = {
    "ASAN_OPTIONS": "quarantine_size_mb=4:thread_local_quarantine_size_kb=64:"
    "malloc_context_size=2:detect_stack_use_after_return=0:allocator_may_return_null=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "LSAN_OPTIONS": f"print_suppressions=0:suppressions={Path(__file__).with_name('lsan.supp')}",
    "TSAN_OPTIONS": f"halt_on_error=1:suppressions={Path(__file__).with_name('tsan.supp')}",
}

# Of processor time. The fuzzer has only a clock, by which anything takes long on a busy machine: an
# input that took a second by it is run once more, alone.
MOST_SECONDS = 1


# -entropic=0: its schedule takes three quarters of the time where a run has thousands of features.
def _search(program, corpus, dictionary, seconds, keep, more):
    command = [
        program, keep, corpus, f"-dict={dictionary}", f"-max_total_time={seconds}",
        "-timeout=10", "-report_slow_units=1", "-rss_limit_mb=512", "-max_len=8192", "-print_final_stats=1", "-entropic=0",
        f"-artifact_prefix={Path(program).name}-", *more,
    ]  # fmt: skip
    done = subprocess.run(command, env=dict(os.environ, **SANITIZERS), capture_output=True, text=True)
    return done.returncode, done.stderr


def _processor_seconds(program, file):
    def used():
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    before = used()
    subprocess.run([program, file], env=dict(os.environ, **SANITIZERS), capture_output=True)
    return used() - before


def _slow_inputs(program, said):
    """The inputs that took a second or more and do so again, with their times; the others are removed."""
    slow = {}
    for file in re.findall(r"Test unit written to (\S*slow-unit-\S+)", said):
        seconds = _processor_seconds(program, file)
        if seconds > MOST_SECONDS:
            slow[file] = seconds
        else:
            Path(file).unlink()
    return slow


def _figure(name, text):
    found = re.search(rf"^stat::{name}:\s*(\d+)", text, re.M)
    return found.group(1) if found else "?"


def main(program, corpus, dictionary, seconds, keep=None, *more):
    with tempfile.TemporaryDirectory() as folder:
        if keep is not None:
            Path(keep).mkdir(parents=True, exist_ok=True)
        code, said = _search(program, corpus, dictionary, seconds, keep or folder, more)
    seeds = len(list(Path(corpus).iterdir()))
    print(
        f"{Path(program).name}: {_figure('number_of_executed_units', said)} runs, "
        f"{_figure('average_exec_per_sec', said)} a second, from {seeds} seeds, "
        f"at most {_figure('peak_rss_mb', said)} MB, the slowest "
        f"{_figure('slowest_unit_time_sec', said)} s"
    )
    slow = _slow_inputs(program, said)
    for file, taken in slow.items():
        print(f"{file} takes {taken:.1f} s, an input may take {MOST_SECONDS} s")
    runs = _figure("number_of_executed_units", said)
    searched = runs.isdigit() and int(runs) > seeds > 0
    if code == 0 and searched and not slow:
        print("[  PASSED  ] 1 test(s).")
        return 0
    if code or not searched:
        print(said[-20000:])
    print("[  FAILED  ] 1 test(s).")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
