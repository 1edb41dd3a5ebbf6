# SPDX-License-Identifier: MIT
"""Workloads, timing and output that all peers share.

A peer is called as  peer.py THREADS WORKLOAD...  and prints, per workload that it can run,

    PEER WORKLOAD THREADS MEDIAN_NS MIN_NS

W5 is asked for with its size, as W5/100. Before these lines stands one that begins with '#' and
names the versions.
"""
import os
import sys

if len(sys.argv) > 1:
    for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[_name] = sys.argv[1]

import time

# n: inputs and outputs, H: hidden units, B: windows in a batch, T: steps, L: layers if not 1.
TRAINING = {
    "W1": {"n": 2, "H": 100, "B": 10, "T": 10, "support": None},
    "W2": {"n": 8, "H": 256, "B": 64, "T": 50, "support": None},
    "W3": {"n": 32, "H": 1024, "B": 128, "T": 100, "support": None},
    "W4": {"n": 8, "H": 256, "B": 64, "T": 50, "support": 10},
}
for _n in (64, 128, 321, 862):
    TRAINING[f"D/{_n}"] = {"n": _n, "H": 64, "B": 32, "T": 48, "support": None}
for _layers in (1, 2, 3):
    TRAINING[f"S/{_layers}"] = {
        "n": 4, "H": 128, "B": 32, "T": 50, "support": None, "L": _layers,
    }  # fmt: skip
STREAM_INPUTS = 2
FLEET = {"n": 2, "H": 100, "series": 1000, "steps": 50}
ROWS = 1000
LEAST_REPEATS = 2
# Other processes disturb processor time less; it serves one thread only.
# Its resolution is some microseconds, so short calls are timed in larger groups.
if os.environ.get("BENCH_CLOCK") == "processor":
    CLOCK, GROUP_NS = time.process_time_ns, 1000000
else:
    CLOCK, GROUP_NS = time.perf_counter_ns, 50000
BUDGET_NS = float(os.environ.get("BENCH_SECONDS", "1")) * 1e9


def series(n):
    """ROWS rows of n sines of different pitch, as nested lists."""
    import math

    return [[math.sin(0.05 * (k + 1) * r) for k in range(n)] for r in range(ROWS)]


def measure(call):
    """Median and minimum of the time of one call, in ns.

    After a warm-up of a fifth of the budget; short calls are timed in groups.
    """
    clock = CLOCK
    start = clock()
    call()
    count = 1
    while clock() - start < BUDGET_NS / 5:
        call()
        count += 1
    one = (clock() - start) / count
    group = max(1, round(GROUP_NS / one))
    times = []
    start = clock()
    while len(times) < LEAST_REPEATS or clock() - start < BUDGET_NS:
        before = clock()
        for _ in range(group):
            call()
        times.append((clock() - before) / group)
    times.sort()
    return times[len(times) // 2], times[0]


def best(calls):
    """The fastest of several ways, by a short trial."""
    if len(calls) == 1:
        return calls[0]

    def trial(call):
        call()
        times = []
        start = CLOCK()
        while len(times) < LEAST_REPEATS or CLOCK() - start < BUDGET_NS / 10:
            before = CLOCK()
            call()
            times.append(CLOCK() - before)
        return min(times)

    return min(calls, key=trial)


def forecasting(ways):
    """make() for run() of a peer that does not train: ways(n, H, B, n_step) of forecasts."""

    def make(workload):
        if workload in TRAINING:
            return None
        if workload == "W6":
            return ways(*FLEET.values())
        return ways(STREAM_INPUTS, int(workload.split("/")[1]), 1, 1)

    return make


def run(peer, make):
    """make(workload) returns the ways of running it, each a function, or None."""
    threads = int(sys.argv[1])
    for workload in sys.argv[2:]:
        calls = make(workload)
        if calls:
            median, minimum = measure(best(calls))
            print(peer, workload, threads, round(median), round(minimum), flush=True)
