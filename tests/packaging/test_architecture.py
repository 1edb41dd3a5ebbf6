# SPDX-License-Identifier: MIT
"""docs/architecture.md lists every file of src/ once, each above what it calls and includes; and the
check sees a wrong list."""
import sys
from pathlib import Path

from architecture import included, listed, tree, upward_calls, upward_includes, wrong_names
from cases import expect, run
from circles import calls, symbols
from floors import FLOORS, TOOLS

ROOT, ARCHIVE = Path(sys.argv[1]), sys.argv[2]
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text()


def _expect_none(found):
    expect(found == [], "; ".join(found))


def every_file_is_listed_once_on_its_floor():
    _expect_none(wrong_names(listed(DOCUMENT), tree(ROOT)))


def every_file_calls_only_files_listed_below_it():
    _expect_none(upward_calls(listed(DOCUMENT), calls(symbols(ARCHIVE))))


def every_file_includes_only_headers_listed_below_it():
    _expect_none(upward_includes(listed(DOCUMENT), included(ROOT)))


def the_files_of_tools_are_listed_and_include_only_what_is_below():
    floors, headers = listed(DOCUMENT, "tools"), included(ROOT, "tools")
    _expect_none(wrong_names(floors, tree(ROOT, "tools", TOOLS), TOOLS))
    _expect_none(upward_includes(floors, headers))
    expect("table/text/text.h" in headers["table/table.c"], "tools/table/table.c is not read")


def no_component_of_a_trainer_may_include_its_header():
    headers = included(ROOT)
    components = listed(DOCUMENT)["run"]
    for name in components[components.index("trainer") + 1 :]:
        found = upward_includes(listed(DOCUMENT), {f"run/{name}.c": ["run/trainer.h"]})
        expect(len(found) == 1, f"run/{name}.c may include run/trainer.h")
    expect("run/trainer.h" in headers["run/trainer_save.c"], "run/trainer_save.c is not read")


def an_include_of_a_header_listed_above_is_detected():
    floors = {"files": ["log", "io", "log_line"], "base": ["memory"]}
    headers = {
        "files/log.c": ["files/log.h", "files/io.h", "base/memory.h"],
        "files/log_line.c": ["files/log.h"],
        "files/io.h": ["files/log.h", "files/unknown.h"],
        "base/deep/memory.c": ["files/io.h"],
    }
    found = upward_includes(floors, headers)
    expect(
        found
        == [
            "base/deep/memory.c includes files/io.h, which is listed above it",
            "files/io.h includes files/log.h, which is listed above it",
        ],
        f"found {found}",
    )


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
    every_file_includes_only_headers_listed_below_it,
    the_files_of_tools_are_listed_and_include_only_what_is_below,
    no_component_of_a_trainer_may_include_its_header,
    an_include_of_a_header_listed_above_is_detected,
    missing_unknown_and_repeated_files_are_detected,
    a_floor_in_the_wrong_place_is_detected,
    a_call_to_a_file_listed_above_is_detected,
    names_with_and_without_a_comment_are_read,
)
