#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Copy the golden cases without the numbers that no test asserts.

    thin_golden.py FULL_CASES TARGET

FULL_CASES holds one folder per case with case.txt and tensors.txt. Numbers are copied as they are
written, digit by digit; none is computed or rounded here. What goes: the parameters in the other
framework's layout (chainer.*, final.chainer.*), which are the neutral tensors once more; and, of
results with more than LARGE elements, all but every n-th element. Inputs stay whole.
"""
import pathlib
import sys

LARGE = 4000
# Primes that divide no width of these tensors, so that every column has kept elements.
EVERY = {"c01_seed_h100": 61, "c05_teacher_pred3": 13, "c05s_teacher_pred3": 13}
RESULTS = ("grad1.", "grad1_hooked.", "final.", "opt.")
LEFT_OUT = ("chainer.", "final.chainer.")
VALUES_PER_LINE = 8


def read_tensors(path):
    """Yield (name, dimensions, lines) of each tensor, all as text."""
    head, lines = None, []
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith("tensor "):
            if head:
                yield head[1], head[3:], lines
            head, lines = line.split(), []
        else:
            lines.append(line)
    yield head[1], head[3:], lines


def thin(case, name, dims, lines):
    """The lines of one tensor in the thinned file."""
    head = f"tensor {name} {len(dims)} {' '.join(dims)}"
    values = " ".join(lines).split()
    if not name.startswith(RESULTS) or len(values) <= LARGE:
        return [head, *lines]
    every = EVERY[case]
    kept = values[::every]
    rows = [kept[i : i + VALUES_PER_LINE] for i in range(0, len(kept), VALUES_PER_LINE)]
    return [f"{head} every {every}", *(" ".join(row) for row in rows)]


def main(source, target):
    for folder in sorted(p.parent for p in source.glob("*/tensors.txt")):
        lines = []
        for name, dims, values in read_tensors(folder / "tensors.txt"):
            if not name.startswith(LEFT_OUT):
                lines += thin(folder.name, name, dims, values)
        copy = target / folder.name
        copy.mkdir(parents=True, exist_ok=True)
        (copy / "tensors.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
        (copy / "case.txt").write_bytes((folder / "case.txt").read_bytes())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
