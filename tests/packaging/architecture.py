# SPDX-License-Identifier: MIT
"""Where docs/architecture.md differs from the tree, its calls and its includes."""
import re
from pathlib import Path

from floors import FLOORS, includes

FLOOR = re.compile(r"^  (\w+)/ ")
FILES = re.compile(r"^    (\w+(?: \w+)*)  +\S")


def listed(text, folder="src"):
    """{floor: the names of its files}, both in the order of the document, from its section `folder`."""
    floors, names = {}, None
    section = text.partition(f"\n{folder}/\n")[2].partition("\n\n")[0]
    for line in section.splitlines():
        floor, files = FLOOR.match(line), FILES.match(line)
        if floor:
            names = floors.setdefault(floor.group(1), [])
        elif files and names is not None:
            names += files.group(1).split()
    return floors


def tree(root, folder="src", floors=FLOORS):
    """{floor: the names of its files}, a source and its header having one name."""
    source = Path(root) / folder
    return {floor: sorted({f.stem for f in (source / floor).rglob("*.[ch]")}) for floor in floors}


def wrong_names(floors, present, expected=FLOORS):
    """A line for each floor and file that is missing, unknown or listed twice."""
    found = []
    if list(floors) != expected[::-1]:
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


def included(root, folder="src"):
    """{file: the headers that it includes}, as floor/file.h, for the files of `folder`."""
    source = Path(root) / folder
    return {
        str(path.relative_to(source)): [header for bracket, header in includes(path) if bracket == '"']
        for path in sorted(source.rglob("*.[ch]"))
    }


def upward_includes(floors, headers):
    """A line for each include of a header listed above the file, from included(). A file a_b may
    include a.h, the header of the object that it is a part of."""
    names = [(floor, name) for floor in floors for name in floors[floor]]
    place = {name: i for i, name in enumerate(names)}
    found = []
    for file in sorted(headers):
        here = (file.split("/")[0], Path(file).stem)
        for header in headers[file]:
            there = (header.split("/")[0], Path(header).stem)
            of_its_object = here[0] == there[0] and here[1].startswith(there[1] + "_")
            if place.get(there, len(names)) < place.get(here, 0) and not of_its_object:
                found.append(f"{file} includes {header}, which is listed above it")
    return found
