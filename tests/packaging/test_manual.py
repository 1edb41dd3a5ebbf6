# SPDX-License-Identifier: MIT
"""The manual page lstmts(3) is well-formed and true.

    test_manual.py PROJECT
"""
import re
import subprocess
import sys
from pathlib import Path

from cases import expect, run
from headers import symbols

ROOT = Path(sys.argv[1])
PAGE = ROOT / "docs" / "lstmts.3"
README = (ROOT / "README.md").read_text()


def _rendered():
    """What a reader sees, without bold and underlining."""
    wide = ["mandoc", "-T", "ascii", "-O", "width=120"]
    text = subprocess.run([*wide, PAGE], capture_output=True, text=True, check=True).stdout
    return re.sub(".\b", "", text)


def mandoc_finds_no_fault():
    done = subprocess.run(["mandoc", "-T", "lint", PAGE], capture_output=True, text=True)
    expect(done.returncode == 0 and done.stdout == "", done.stdout + done.stderr)


def its_program_is_examples_minimal():
    program = re.search(r"^     /\* SPDX.*?^     }$", _rendered(), re.M | re.S).group()
    lines = [line.removeprefix("     ") for line in program.splitlines()]
    expect("\n".join(lines) + "\n" == (ROOT / "examples" / "minimal.c").read_text(), program)


def its_link_lines_have_the_options_of_readme():
    lines = re.findall(r"cc program\.c -o program (.*)", _rendered())
    expect(len(lines) == 2, lines)
    for line in lines:
        expect(f" {line}" in README, f"{line} is not in README.md")


def its_variables_are_those_that_the_library_reads():
    read = set(re.findall(r'"(LSTMTS_\w+)"', (ROOT / "src/base/environment.c").read_text()))
    named = set(re.findall(r"^\.It Ev (\w+)", PAGE.read_text(), re.M))
    expect(read and named == read, f"read {read}, named {named}")


def its_functions_and_types_are_public():
    headers = "".join(path.read_text() for path in (ROOT / "include" / "lstmts").glob("*.h"))
    functions = set(re.findall(r"\b(lstm_\w+)\(\)", _rendered()))
    expect(functions and functions <= set(symbols(ROOT)), functions - set(symbols(ROOT)))
    for name in set(re.findall(r"\.(?:Vt|It Vt|Dv) (\w+)", PAGE.read_text())):
        expect(re.search(rf"\b{name}\b", headers), f"{name} is not public")


def its_files_are_those_of_the_document_on_files():
    document = (ROOT / "docs" / "file-format.md").read_text().split("## The folder of a trainer")[1]
    listed = set(re.findall(r"^\| `(\S+)` \|", document, re.M))
    named = set(re.findall(r"^\.It Pa (\S+)", PAGE.read_text(), re.M))
    expect(listed and named == listed, f"file-format.md {listed}, named {named}")


run(
    mandoc_finds_no_fault,
    its_program_is_examples_minimal,
    its_link_lines_have_the_options_of_readme,
    its_variables_are_those_that_the_library_reads,
    its_functions_and_types_are_public,
    its_files_are_those_of_the_document_on_files,
)
