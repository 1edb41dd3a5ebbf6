# SPDX-License-Identifier: MIT
"""In src/ and cuda/, only src/base/environment.c reads the environment; and the check for it
sees a read."""
import re
import sys
from pathlib import Path

from cases import expect, run

ROOT = Path(sys.argv[1])
READER = "src/base/environment.c"
READS = re.compile(r"\b(?:secure_getenv|getenv|environ)\b")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def _reads(text):
    return READS.search(COMMENT.sub("", text)) is not None


def _readers():
    files = sorted([*(ROOT / "src").rglob("*.[ch]"), *(ROOT / "cuda").rglob("*.[ch]*")])
    expect({"src", "cuda"} == {file.relative_to(ROOT).parts[0] for file in files}, "a folder is empty")
    return [str(file.relative_to(ROOT)) for file in files if _reads(file.read_text())]


def one_file_reads_the_environment():
    expect(_readers() == [READER], f"the environment is read in {_readers()}")


def its_header_names_every_variable_that_it_reads():
    names = set(re.findall(r'"(LSTMTS_\w+)"', (ROOT / READER).read_text()))
    header = (ROOT / READER).with_suffix(".h").read_text()
    told = set(re.findall(r"^ \*     (LSTMTS_\w+)", header, re.MULTILINE))
    expect(names and names == told, f"read {names}, documented {told}")


def a_read_is_seen_and_a_comment_is_no_read():
    expect(_reads('x = getenv("HOME");'), "getenv is not seen")
    expect(_reads("extern char **environ;"), "environ is not seen")
    expect(not _reads("/* getenv() */ int environment; // getenv"), "a comment is taken for a read")
    expect(not _reads("fegetenv(&all);"), "fegetenv is taken for a read")


run(
    one_file_reads_the_environment,
    its_header_names_every_variable_that_it_reads,
    a_read_is_seen_and_a_comment_is_no_read,
)
