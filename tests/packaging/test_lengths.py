# SPDX-License-Identifier: MIT
"""No file of code is longer than 400 lines, and no example of 120; and the check detects one that is."""
import sys
import tempfile
from pathlib import Path

from cases import expect, run

ROOT = Path(sys.argv[1])
LIMIT = 400
LIMIT_OF_EXAMPLES = 119  # those in the folder itself, which are read as a page
FOLDERS = ["bench", "cuda", "examples", "include", "src", "tests", "tools"]
SUFFIXES = {".c", ".cpp", ".cu", ".cuh", ".h", ".hpp", ".py", ".sh"}


def _files(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield path


def _limit(root, path):
    return LIMIT_OF_EXAMPLES if path.parent == root / "examples" else LIMIT


def _too_long(root):
    lengths = ((path, len(path.read_text().splitlines())) for path in _files(root))
    return [f"{path.relative_to(root)} has {n} lines" for path, n in lengths if n > _limit(root, path)]


def no_file_is_too_long():
    expect(_too_long(ROOT) == [], "; ".join(_too_long(ROOT)))


def the_files_of_each_folder_are_read():
    folders = {path.relative_to(ROOT).parts[0] for path in _files(ROOT)}
    expect(folders == set(FOLDERS), f"only files of {sorted(folders)} are read")


def a_longer_file_is_detected():
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        lengths = {"src/deep": 400, "tests/deep": 401, "examples": 120, "examples/deep": 121}
        for folder, length in lengths.items():
            (root / folder).mkdir(parents=True)
            (root / folder / "file.c").write_text("\n" * length)
        seen = _too_long(root)
    expect(seen == ["examples/file.c has 120 lines", "tests/deep/file.c has 401 lines"], f"found {seen}")


run(
    no_file_is_too_long,
    the_files_of_each_folder_are_read,
    a_longer_file_is_detected,
)
