# SPDX-License-Identifier: MIT
"""Our times compared with PyTorch's, from the logs of bench/cuda.sh.

    cuda_table.py OURS.log PEERS.log
"""
import sys
from pathlib import Path

PRECISIONS = {"highest": "float32", "high": "tf32", "medium": "bf16"}
NUMBERS = ["highest", "high", "medium"]


def _lines(path):
    path = Path(path)
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def _ours(path):
    """{(workload, precision): ns} on the device, and {workload: ns} on all cores of the processor.

    A workload whose series several threads of the host read is "W6, 16 threads".
    """
    device, processor = {}, {}
    for words in _lines(path):
        if len(words) < 8 or not words[0].startswith("W") or not words[2].isdigit():
            continue
        if words[6] == "cpu," and words[1] != "1":
            processor[words[0]] = float(words[2])
        else:
            name = words[0] if words[1] == "1" else f"{words[0]}, {words[1]} threads"
            device[name, NUMBERS[int(words[8].rstrip(","))]] = float(words[2])
    return device, processor


def _peers(path):
    """{(workload, precision): {"eager": ns, "graph": ns}}, the best way of each."""
    best = {}
    for words in _lines(path):
        if len(words) != 8 or words[0] != "pytorch":
            continue
        _, workload, precision, way, _, wall, _, _ = words
        kind = "graph" if way.endswith("-graph") else "eager"
        times = best.setdefault((workload, precision), {})
        times[kind] = min(times.get(kind, float("inf")), float(wall))
    return best


def _us(ns):
    return "-" if ns is None else f"{ns / 1000:.1f}"


def _times(other, own):
    return "-" if other is None or own is None else f"{other / own:.2f}x"


def main():
    device, processor = _ours(sys.argv[1])
    peers = _peers(sys.argv[2])
    names = sorted({key[0] for key in [*device, *peers]})
    print("medians on the wall, us; x: how many times as long as ours")
    print(f"{'':21} {'':8} {'ours':>12} {'pytorch':>12} {'':>8} {'its graph':>12} {'':>8} "
          f"{'our cores':>12} {'':>8}")
    for name in names:
        for precision in NUMBERS:
            own = device.get((name, precision))
            workload = name.split(",")[0]
            peer = peers.get((workload, PRECISIONS[precision]), {})
            cores = processor.get(workload) if precision == "highest" else None
            if own is None and not peer:
                continue
            eager, graph = peer.get("eager"), peer.get("graph")
            print(f"{name:21} {precision:8} {_us(own):>12} {_us(eager):>12} "
                  f"{_times(eager, own):>8} {_us(graph):>12} {_times(graph, own):>8} "
                  f"{_us(cores):>12} {_times(cores, own):>8}")


main()
