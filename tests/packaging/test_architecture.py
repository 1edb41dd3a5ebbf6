# SPDX-License-Identifier: MIT
"""docs/architecture.md lists every file of src/ once, each above what it calls; and the check sees a
wrong list."""
import sys
from pathlib import Path

from architecture import listed, tree, upward_calls, wrong_names
from cases import expect, run
from circles import calls, symbols
from floors import FLOORS

ROOT, ARCHIVE = Path(sys.argv[1]), sys.argv[2]
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text()


def _expect_none(found):
    expect(found == [], "; ".join(found))


def every_file_is_listed_once_on_its_floor():
    _expect_none(wrong_names(listed(DOCUMENT), tree(ROOT)))


def every_file_calls_only_files_listed_below_it():
    _expect_none(upward_calls(listed(DOCUMENT), calls(symbols(ARCHIVE))))


def missing_unknown_and_repeated_files_are_detected():
    floors = {floor: [] for floor in FLOORS[::-1]}
    floors["base"] = ["rng", "rng", "gone"]
    found = wrong_names(floors, {"base": ["rng", "status"]})
    expect(
        found
        == ["base/status is not listed", "base/gone does not exist", "base/rng is listed twice"],
        f"found {found}",
    )


def a_floor_in_the_wrong_place_is_detected():
    found = wrong_names({floor: [] for floor in FLOORS}, {})
    expect(len(found) == 1 and "the floors are listed" in found[0], f"found {found}")


def a_call_to_a_file_listed_above_is_detected():
    floors = {"files": ["log", "io"], "base": ["memory"]}
    graph = {"files_log": {"base_memory": "a"}, "files_io": {"files_log": "b"}, "base_memory": {}}
    found = upward_calls(floors, graph)
    expect(
        found == ["files_io calls b of files_log, which is listed above it"], f"found {found}"
    )


def names_with_and_without_a_comment_are_read():
    text = "\nsrc/\n  files/   files\n    log io   two names\n             more about them\n\nend"
    expect(listed(text) == {"files": ["log", "io"]}, listed(text))


run(
    every_file_is_listed_once_on_its_floor,
    every_file_calls_only_files_listed_below_it,
    missing_unknown_and_repeated_files_are_detected,
    a_floor_in_the_wrong_place_is_detected,
    a_call_to_a_file_listed_above_is_detected,
    names_with_and_without_a_comment_are_read,
)
