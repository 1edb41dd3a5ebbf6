# SPDX-License-Identifier: MIT
"""Doxygen's filter for Markdown: gives headings the anchors that links on GitHub use.

Doxygen wants an anchor to be unique in all documents, so each has the name of its document before it.
"""
import re
import sys
from pathlib import Path

path = Path(sys.argv[1])
fenced = False


def anchor(document, fragment):
    return f"{Path(document).stem}-{fragment}".lower()


def heading(match):
    title = match.group(2).replace("`", "")
    words = re.sub(r"[^\w -]", "", title).replace(" ", "-")
    return f"{match.group(0)} {{#{anchor(path, words)}}}"


def link(match):
    return f"](#{anchor(match.group(1) or path, match.group(2))})"


for line in path.read_text().splitlines():
    fenced ^= line.startswith("```")
    if not fenced:
        line = re.sub(r"^(##+) (.+)$", heading, line)
        line = re.sub(r"\]\(([\w./-]*\.md)?#([\w-]+)\)", link, line)
    print(line)
