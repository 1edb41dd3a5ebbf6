# SPDX-License-Identifier: MIT
"""Hardening and dependencies: flags and sections of the built library.

    test_hardening.py PROJECT LIBRARY
"""
import re
import subprocess
import sys

from cases import expect, run

LIBRARY = sys.argv[2]


def _readelf(*options):
    command = ["readelf", "-W", *options, LIBRARY]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _segments():
    """Type and flags of each segment."""
    lines = re.findall(r"^  ([A-Z_]+) +0x\S+ 0x\S+ 0x\S+ 0x\S+ 0x\S+ ([RWE ]{3}) ", _readelf("-l"), re.M)
    expect(len(lines) > 4, "readelf's list of segments was not understood")
    return lines


def _imported():
    names = re.findall(r"\bUND (\w+)", _readelf("--dyn-syms"))
    expect("memcpy" in names, "readelf's list of symbols was not understood")
    return set(names)


def no_segment_is_both_writable_and_executable():
    both = [kind for kind, flags in _segments() if "W" in flags and "E" in flags]
    expect(both == [], both)


def the_stack_is_not_executable():
    expect([flags for kind, flags in _segments() if kind == "GNU_STACK"] == ["RW "], _segments())


def what_the_linker_fills_in_is_read_only_before_any_code_runs():
    expect("GNU_RELRO" in [kind for kind, _ in _segments()], "no RELRO")
    dynamic = _readelf("-d")
    expect("BIND_NOW" in dynamic or re.search(r"FLAGS_1.*\bNOW\b", dynamic), dynamic)


def code_is_not_patched_when_it_is_loaded():
    expect("(TEXTREL)" not in _readelf("-d"), "TEXTREL")


def libraries_are_sought_in_the_folder_of_this_one_alone():
    """Its folder has its companions. Any other path would be of the machine that built it."""
    paths = re.findall(r"\((RPATH|RUNPATH)\).*\[(.*)\]", _readelf("-d"))
    expect(paths == [("RUNPATH", "$ORIGIN")], paths)


def it_brings_no_library_but_those_for_files():
    """None that has threads, locks or settings. A BLAS is opened only where its set is chosen."""
    needed = re.findall(r"\(NEEDED\).*\[(\w[\w-]*)\.so", _readelf("-d"))
    expect("libc" in needed, f"readelf's list of libraries was not understood: {needed}")
    known = {"libc", "libm", "libpthread", "ld-linux-x86-64", "ld-linux-aarch64", "libjansson", "libxxhash"}
    expect(set(needed) <= known, sorted(set(needed) - known))
    foreign = [name for name in _imported() if re.match(r"cblas_|openblas_|[sd]gem[mv]|omp_|GOMP_|__kmpc", name)]
    expect(foreign == [], foreign)


def the_stack_is_guarded():
    expect("__stack_chk_fail" in _imported(), "no function has a stack protector")


def calls_of_the_c_library_are_checked():
    checked = {name for name in _imported() if name.endswith("_chk")}
    wanted = {"__snprintf_chk", "__vsnprintf_chk"}
    expect(wanted <= checked, f"only {sorted(checked)}")


run(
    no_segment_is_both_writable_and_executable,
    the_stack_is_not_executable,
    what_the_linker_fills_in_is_read_only_before_any_code_runs,
    code_is_not_patched_when_it_is_loaded,
    libraries_are_sought_in_the_folder_of_this_one_alone,
    it_brings_no_library_but_those_for_files,
    the_stack_is_guarded,
    calls_of_the_c_library_are_checked,
)
