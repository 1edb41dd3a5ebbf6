#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes one compile command of each source of the library and of tools/: lint_sources.py BUILD FOLDER

BUILD has the library a second time, in double, and would have each file checked twice. The commands go
to FOLDER/compile_commands.json, the files to standard output, the largest first.
"""
import json
import sys
from pathlib import Path

build, folder = map(Path, sys.argv[1:])
root = Path(__file__).resolve().parent.parent
commands = {}
for entry in json.loads((build / "compile_commands.json").read_text()):
    file = (Path(entry["directory"]) / entry["file"]).resolve()
    is_ours = root / "src" in file.parents or root / "tools" in file.parents
    if is_ours and file.suffix == ".c" and "-DLSTMTS_TEST_DOUBLE" not in entry["command"].split():
        command = entry["command"].replace(" -fno-var-tracking-assignments", "")  # unknown to clang
        commands.setdefault(file, dict(entry, file=str(file), command=command))
folder.mkdir(parents=True, exist_ok=True)
(folder / "compile_commands.json").write_text(json.dumps(list(commands.values())))
for file in sorted(commands, key=lambda file: -file.stat().st_size):
    print(file)
