# SPDX-License-Identifier: MIT
"""No file includes a header of a floor above its own; and the check that says so sees it."""
import shutil
import sys
import tempfile
from pathlib import Path

from cases import expect, run
from floors import FLOORS, faults

ROOT = Path(sys.argv[1])


COPY = tempfile.TemporaryDirectory()
for part in ("src", "tools", "cuda", "include"):
    shutil.copytree(ROOT / part, Path(COPY.name) / part)


def _faults_with(file, line):
    """What the check finds in a copy of the tree in which `file` has one more line."""
    path = Path(COPY.name) / file
    before = path.read_text() if path.exists() else None
    path.write_text((before or "") + line + "\n")
    try:
        return faults(COPY.name)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)


def _expect_seen(file, line, words):
    seen = _faults_with(file, line)
    expect(
        len(seen) == 1 and seen[0].startswith(file) and words in seen[0],
        f"{line} in {file}: found {seen}",
    )


def no_file_includes_a_header_of_a_floor_above_its_own():
    seen = faults(ROOT)
    expect(seen == [], "; ".join(seen))


def each_floor_of_the_house_has_files():
    for floor in FLOORS:
        expect(list((ROOT / "src" / floor).glob("*.c")), f"src/{floor} has no .c file")


def _rooms(floor):
    """The headers of a folder that have sources: a.h with a.c or a_part.c."""
    sources = [path.stem for path in (ROOT / "src" / floor).glob("*.c")]
    headers = [path.stem for path in (ROOT / "src" / floor).glob("*.h")]
    return [h for h in headers if any(s == h or s.startswith(h + "_") for s in sources)]


def no_floor_has_more_than_15_rooms():
    counts = {floor: len(_rooms(floor)) for floor in FLOORS}
    expect(all(0 < n <= 15 for n in counts.values()), f"headers with sources: {counts}")


def an_include_from_each_floor_above_is_seen():
    for i, floor in enumerate(FLOORS):
        for above in FLOORS[i + 1 :]:
            _expect_seen(f"src/{floor}/wrong.c", f'#include "{above}/x.h"', "above its own")


def an_include_from_the_own_floor_and_each_below_is_allowed():
    for i, floor in enumerate(FLOORS):
        for below in FLOORS[: i + 1]:
            expect(
                _faults_with(f"src/{floor}/right.c", f'#include "{below}/x.h"') == [],
                f"{floor} may include {below}",
            )


def a_spaced_or_angled_or_unqualified_include_does_not_hide():
    _expect_seen("src/base/wrong.h", '  #  include   "train/x.h"', "above its own")
    _expect_seen("src/base/wrong.h", "#include <train/x.h>", "internal headers")
    _expect_seen("src/base/wrong.c", '#include "../train/x.h"', "floor/file.h")
    _expect_seen("src/base/wrong.c", '#include "x.h"', "floor/file.h")


def a_header_of_a_folder_inside_a_floor_is_for_that_floor_only():
    _expect_seen("src/network/wrong.c", '#include "kernels/vector/body.h"', "only kernels/ may")
    expect(_faults_with("src/kernels/right.c", '#include "kernels/vector/body.h"') == [], "refused")


def the_companion_includes_the_table_of_devices_and_what_it_is_made_of_only():
    _expect_seen("cuda/wrong.c", '#include "network/model.h"', "companion may not")
    _expect_seen("cuda/wrong.cu", '#include "base/memory.h"', "companion may not")
    _expect_seen("cuda/check/wrong.cuh", "#include <network/device.h>", "internal headers")
    for header in ("network/device.h", "engine.h"):
        expect(_faults_with("cuda/right.cu", f'#include "{header}"') == [], f"{header} is refused")


def tools_see_public_headers_only():
    _expect_seen("tools/table/wrong.c", '#include "base/memory.h"', "not of tools/")
    _expect_seen("tools/table/text/wrong.c", '#include "memory.h"', "not of tools/")
    _expect_seen("tools/table/wrong.c", "#include <base/memory.h>", "internal headers")
    for line in ('#include "table/text/x.h"', "#include <lstmts/dataset.h>", "#include <csv.h>"):
        expect(_faults_with("tools/table/right.c", line) == [], f"{line} is refused")


def a_file_on_no_floor_is_seen():
    _expect_seen("src/wrong.c", "", "no floor")


def a_public_header_that_includes_an_internal_one_is_seen():
    _expect_seen("include/lstmts/wrong.h", '#include "base/real.h"', "public headers")
    _expect_seen("include/lstmts/wrong.hpp", "#include <base/real.h>", "neither ours")


run(
    no_file_includes_a_header_of_a_floor_above_its_own,
    each_floor_of_the_house_has_files,
    no_floor_has_more_than_15_rooms,
    an_include_from_each_floor_above_is_seen,
    an_include_from_the_own_floor_and_each_below_is_allowed,
    a_spaced_or_angled_or_unqualified_include_does_not_hide,
    a_header_of_a_folder_inside_a_floor_is_for_that_floor_only,
    the_companion_includes_the_table_of_devices_and_what_it_is_made_of_only,
    tools_see_public_headers_only,
    a_file_on_no_floor_is_seen,
    a_public_header_that_includes_an_internal_one_is_seen,
)
