# SPDX-License-Identifier: MIT
"""Finds files that include headers of floors above their own."""
import re
from pathlib import Path

FLOORS = [
    "base", "files", "kernels", "data", "view", "score", "network", "store", "forecast", "train",
    "run", "method", "evaluate", "members", "forecaster", "fit",
]
# Of tools/, which uses the library through its public headers.
TOOLS = ["table", "report", "command"]
# The headers of the core that the companion in cuda/ may include.
OF_COMPANION = [
    "base/inline.h", "base/philox.h", "base/real.h", "base/rng.h",
    "network/device.h", "network/dropout.h", "network/params.h", "network/plan.h", "network/step.h",
    "score/loss_kind.h", "score/loss_values.h", "view/table.h",
]
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def includes(path):
    """The bracket and the header of each include of a file."""
    for match in INCLUDE.finditer(path.read_text()):
        yield match.group(1), match.group(2)


def _fault_inside(floor, bracket, header):
    """Why a file of `floor` must not include `header`; None if it may."""
    if bracket == "<":
        folder = header.split("/")[0]
        return f'includes <{header}>, internal headers go in "..."' if folder in FLOORS else None
    parts = header.split("/")
    if len(parts) not in (2, 3) or parts[0] not in FLOORS:
        return f'includes "{header}", which is not "floor/file.h"'
    if FLOORS.index(parts[0]) > FLOORS.index(floor):
        return f'includes "{header}" of a floor above its own'
    if len(parts) == 3 and parts[0] != floor:
        return f'includes "{header}", which only {parts[0]}/ may include'
    return None


def _fault_in_companion(bracket, header):
    """Why a file of cuda/ must not include `header`; None if it may."""
    if bracket == "<":
        folder = header.split("/")[0]
        return f'includes <{header}>, internal headers go in "..."' if folder in FLOORS else None
    if "/" in header and header not in OF_COMPANION:
        return f'includes "{header}", which the companion may not see'
    return None


def _fault_in_tools(floor, bracket, header):
    """Why a file of tools/ must not include `header`; None if it may."""
    parts = header.split("/")
    if bracket == "<":
        inside = parts[0] in FLOORS + TOOLS
        return f'includes <{header}>, internal headers go in "..."' if inside else None
    if len(parts) not in (2, 3) or parts[0] not in TOOLS:
        return f'includes "{header}", which is not of tools/'
    if TOOLS.index(parts[0]) > TOOLS.index(floor):
        return f'includes "{header}" of a floor above its own'
    return None


def _fault_outside(bracket, header):
    """Why a public header must not include `header`; None if it may."""
    if bracket == '"':
        return f'includes "{header}", public headers include <...> only'
    if "/" in header and not header.startswith("lstmts/"):
        return f"includes <{header}>, which is neither ours nor the language's"
    return None


def faults(root):
    """One message for each wrong include under root/src, root/tools, root/cuda and root/include."""
    found = []
    root = Path(root)
    for path in sorted((root / "src").rglob("*.[ch]")):
        floor = path.relative_to(root / "src").parts[0]
        if floor not in FLOORS:
            found.append(f"{path.relative_to(root)} lies on no floor")
            continue
        for bracket, header in includes(path):
            fault = _fault_inside(floor, bracket, header)
            if fault:
                found.append(f"{path.relative_to(root)} {fault}")
    for floor in TOOLS:
        for path in sorted((root / "tools" / floor).rglob("*.[ch]")):
            for bracket, header in includes(path):
                fault = _fault_in_tools(floor, bracket, header)
                if fault:
                    found.append(f"{path.relative_to(root)} {fault}")
    for path in sorted((root / "cuda").rglob("*.[ch]*")):
        for bracket, header in includes(path):
            fault = _fault_in_companion(bracket, header)
            if fault:
                found.append(f"{path.relative_to(root)} {fault}")
    for path in sorted((root / "include").rglob("*.h*")):
        for bracket, header in includes(path):
            fault = _fault_outside(bracket, header)
            if fault:
                found.append(f"{path.relative_to(root)} {fault}")
    return found
