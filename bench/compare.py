#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs lstmts-bench and the peers in turn, several rounds, and prints one table.

    compare.py BUILD [--rounds N] [--seconds S] [--only W1,W5] [--threads 1,2] [--core N]
               [--peers pytorch,onednn] [--json FILE]

BUILD has bench/lstmts-bench, built with -Dbench=true. Next to it are the environments of the
peers, as ./dev bench makes them. A figure is the median over the rounds of each round's median, in
the second table the least time of all; in brackets the peer's figure by the library's. The spread
is that of the library's medians over the rounds. With one thread a program is pinned to one core and
timed by the processor time it takes, since others may use the machine; with two, by the clock on
the wall.
"""
import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
STREAMS = ["W5/16", "W5/32", "W5/100", "W5/256", "W5/512", "W5/1024"]
GROUPS = [["W1"], ["W2"], ["W4"], STREAMS, ["W6"], ["W3"]]
INFERENCE = STREAMS + ["W6"]
OPENBLAS_CHOICES = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]

# The targets: (workload, threads) -> peer -> ratio. Those against PyTorch were set with release
# 1.13; against a newer one, the faster of "pytorch" and "pytorch-native", the target is 2.
TARGETS = {
    ("W1", 1): {"onednn": 3, "pytorch": 12, "chainer": 60},
    ("W2", 1): {"onednn": 2.2, "pytorch": 3.2},
    ("W2", 2): {"onednn": 2.0},
    ("W3", 1): {"onednn": 1.7, "pytorch": 2.2},
    ("W3", 2): {"onednn": 1.7},
    ("W4", 1): {"pytorch": 3.5},
    ("W4", 2): {"pytorch": 5},
    ("W5/16", 1): {"pytorch": 250},
    ("W5/32", 1): {"pytorch": 130},
    ("W5/100", 1): {"pytorch": 18},
    ("W5/256", 1): {"pytorch": 11},
    ("W5/512", 1): {"pytorch": 5.5},
    ("W5/1024", 1): {"pytorch": 5.5},
    ("W6", 1): {"onednn": 1.9, "pytorch": 3},
    ("W6", 2): {"onednn": 1.9},
}


class Peer:
    def __init__(self, name, command, workloads, needs):
        self.name = name
        self.command = command
        self.workloads = workloads
        self.needs = needs
        self.missing = False

    def look(self):
        quiet = subprocess.DEVNULL
        self.missing = subprocess.call(self.needs, stdout=quiet, stderr=quiet) != 0

    def takes(self, workload):
        return not self.missing and (self.workloads is None or workload in self.workloads)


def python_peer(build, name, environment, script, module, workloads=None):
    python = os.path.join(os.path.dirname(build), environment, "bin", "python")
    if not os.path.exists(python):
        python = sys.executable
    command = [python, "-B", os.path.join(HERE, "peers", script)]
    return Peer(name, command, workloads, [python, "-c", "import " + module])


def debian_torch(name):
    """The release that the targets were set with, as Debian 12 has it."""
    return Peer(name, ["/usr/bin/python3", "-B", os.path.join(HERE, "peers", "pytorch.py")], None,
                ["/usr/bin/python3", "-c",
                 "import torch; assert torch.__version__.startswith('1.13')"])


def all_peers(build):
    onednn = os.path.join(build, "bench", "peers", "onednn")
    return [
        python_peer(build, "pytorch", "bench-venv", "pytorch.py", "torch"),
        python_peer(build, "pytorch-native", "bench-venv", "pytorch.py", "torch"),
        debian_torch("pytorch-1.13"),
        debian_torch("pytorch-1.13-skylakex"),
        python_peer(build, "pytorch-bf16", "bench-venv", "pytorch.py", "torch"),
        Peer("onednn", [onednn], None, ["test", "-x", onednn]),
        Peer("onednn-bf16", [onednn], None, ["test", "-x", onednn]),
        python_peer(build, "jax", "bench-venv-jax", "jax_peer.py", "jax"),
        python_peer(build, "onnxruntime", "bench-venv", "onnx_runtime.py",
                    "onnx, onnxruntime", INFERENCE),
        python_peer(build, "openvino", "bench-venv-openvino", "openvino_peer.py",
                    "onnx, openvino", INFERENCE),
        python_peer(build, "litert", "bench-venv-keras", "litert_peer.py",
                    "tensorflow, ai_edge_litert", INFERENCE),
        python_peer(build, "keras", "bench-venv-keras", "keras_peer.py", "tensorflow", INFERENCE),
        python_peer(build, "chainer", "bench-venv-chainer", "chainer_peer.py", "chainer",
                    ["W1", "W2"] + INFERENCE),
    ]


def environment(peer, threads, seconds):
    variables = dict(os.environ, PEER=peer, BENCH_SECONDS=str(seconds))
    variables["BENCH_CLOCK"] = "processor" if threads == 1 else "wall"
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        variables[name] = str(threads)
    # A caller's choice is for the caller's OpenBLAS, and would slow a newer one.
    for name in OPENBLAS_CHOICES:
        variables.pop(name, None)
    if peer.endswith("skylakex"):
        # Debian 12's OpenBLAS does not know every processor with AVX-512 as one
        variables["OPENBLAS_CORETYPE"] = "SkylakeX"
    return variables


def pinned(command, threads, core):
    cores = core if threads == 1 else "0-%d" % (threads - 1)
    return ["taskset", "-c", cores] + command


class Results:
    def __init__(self):
        self.times = {}  # (workload, threads) -> program -> [median, minimum] of each round
        self.versions = {}
        self.library = {}

    def add(self, program, workload, threads, median, minimum):
        row = self.times.setdefault((workload, threads), {})
        row.setdefault(program, []).append([median, minimum])

    def median(self, program, row):
        values = self.times[row].get(program)
        return statistics.median(median for median, _ in values) if values else None

    def minimum(self, program, row):
        values = self.times[row].get(program)
        return min(minimum for _, minimum in values) if values else None

    def spread(self, program, row):
        medians = [median for median, _ in self.times[row][program]]
        return max(medians) / min(medians) - 1


def run_library(build, workloads, threads, arguments, results):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [os.path.join(build, "bench", "lstmts-bench"), "--seconds", str(arguments.seconds)]
        command += ["--threads", str(threads), "--only", ",".join(workloads), "--json", file.name]
        subprocess.run(pinned(command, threads, arguments.core), check=True, stdout=subprocess.DEVNULL,
                       env=environment("lstmts", threads, arguments.seconds))
        found = json.load(file)
    results.library.update({k: v for k, v in found.items() if k != "measurements"})
    for line in found["measurements"]:
        results.add("lstmts", line["workload"], threads, line["median_ns"],
                    line["minimum_ns"])


def run_peer(peer, workloads, threads, arguments, results):
    workloads = [w for w in workloads if peer.takes(w)]
    if not workloads:
        return
    command = pinned(peer.command + [str(threads)] + workloads, threads, arguments.core)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=environment(peer.name, threads, arguments.seconds))
    for line in done.stdout.splitlines():
        field = line.split()
        if line.startswith("#"):
            results.versions[peer.name] = line[1:].strip()
        elif len(field) == 5 and field[0] == peer.name:
            results.add(peer.name, field[1], int(field[2]), float(field[3]), float(field[4]))
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        print("%s ended with %d: %s" % (peer.name, done.returncode, last[0]), file=sys.stderr)


def measure(build, peers, arguments):
    results = Results()
    only = arguments.only.split(",") if arguments.only else None
    for number in range(arguments.rounds):
        for threads in map(int, arguments.threads.split(",")):
            for group in GROUPS:
                group = [w for w in group if not only or w in only or w.split("/")[0] in only]
                if group:
                    print("round %d, %d thread(s): %s" % (number + 1, threads, " ".join(group)),
                          file=sys.stderr, flush=True)
                    run_library(build, group, threads, arguments, results)
                    for peer in peers:
                        run_peer(peer, group, threads, arguments, results)
    return results


def human(ns):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= size:
            return "%.3g %s" % (ns / size, unit) if ns < 1000 * size else "%.0f s" % (ns / size)
    return "%.0f ns" % ns


def cell(figure, program, row):
    ns = figure(program, row)
    own = figure("lstmts", row)
    if ns is None:
        return "-"
    return human(ns) if not own else "%s (%.3g)" % (human(ns), ns / own)


def verdict(results, row):
    own = results.median("lstmts", row)
    words = []
    for peer, target in TARGETS.get(row, {}).items():
        for name, wanted in [("pytorch-1.13", target), ("pytorch", 2)] if peer == "pytorch" else [
                (peer, target)]:
            names = {"pytorch": ["pytorch", "pytorch-native"],
                     "pytorch-1.13": ["pytorch-1.13", "pytorch-1.13-skylakex"]}.get(name, [name])
            times = [t for t in (results.median(n, row) for n in names) if t is not None]
            if own is None or not times:
                words.append("%s %.3g: not measured" % (name, wanted))
            else:
                ratio = min(times) / own
                words.append("%s %.3g: %s, %.3g" % (name, wanted, "met" if ratio >= wanted else
                                                    "not met", ratio))
    return "; ".join(words)


def order(row):
    workload, threads = row
    family, _, size = workload.partition("/")
    return family, int(size or 0), threads


def cpuinfo(key):
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            return next(l.split(":")[1].strip() for l in info if l.split(":")[0].strip() == key)
    except (OSError, StopIteration):
        return ""


def conditions():
    """What the processor and the environment mean for the peers."""
    flags = (cpuinfo("flags") or cpuinfo("Features")).split()
    flags = [f for f in ("amx_bf16", "avx512_bf16", "bf16") if f in flags]
    yield "bfloat16 instructions: " + (
        ", ".join(flags) or "none, so the peers in bfloat16 emulate it and may be slow")
    for name in OPENBLAS_CHOICES:
        was = ", was " + os.environ[name] if name in os.environ else ""
        other = ", pytorch-1.13-skylakex: SkylakeX" if name == "OPENBLAS_CORETYPE" else ""
        yield "%s: unset%s%s" % (name, was, other)


def print_table(results, peers):
    print("%s, %s, %d cores" % (datetime.date.today(), cpuinfo("model name") or "unknown processor",
                                os.cpu_count()))
    print("lstmts %(version)s, %(instruction_set)s, %(gflops_1_thread).0f GFLOP/s" %
          results.library)
    print("\n".join(conditions()))
    for name, version in results.versions.items():
        print("%s: %s" % (name, version))
    for peer in peers:
        if peer.missing:
            print("%s: not installed" % peer.name)
    for title, figure in (("medians", results.median), ("minima", results.minimum)):
        print_figures(results, [p.name for p in peers if not p.missing], title, figure)
    for row in sorted(results.times, key=order):
        if row in TARGETS:
            print("%s, %d thread(s): %s" % (*row, verdict(results, row)))


def print_figures(results, names, title, figure):
    print("\n| %s | threads | lstmts | spread | " % title + " | ".join(names) + " |")
    print("|---" * (len(names) + 4) + "|")
    for row in sorted(results.times, key=order):
        own = figure("lstmts", row)
        spread = "-" if own is None else "%.0f %%" % (100 * results.spread("lstmts", row))
        cells = [row[0], str(row[1]), "-" if own is None else human(own), spread]
        print("| " + " | ".join(cells + [cell(figure, name, row) for name in names]) + " |")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--only")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--core", default="0", help="where programs of one thread are pinned")
    parser.add_argument("--peers", help="only these")
    parser.add_argument("--json")
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    peers = all_peers(build)
    if arguments.peers:
        peers = [p for p in peers if p.name in arguments.peers.split(",")]
    for peer in peers:
        peer.look()
    results = measure(build, peers, arguments)
    print_table(results, peers)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"library": results.library, "versions": results.versions,
                       "rounds": [{"workload": w, "threads": t, "median_and_minimum_ns": times}
                                  for (w, t), times in results.times.items()]}, file, indent=1)


if __name__ == "__main__":
    main()
