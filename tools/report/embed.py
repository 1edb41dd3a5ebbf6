# SPDX-License-Identifier: MIT
"""embed.py OUT.h NAME=FILE ...: files as arrays of characters of C."""
import sys
from pathlib import Path


def _array(name, path):
    lines = path.read_text(encoding="utf-8").splitlines()
    strings = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return f"static const char {name}[] =\n" + "\n".join(f'    "{s}\\n"' for s in strings) + ";\n"


header, *files = sys.argv[1:]
pairs = (file.split("=", 1) for file in files)
Path(header).write_text("\n".join(_array(name, Path(path)) for name, path in pairs))
