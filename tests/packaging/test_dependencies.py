# SPDX-License-Identifier: MIT
"""As a subproject, the library takes what it needs from wraps if it is told to, and needs no Random123.

    test_dependencies.py PROJECT

The wraps here lead to projects that hand the system's libraries on.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run

ROOT = Path(sys.argv[1]).resolve()
PROGRAM = ROOT / "examples" / "minimal.c"
OPTIONS = ["-Dlstmts:default_library=static", "-Dlstmts:cuda=disabled", "-Dlstmts:optimization=0"]
OPTIONS += ["-Dlstmts:debug=false"]
PROJECT = """project('user', 'c')
executable('user', 'minimal.c', dependencies: dependency('lstmts', fallback: 'lstmts'))
"""
# Name of the dependency, and what a project that provides it declares.
WRAPS = {
    "jansson": "meson.get_compiler('c').find_library('jansson')",
    "libxxhash": "meson.get_compiler('c').find_library('xxhash')",
    "random123": "declare_dependency(compile_args: '-DWRAPPED_RANDOM123')",
}


def _call(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    expect(done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


def _project(folder):
    (folder / "subprojects").mkdir()
    (folder / "subprojects" / "lstmts").symlink_to(ROOT)
    (folder / "meson.build").write_text(PROJECT)
    shutil.copy(PROGRAM, folder)
    for name, declaration in WRAPS.items():
        place = folder / "subprojects" / f"{name}-1"
        place.mkdir()
        (place / "meson.build").write_text(f"project('{name}', 'c')\nprovided = {declaration}\n")
        wrap = f"[wrap-file]\ndirectory = {name}-1\n[provide]\n{name} = provided\n"
        (folder / "subprojects" / f"{name}.wrap").write_text(wrap)


def _set_up(folder, *options):
    said = _call("meson", "setup", *OPTIONS, *options, folder / "build", folder)
    return said, re.findall(r"Random123 *: (\w+)", said)


def _printed(folder):
    _call("ninja", "-C", folder / "build", "user")
    return _call(folder / "build" / "user")


def wraps_provide_what_is_needed():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _project(folder)
        said, random123 = _set_up(folder, f"--force-fallback-for={','.join(WRAPS)}")
        for wrapped in WRAPS:
            expect(f"Dependency {wrapped} from subproject subprojects/{wrapped}-1 found: YES" in said, said)
        expect(random123 == ["YES"], said)
        commands = (folder / "build" / "compile_commands.json").read_text()
        expect("-DWRAPPED_RANDOM123" in commands, "the wrap's Random123 is not used")


def the_numbers_are_the_same_without_random123():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _project(folder)
        _, random123 = _set_up(folder, "-Dlstmts:random123=enabled")
        expect(random123 == ["YES"], random123)
        with_it = _printed(folder)
        _, random123 = _set_up(folder, "--reconfigure", "-Dlstmts:random123=disabled")
        expect(random123 == ["NO"], random123)
        commands = (folder / "build" / "compile_commands.json").read_text()
        expect("RANDOM123" not in commands, "Random123 is used")
        expect(_printed(folder) == with_it, "other forecasts without Random123")


run(wraps_provide_what_is_needed, the_numbers_are_the_same_without_random123)
