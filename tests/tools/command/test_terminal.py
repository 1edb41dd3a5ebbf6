#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What lstmts forecast shows on a terminal, and how it stops and resumes.

    test_terminal.py PROJECT PROGRAM
"""
import math
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(sys.argv[1]) / "tests" / "packaging"))
from cases import expect, run  # noqa: E402

PROGRAM = Path(sys.argv[2]).resolve()
SHORT = ["--horizon", "12", "--networks", "1", "--jobs", "1", "--use", "networks"]
ENDLESS = [*SHORT, "--updates", "1000000"]
TABLE = "time,load\n" + "".join(
    f"2021-03-{1 + t // 24:02} {t % 24:02}:00,{10 + 3 * math.sin(math.tau * t / 24) + 0.3 * math.sin(1.7 * t * t):.4f}\n"
    for t in range(240)
)


class Terminal:
    """The command on a terminal of its own, in a folder with load.csv."""

    def __init__(self, *arguments, **variables):
        self.folder = tempfile.TemporaryDirectory()
        Path(self.folder.name, "load.csv").write_text(TABLE)
        environment = {**os.environ, "TERM": "xterm", **variables}
        self.seen = b""
        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.chdir(self.folder.name)
            os.execve(PROGRAM, [str(PROGRAM), *arguments], environment)

    def read(self):
        """Some more of what is shown; False at the end."""
        try:
            more = os.read(self.screen, 4096)
        except OSError:
            more = b""
        self.seen += more
        return more != b""

    def wait_for(self, text):
        """Read until `text` is shown."""
        while text not in self.seen:
            expect(self.read(), f"ended with {self.seen!r}")

    def end(self):
        """Read to the end. Returns the status: an exit code, or less than 0, a signal."""
        while self.read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


def _lines(seen):
    """The lines that were written over each other."""
    shown = seen.decode().replace("\x1b[K", "")
    return [part for line in shown.split("\r\n") for part in line.split("\r")]


def progress_is_one_line_that_fits_the_terminal():
    for columns in (10, 40, 80):
        shown = Terminal("forecast", "load.csv", *SHORT, "--updates", "60", COLUMNS=str(columns))
        expect(shown.end() == 0, f"{shown.seen!r}")
        progress = [line for line in _lines(shown.seen) if re.match(r"[#.]* ?[ 0-9]{3} %", line)]
        expect(progress, f"no progress in {shown.seen!r}")
        expect(max(map(len, progress)) < columns, f"{columns}: {max(progress, key=len)!r}")
        expect(shown.seen.count(b"\r\x1b[K") >= 1, "the line stays")


def pages_and_bytes_are_not_shown():
    for arguments in (["report"], ["forecast", "--format", "npy"]):
        shown = Terminal(*arguments, "load.csv", *SHORT, "--updates", "5")
        expect(shown.end() == 2 and b"--output is missing" in shown.seen, f"{arguments}: {shown.seen!r}")
    shown = Terminal("report", "load.csv", *SHORT, "--updates", "5", "--quiet", "-o", "-")
    expect(shown.end() == 0 and b"<!DOCTYPE html>" in shown.seen, "-o - does not write to the terminal")


FIELDS = [r"\d+ s left", r"last MASE \S+ \(best \S+\)", r"loss [\d.e+-]+", r"a schedule of \d+ updates|network \d of \d|ridge",
          r"[\d.e+]+ updates/s"]


def _whole_fields(line):
    """The numbers of the fields of a line of progress, each of which must be whole."""
    found = re.fullmatch(r"(?:[#.]{20} )?[ 0-9]{3} %(?:  (.*))?", line)
    expect(found, f"no progress: {line!r}")
    numbers = []
    for field in filter(None, (found[1] or "").split(", ")):
        known = [i for i, form in enumerate(FIELDS) if re.fullmatch(form, field)]
        expect(known, f"cut: {field!r} in {line!r}")
        numbers += known
    return numbers


def no_field_of_progress_is_cut():
    for columns in (30, 40, 60, 80, 120):
        shown = Terminal("forecast", "load.csv", *SHORT, "--updates", "60", COLUMNS=str(columns))
        expect(shown.end() == 0, f"{shown.seen!r}")
        lines = [line for line in _lines(shown.seen) if re.match(r"[#.]* ?[ 0-9]{3} %", line)]
        fields = [_whole_fields(line) for line in lines]
        expect(all(numbers == sorted(numbers) for numbers in fields), f"{columns}: order in {lines}")
        if columns >= 40:
            expect(any(1 in numbers for numbers in fields), f"{columns}: no MASE in {lines}")


def errors_are_red_unless_no_color_is_set():
    for variables, red in (({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)):
        shown = Terminal("forecast", "missing.csv", *SHORT, **variables)
        expect(shown.end() == 1, "succeeds")
        expect((b"\x1b[31m" in shown.seen) == red, f"{variables}: {shown.seen!r}")


def an_interrupt_stops_and_says_how_to_resume():
    shown = Terminal("forecast", "load.csv", *ENDLESS, "--folder", "run", COLUMNS="200")
    shown.wait_for(b"loss")
    os.write(shown.screen, b"\x03")
    expect(shown.end() == -signal.SIGINT, f"{shown.seen!r}")
    expect(b"lstmts forecast --folder run --resume" in shown.seen, f"{shown.seen!r}")


def without_a_folder_an_interrupt_says_that_nothing_is_kept():
    shown = Terminal("forecast", "load.csv", *ENDLESS, COLUMNS="200")
    shown.wait_for(b"loss")
    os.write(shown.screen, b"\x03")
    expect(shown.end() == -signal.SIGINT, f"{shown.seen!r}")
    expect(b"nothing was written; with --folder DIR a fit" in shown.seen, f"{shown.seen!r}")


def _last_change(folder, pattern):
    return max((file.stat().st_mtime_ns for file in Path(folder).glob(pattern)), default=0)


def the_line_that_resumes_is_one_for_a_shell():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "load.csv").write_text(TABLE)
        changed = 0
        for arguments in (["train", "load.csv", *ENDLESS, "--folder", "a run's", "-m", "model"], None):
            halted = subprocess.Popen([PROGRAM, *arguments] if arguments else ["sh", "-c", "exec " + line],
                                      cwd=folder, stderr=subprocess.PIPE, text=True,
                                      env={**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"})
            while _last_change(folder, "a run's/training-*") <= changed and halted.poll() is None:
                time.sleep(0.01)
            halted.send_signal(signal.SIGINT)
            said = halted.communicate()[1]
            expect(halted.returncode == -signal.SIGINT, said)
            line = re.search("lstmts train --folder .*", said)[0]
            expect(line.startswith(r"lstmts train --folder 'a run'\''s' --resume"), line)
            changed = _last_change(folder, "a run's/training-*")
        expect("--model model" in line, "another run than the first one has its outputs in the line")


def _forecast(folder, *arguments):
    """The finished run in a folder."""
    return subprocess.run([PROGRAM, "forecast", *arguments], cwd=folder, capture_output=True)


def a_killed_run_that_is_resumed_has_the_same_files():
    for number in (signal.SIGKILL, signal.SIGTERM):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "load.csv").write_text(TABLE)
            options = ["load.csv", *SHORT, "--updates", "200"]
            whole = _forecast(folder, *options, "-o", "whole.csv", "-m", "whole", "-r", "whole.html",
                              "--folder", "other")
            expect(whole.returncode == 0, whole.stderr)
            halted = subprocess.Popen([PROGRAM, "forecast", *options, "--folder", "run", "-o", "part.csv",
                                       "-m", "part", "-r", "part.html"], cwd=folder,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while not list(Path(folder).glob("run/training-*")) and halted.poll() is None:
                time.sleep(0.01)
            halted.send_signal(number)
            halted.wait()
            done = _forecast(folder, "--folder", "run", "--resume")
            expect(done.returncode == 0 and done.stdout == b"", done.stderr)
            for a, b in (("whole.csv", "part.csv"), ("whole", "part")):
                expect(Path(folder, a).read_bytes() == Path(folder, b).read_bytes(), f"{number}: {b} differs")
            # The command line has other names of files.
            reports = [re.sub("<pre[^>]*>lstmts [^<]*", "", Path(folder, name).read_text())
                       for name in ("whole.html", "part.html")]
            expect('id="training"' in reports[0], "the report has no losses")
            expect(reports[0] == reports[1], f"{number}: the report differs")


run(
    progress_is_one_line_that_fits_the_terminal,
    pages_and_bytes_are_not_shown,
    no_field_of_progress_is_cut,
    errors_are_red_unless_no_color_is_set,
    an_interrupt_stops_and_says_how_to_resume,
    without_a_folder_an_interrupt_says_that_nothing_is_kept,
    the_line_that_resumes_is_one_for_a_shell,
    a_killed_run_that_is_resumed_has_the_same_files,
)
