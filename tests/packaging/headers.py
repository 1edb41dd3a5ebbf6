# SPDX-License-Identifier: MIT
"""Reads the public C headers: the functions that they declare, and those without documentation."""
import re
from pathlib import Path

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
FUNCTION = re.compile(r"^LSTM_API\b[^;(]*?\b(\w+)[ \t\n]*\(", re.MULTILINE)
MARK = re.compile(r"^[ \t]*LSTM_API\b", re.MULTILINE)
DOCUMENTED = re.compile(r"/\*\*(?P<text>(?:(?!\*/).)*)\*/\s*\Z", re.DOTALL)


def functions(text):
    """Names of the functions that a header marks for export, in order."""
    code = COMMENT.sub("", text)
    names = FUNCTION.findall(code)
    marks = len(MARK.findall(code))
    if len(names) != marks:
        raise AssertionError(f"{marks} lines begin with LSTM_API, {len(names)} were understood")
    return names


def undocumented(text):
    """Names of exported functions without a doc comment that has text and @since."""
    silent = []
    for match in FUNCTION.finditer(text):
        comment = DOCUMENTED.search(text, 0, match.start())
        said = comment.group("text") if comment else ""
        if "@since" not in said or len(said.split()) < 4:
            silent.append(match.group(1))
    return silent


def headers(root):
    return sorted((Path(root) / "include" / "lstmts").glob("*.h"))


def symbols(root):
    return (Path(root) / "abi" / "lstmts.symbols").read_text().splitlines()
