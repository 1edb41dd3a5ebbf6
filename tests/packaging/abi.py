# SPDX-License-Identifier: MIT
"""Compares or accepts the public interface: abi.py check|accept PROJECT PREFIX

abi/ holds three texts, made from an installed copy:

    lstmts.symbols        the exported functions (also those that the headers declare)
    lstmts.constants      every constant of the headers and its value
    lstmts-MACHINE.abi    functions and types, as libabigail describes them

The description is of a library with the same interface and no implementation, made from the
headers. So it knows the opaque types by name only, as programs do. The library itself is compared
with it.
"""
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run
from headers import COMMENT, headers

CC = os.environ.get("CC", "cc").split()
FUNCTION = re.compile(r"^LSTM_API\b([^;]*);", re.MULTILINE)

action, root, prefix = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
accepted = root / "abi"
description = accepted / f"lstmts-{platform.machine()}.abi"
library = next(prefix.rglob("liblstmts.so")).resolve()
include = prefix / "include"


def _call(*command, text=None, allowed=(0,)):
    done = subprocess.run([str(word) for word in command], input=text, capture_output=True, text=True)
    said = done.stdout + done.stderr
    expect(done.returncode in allowed, f"{command[0]} ended with {done.returncode}:\n{said}")
    return done.stdout


def exported():
    """Names and versions of the exported symbols, except the symbol of the version itself."""
    lines = _call("nm", "-D", "--defined-only", library).splitlines()
    return sorted(line.split()[-1] for line in lines if "@" in line)


def _all_headers():
    return "".join(f"#include <lstmts/{path.name}>\n" for path in headers(root))


SHOW = """#include <stdio.h>
static void text(const char *name, const char *value) { printf("%s \\"%s\\"\\n", name, value); }
static void number(const char *name, long long value) { printf("%s %lld\\n", name, value); }
#define SHOW(name) _Generic((name), char *: text, default: number)(#name, name)
"""


def constants():
    """Lines "NAME value": each enumerator, and each macro that is a number or a string."""
    source = _all_headers()
    defined = _call(*CC, f"-I{include}", "-E", "-dM", "-x", "c", "-", text=source)
    names = set(re.findall(r"^#define (LSTM_[A-Z0-9_]+) ", defined, re.M)) - {"LSTM_API"}
    names = {name for name in names if not name.endswith("_INIT")}
    code = _call(*CC, f"-I{include}", "-E", "-P", "-x", "c", "-", text=source)
    for body in re.findall(r"\benum\b[^{;]*\{([^}]*)\}", code):
        names |= set(re.findall(r"\b(LSTM_\w+)", body))
    shows = "".join(f"SHOW({name});\n" for name in sorted(names))
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "constants"
        _call(*CC, "-w", f"-I{include}", "-x", "c", "-", "-o", program,
              text=f"{source}{SHOW}int main(void) {{\n{shows}}}\n")  # fmt: skip
        return _call(program)


def described(folder):
    """The description of a library of these headers."""
    code = "".join(COMMENT.sub("", path.read_text()) for path in headers(root))
    source = _all_headers() + "".join(f"{text} {{ __builtin_trap(); }}\n" for text in FUNCTION.findall(code))
    stub, out = Path(folder) / "liblstmts.so", Path(folder) / "described.abi"
    script = root / "src" / "lstmts.map"
    _call(*CC, "-g", "-shared", "-fPIC", "-w", f"-I{include}", "-x", "c", "-", "-o", stub,
          "-Wl,-soname,liblstmts.so.0", f"-Wl,--version-script={script}", text=source)  # fmt: skip
    _call("abidw", "--no-show-locs", "--no-corpus-path", "--no-comp-dir-path", "--no-elf-needed",
          "--type-id-style", "hash",
          "--out-file", out, stub)  # fmt: skip
    # the stub is read from standard input in a folder of its own, whose name means nothing
    return re.sub(r" path='[^']*'", " path='lstmts.h'", out.read_text())


def _difference(before, now):
    """The output of abidiff. The bits 4 and 8 of its exit status mean a change, others an error."""
    return _call("abidiff", before, now, allowed=(0, 4, 8, 12))


def the_exported_symbols_are_the_accepted_ones():
    listed = [name + "@@LSTMTS_0" for name in (accepted / "lstmts.symbols").read_text().split()]
    names = exported()
    expect(names == sorted(listed), f"new: {set(names) - set(listed)}, gone: {set(listed) - set(names)}")


def the_constants_are_the_accepted_ones():
    before = set((accepted / "lstmts.constants").read_text().splitlines())
    now = set(constants().splitlines())
    expect(before == now, f"new: {sorted(now - before)}, gone: {sorted(before - now)}")


def the_headers_describe_the_accepted_interface():
    expect(description.exists(), f"nothing is accepted for this machine: there is no {description.name}")
    with tempfile.TemporaryDirectory() as folder:
        now = Path(folder) / "now.abi"
        now.write_text(described(folder))
        said = _difference(description, now)
        expect(said.strip() == "", said)


def the_library_has_the_accepted_interface():
    # libabigail itself leaves out the contents of opaque types.
    said = _difference(description, library)
    expect(not re.search(r"\b[1-9]\d* (Removed|Changed|Added)\b", said), said)


def accept():
    names = [name.split("@")[0] for name in exported()]
    (accepted / "lstmts.symbols").write_text("".join(name + "\n" for name in names))
    (accepted / "lstmts.constants").write_text(constants())
    with tempfile.TemporaryDirectory() as folder:
        description.write_text(described(folder))
    print(f"accepted: {len(names)} functions; see git diff abi/")


if action == "accept":
    accept()
else:
    run(
        the_exported_symbols_are_the_accepted_ones,
        the_constants_are_the_accepted_ones,
        the_headers_describe_the_accepted_interface,
        the_library_has_the_accepted_interface,
    )
