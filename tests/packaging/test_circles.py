# SPDX-License-Identifier: MIT
"""No objects of the library, nor of the companion, call each other in a circle; and the check that
says so sees one. A call through a pointer is seen only as a use of the table that holds the pointer.

    test_circles.py ARCHIVE COMPANION
"""
import sys

from cases import expect, run
from circles import calls, circles, symbols

ARCHIVE, COMPANION = sys.argv[1:]


def _nm(*units):
    """Lines of nm for ("name", "defined symbols", "undefined symbols") each."""
    lines = []
    for name, defined, undefined in units:
        place = f"folder/lib.a:{name}.c.o:"
        lines += [f"{place}0000000000000000 T {symbol}" for symbol in defined.split()]
        lines += [f"{place}                 U {symbol}" for symbol in undefined.split()]
    return "\n".join(lines)


def no_objects_of_the_library_are_in_a_circle():
    seen = circles(calls(symbols(ARCHIVE)))
    expect(seen == [], "; ".join(seen))


def no_objects_of_the_companion_are_in_a_circle():
    graph = calls(symbols(COMPANION))
    expect("engine" in graph["companion"] and "twin" in graph["engine_memory"], graph)
    seen = circles(graph)
    expect(seen == [], "; ".join(seen))


def the_calls_of_the_library_are_seen():
    graph = calls(symbols(ARCHIVE))
    expect(len(graph) > 40, f"only {len(graph)} objects are seen")
    expect("base_status" in graph["train_updater"], graph["train_updater"])
    expect("kernels_vector_generic" in graph["kernels_dispatch"], graph["kernels_dispatch"])


def a_circle_of_two_is_seen():
    lines = _nm(("a", "a1 a2", "b1"), ("b", "b1", "a2"), ("c", "c1", "a1 b1"))
    expect(
        circles(calls(lines))
        == ["2 objects in a circle (a, b): a needs b1 of b, b needs a2 of a"],
        circles(calls(lines)),
    )


def a_circle_of_three_is_one_circle():
    lines = _nm(("a", "a1", "b1"), ("b", "b1", "c1"), ("c", "c1", "a1 d1"), ("d", "d1", ""))
    seen = circles(calls(lines))
    expect(len(seen) == 1 and "(a, b, c)" in seen[0], seen)


def two_circles_are_told_apart():
    lines = _nm(("a", "a1", "b1"), ("b", "b1", "a1"), ("c", "c1", "d1 a1"), ("d", "d1", "c1"))
    expect(len(circles(calls(lines))) == 2, circles(calls(lines)))


def data_and_weak_symbols_count_and_those_of_others_do_not():
    lines = "\n".join(
        [
            "lib.a:a.o:0000000000000000 R table",
            "lib.a:a.o:                 U function",
            "lib.a:b.o:0000000000000000 W function",
            "lib.a:b.o:                 U table",
            "lib.a:b.o:                 U malloc",
        ]
    )
    expect(len(circles(calls(lines))) == 1, calls(lines))
    expect(calls(lines)["b"] == {"a": "table"}, calls(lines))


def a_diamond_is_no_circle():
    lines = _nm(("a", "a1", "b1 c1"), ("b", "b1", "d1"), ("c", "c1", "d1"), ("d", "d1", "d1"))
    expect(circles(calls(lines)) == [], circles(calls(lines)))


run(
    no_objects_of_the_library_are_in_a_circle,
    no_objects_of_the_companion_are_in_a_circle,
    the_calls_of_the_library_are_seen,
    a_circle_of_two_is_seen,
    a_circle_of_three_is_one_circle,
    two_circles_are_told_apart,
    data_and_weak_symbols_count_and_those_of_others_do_not,
    a_diamond_is_no_circle,
)
