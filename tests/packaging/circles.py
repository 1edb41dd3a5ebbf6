# SPDX-License-Identifier: MIT
"""Which objects of the library call each other in a circle. A call through a pointer is seen only as a
use of the table that holds the pointer."""
import re
import subprocess
from collections import defaultdict

DEFINED = set("TDBRCGSWVi")


def symbols(archive):
    """The lines of nm for all global symbols of an archive's objects; the archive may be thin."""
    command = ["nm", "-A", "-g", str(archive)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def calls(lines):
    """{object: {object that it needs: a symbol of that}}, from the lines of nm -A -g."""
    defines, needs = {}, defaultdict(set)
    for line in lines.splitlines():
        place, _, rest = line.rpartition(":")
        words = rest.split()
        if not place or len(words) < 2:
            continue
        unit = re.split("[:/]", place)[-1].split(".")[0]
        kind, name = words[-2], words[-1]
        needs[unit]
        if kind == "U":
            needs[unit].add(name)
        elif kind in DEFINED:
            defines[name] = unit
    graph = {unit: {} for unit in needs}
    for unit, names in needs.items():
        for name in sorted(names):
            if defines.get(name, unit) != unit:
                graph[unit].setdefault(defines[name], name)
    return graph


def _shortest_way_back(graph, start):
    """The shortest circle through `start`, as a list of objects; None if there is none."""
    ways = [[start]]
    seen = set()
    while ways:
        way = ways.pop(0)
        for unit in sorted(graph[way[-1]]):
            if unit == start:
                return way
            if unit not in seen:
                seen.add(unit)
                ways.append(way + [unit])
    return None


def _reached(graph, start):
    found, left = set(), [start]
    while left:
        for unit in graph[left.pop()]:
            if unit not in found:
                found.add(unit)
                left.append(unit)
    return found


def circles(graph):
    """A line for each set of objects that need each other, with a shortest circle among them."""
    reached = {unit: _reached(graph, unit) for unit in graph}
    found, told = [], set()
    for unit in sorted(graph):
        if unit in told or unit not in reached[unit]:
            continue
        together = {other for other in reached[unit] if unit in reached[other]}
        told |= together
        way = min((_shortest_way_back(graph, member) for member in sorted(together)), key=len)
        steps = [
            f"{here} needs {graph[here][there]} of {there}"
            for here, there in zip(way, way[1:] + way[:1])
        ]
        names = ", ".join(sorted(together))
        found.append(f"{len(together)} objects in a circle ({names}): {', '.join(steps)}")
    return found
