# SPDX-License-Identifier: MIT
"""No file of code is longer than 400 lines; and the check detects one that is."""
import sys
import tempfile
from pathlib import Path

from cases import expect, run

ROOT = Path(sys.argv[1])
LIMIT = 400
FOLDERS = ["bench", "cuda", "examples", "include", "src", "tests", "tools"]
SUFFIXES = {".c", ".cpp", ".cu", ".cuh", ".h", ".hpp", ".py", ".sh"}


def _files(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield path


def _too_long(root):
    lengths = ((path, len(path.read_text().splitlines())) for path in _files(root))
    return [f"{path.relative_to(root)} has {n} lines" for path, n in lengths if n > LIMIT]


def no_file_has_more_than_400_lines():
    expect(_too_long(ROOT) == [], "; ".join(_too_long(ROOT)))


def the_files_of_each_folder_are_read():
    folders = {path.relative_to(ROOT).parts[0] for path in _files(ROOT)}
    expect(folders == set(FOLDERS), f"only files of {sorted(folders)} are read")


def a_file_of_401_lines_is_detected():
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for folder, length in (("src", 400), ("tests", 401)):
            (root / folder / "deep").mkdir(parents=True)
            (root / folder / "deep" / "file.c").write_text("\n" * length)
        seen = _too_long(root)
    expect(seen == ["tests/deep/file.c has 401 lines"], f"found {seen}")


run(
    no_file_has_more_than_400_lines,
    the_files_of_each_folder_are_read,
    a_file_of_401_lines_is_detected,
)
