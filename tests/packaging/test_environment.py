# SPDX-License-Identifier: MIT
"""Only src/base/environment.c reads the environment; and the check that says so sees it."""
import re
import sys
from pathlib import Path

from cases import expect, run

ROOT = Path(sys.argv[1])
READER = "base/environment.c"
READS = re.compile(r"\b(?:secure_getenv|getenv|environ)\b")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def _reads(text):
    return READS.search(COMMENT.sub("", text)) is not None


def _readers():
    source = ROOT / "src"
    files = sorted(source.rglob("*.[ch]"))
    return [str(file.relative_to(source)) for file in files if _reads(file.read_text())]


def one_file_reads_the_environment():
    expect(_readers() == [READER], f"the environment is read in {_readers()}")


def its_header_names_every_variable_that_it_reads():
    names = set(re.findall(r'"(LSTMTS_\w+)"', (ROOT / "src" / READER).read_text()))
    header = (ROOT / "src" / READER).with_suffix(".h").read_text()
    told = set(re.findall(r"^ \*     (LSTMTS_\w+)", header, re.MULTILINE))
    expect(names and names == told, f"read {names}, documented {told}")


def a_read_is_seen_and_a_comment_is_none():
    expect(_reads('x = getenv("HOME");'), "getenv is not seen")
    expect(_reads("extern char **environ;"), "environ is not seen")
    expect(not _reads("/* getenv() */ int environment; // getenv"), "a comment is taken for a read")
    expect(not _reads("fegetenv(&all);"), "fegetenv is taken for a read")


run(
    one_file_reads_the_environment,
    its_header_names_every_variable_that_it_reads,
    a_read_is_seen_and_a_comment_is_none,
)
