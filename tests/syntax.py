#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles all files of a build as far as warnings need, without code or objects: syntax.py BUILD

BUILD is configured, with werror. The files that are built a second time in double are compiled once. The
counts at the end are in CMocka's format.
"""
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

OUTPUTS = {"-o", "-MF", "-MQ"}  # each with the word after it


def _without_outputs(words):
    """The compiler's command, with nothing that writes a file."""
    kept, skip = [], False
    for word in words:
        if skip or word in OUTPUTS:
            skip = not skip
        elif word not in ("-MD", "-c"):
            kept.append(word)
    return [*kept, "-fsyntax-only"]


def _compile(entry):
    command = _without_outputs(shlex.split(entry["command"]))
    done = subprocess.run(command, cwd=entry["directory"], capture_output=True, text=True)
    return done.returncode == 0, done.stderr


def _generate_headers(build):
    ninja = ["ninja", "-C", build]
    made = subprocess.run([*ninja, "-t", "targets", "rule", "CUSTOM_COMMAND"], capture_output=True, text=True)
    headers = [name for name in made.stdout.split("\n") if name.endswith(".h")]
    if headers:
        subprocess.run([*ninja, "--quiet", *headers], check=True)


def main(build):
    _generate_headers(build)
    entries = json.loads((build / "compile_commands.json").read_text())
    once = {}
    for entry in entries:
        if "-DLSTMTS_TEST_DOUBLE" not in entry["command"].split():
            once.setdefault((entry["directory"], entry["file"]), entry)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(_compile, once.values()))
    for fine, said in results:
        sys.stdout.write("" if fine else said)
    failed = sum(not fine for fine, _ in results)
    print(f"{len(results)} files, {failed} with warnings")
    print(f"[  PASSED  ] {int(not failed)} test(s).")
    if failed:
        print("[  FAILED  ] 1 test(s)")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
