# SPDX-License-Identifier: MIT
"""Where docs/architecture.md differs from the tree and its calls."""
import re
from pathlib import Path

from floors import FLOORS

FLOOR = re.compile(r"^  (\w+)/ ")
FILES = re.compile(r"^    (\w+(?: \w+)*)  +\S")


def listed(text):
    """{floor: the names of its files}, both in the order of the document, from its section src/."""
    floors, names = {}, None
    section = text.partition("\nsrc/\n")[2].partition("\n\n")[0]
    for line in section.splitlines():
        floor, files = FLOOR.match(line), FILES.match(line)
        if floor:
            names = floors.setdefault(floor.group(1), [])
        elif files and names is not None:
            names += files.group(1).split()
    return floors


def tree(root):
    """{floor: the names of its files}, a source and its header having one name."""
    source = Path(root) / "src"
    return {floor: sorted({f.stem for f in (source / floor).rglob("*.[ch]")}) for floor in FLOORS}


def wrong_names(floors, present):
    """A line for each floor and file that is missing, unknown or listed twice."""
    found = []
    if list(floors) != FLOORS[::-1]:
        found.append(f"the floors are listed as {list(floors)}")
    for floor, names in floors.items():
        there = present.get(floor, [])
        found += [f"{floor}/{name} is not listed" for name in there if name not in names]
        found += [f"{floor}/{name} does not exist" for name in names if name not in there]
        twice = {name for name in names if names.count(name) > 1}
        found += [f"{floor}/{name} is listed twice" for name in sorted(twice)]
    return found


def upward_calls(floors, graph):
    """A line for each call to a file listed above, from circles.calls()."""
    units = [f"{floor}_{name}" for floor in floors for name in floors[floor]]
    place = {unit: i for i, unit in enumerate(units)}
    return [
        f"{unit} calls {graph[unit][other]} of {other}, which is listed above it"
        for unit in sorted(graph)
        for other in sorted(graph[unit])
        if unit in place and other in place and place[other] < place[unit]
    ]
