# SPDX-License-Identifier: MIT
"""The bench runs every workload and prints its results; times are not tested.

    test_bench.py PROGRAM PROJECT       PROGRAM is lstmts-bench
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run

PROGRAM, ROOT = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
STREAMS = ["W5/16", "W5/32", "W5/100", "W5/256", "W5/512", "W5/1024"]
WIDE, STACKS = ["D/64", "D/128", "D/321", "D/862"], ["S/1", "S/2", "S/3"]
WORKLOADS = ["W1", "W2", "W3", "W4", *STREAMS, "W6", "W7", *WIDE, *STACKS]
PEERS = [
    "pytorch", "pytorch-native", "pytorch-1.13", "pytorch-1.13-skylakex", "pytorch-bf16", "onednn",
    "onednn-bf16", "jax", "onnxruntime", "openvino", "litert", "keras", "chainer",
]
MODULES = ["torch", "jax", "onnx", "onnxruntime", "openvino", "tensorflow", "chainer"]
FOLDER = tempfile.TemporaryDirectory()
TINY = ["--seconds", "0.001"]


def _call(*words, environment=None):
    command = [str(word) for word in words]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def _bench(*options):
    """The lines of the table, {workload: its other fields}, and the JSON."""
    path = Path(FOLDER.name) / "found.json"
    done = _call(PROGRAM, *TINY, *options, "--json", path)
    expect(done.returncode == 0, f"ended with {done.returncode}: {done.stderr}")
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    return {row[0]: row[1:] for row in rows}, json.loads(path.read_text())


def _expect_measured(name, row, line):
    threads, median, minimum, repeats, share = row[:5]
    expect(line["workload"] == name, f"{name} is {line['workload']} in the JSON")
    expect(int(threads) == line["threads"], f"{name}: {threads} threads, {line['threads']}")
    expect(int(repeats) == line["repeats"] >= 1, f"{name}: {repeats} and {line['repeats']}")
    expect(0 < line["minimum_ns"] <= line["median_ns"], f"{name}: {line}")
    expect(abs(float(median) - line["median_ns"]) <= 1, f"{name}: {median} and {line}")
    expect(abs(float(minimum) - line["minimum_ns"]) <= 1, f"{name}: {minimum} and {line}")
    expect(line["share_of_peak"] > 0 and float(share) >= 0, f"{name}: {line}")


def _expect_all(workloads, threads):
    table, found = _bench("--threads", threads, "--only", ",".join(workloads))
    expect(list(table) == workloads, f"printed {list(table)}")
    lines = found["measurements"]
    expect(len(lines) == len(workloads), f"{len(lines)} in the JSON")
    for name, line in zip(workloads, lines):
        expect(line["threads"] == threads, f"{name} ran on {line['threads']} threads")
        _expect_measured(name, table[name], line)
    for line in lines:
        reads = "weights_gb_per_s" in line and "readable_gb_per_s" in line
        expect(reads == (line["workload"] in STREAMS), f"{line}")
    expect(found["gflops_1_thread"] > 0 and found["gflops_2_threads"] > 0, f"{found}")


def every_workload_is_printed_and_is_in_the_json():
    _expect_all([name for name in WORKLOADS if name != "W3"], 1)  # W3, which is W2 with other sizes, takes ten seconds
    _expect_all(["W1", "W2"], 2)


def only_what_is_wanted_runs():
    table, _ = _bench("--only", "W1,W5/16", "--threads", "1")
    expect(list(table) == ["W1", "W5/16"], f"printed {list(table)}")
    table, _ = _bench("--only", "W1,W5", "--threads", "2")
    expect(list(table) == ["W1", *STREAMS], f"printed {list(table)}")


def the_batch_replaces_that_of_the_workload():
    _, found = _bench("--only", "W1,W5/16", "--threads", "1", "--batch", "3")
    batches = [line["B"] for line in found["measurements"]]
    expect(batches == [3, 1], f"{found}")


def wrong_options_are_a_usage_error():
    for options in (["--no-such-option", "1"], ["--json"], ["--only"], ["--seconds"], ["W1"]):
        done = _call(PROGRAM, *options)
        said = done.stderr.startswith("usage: lstmts-bench") and done.stdout == ""
        expect(done.returncode == 2 and said, f"{options}: {done}")


def a_wrong_value_is_named():
    wrong = {
        "--seconds": ["0", "-1", "long", "1x", "", "nan", "inf"],
        "--threads": ["0", "1025", "-1", "two", "1x", ""],
        "--batch": ["0", "1025", "-1", "all", "8x", ""],
        "--precision": ["", "float", "0"],
        "--weights": ["", "float", "0"],
        "--only": ["W9", "W1,W9", "W1,", "", "W", "W5/", "W5/17", "w1"],
    }
    for option, values in wrong.items():
        for value in values:
            done = _call(PROGRAM, *TINY, option, value)
            first, *usage = done.stderr.splitlines()
            said = first.startswith(f'lstmts-bench: {option} is "{value}", it must be ')
            expect(said and usage[0].startswith("usage: "), f"{option} {value}: {done}")
            expect(done.returncode == 2 and done.stdout == "", f"{option} {value}: {done}")


def a_device_that_is_not_there_is_a_failure_and_named():
    done = _call(PROGRAM, *TINY, "--only", "W1", "--device", "no")
    expect(done.returncode == 1 and "liblstmts-no.so.0" in done.stderr, f"{done}")


def a_json_that_cannot_be_written_is_a_failure_and_named():
    path = Path(FOLDER.name) / "no such folder" / "found.json"
    done = _call(PROGRAM, *TINY, "--only", "W5/16", "--json", path)
    expect(done.returncode == 1 and str(path) in done.stderr, f"{done}")


def _nobody_installed():
    """A build of the bench alone, and an environment in which no peer's module can be imported."""
    build = Path(FOLDER.name) / "build"
    modules = Path(FOLDER.name) / "modules"
    if not build.exists():
        (build / "bench").mkdir(parents=True)
        (build / "bench" / "lstmts-bench").symlink_to(PROGRAM)
        modules.mkdir()
    for name in MODULES:
        (modules / f"{name}.py").write_text("raise ImportError('not here')\n")
    return build, dict(os.environ, PYTHONPATH=str(modules))


def the_comparison_names_the_peers_that_are_missing():
    build, environment = _nobody_installed()
    path = Path(FOLDER.name) / "compared.json"
    core = min(os.sched_getaffinity(0))
    done = _call(
        sys.executable, "-B", ROOT / "bench" / "compare.py", build, *TINY, "--rounds", "2",
        "--threads", "1", "--core", core, "--only", "W1,W5/16", "--json", path,
        environment=environment,
    )  # fmt: skip
    expect(done.returncode == 0, f"{done}")
    missing = [line.split(":")[0] for line in done.stdout.splitlines() if "not installed" in line]
    expect(missing == PEERS, f"named as missing: {missing} in\n{done.stdout}")
    found = json.loads(path.read_text())
    rounds = {row["workload"]: row["median_and_minimum_ns"] for row in found["rounds"]}
    expect(sorted(rounds) == ["W1", "W5/16"], f"compared {rounds}")
    for name, programs in rounds.items():
        expect(list(programs) == ["lstmts"], f"{name} by {list(programs)}")
        expect(len(programs["lstmts"]) == 2, f"{name}: {programs}")
        expect(f"| {name} | 1 |" in done.stdout, done.stdout)
    expect("not measured" in done.stdout, "no word about the targets of peers that did not run")


def the_comparison_says_what_openblas_is_told():
    build, environment = _nobody_installed()
    core = min(os.sched_getaffinity(0))
    done = _call(
        sys.executable, "-B", ROOT / "bench" / "compare.py", build, *TINY, "--rounds", "1",
        "--threads", "1", "--core", core, "--only", "W5/16",
        environment=dict(environment, OPENBLAS_CORETYPE="Haswell"),
    )  # fmt: skip
    expect(done.returncode == 0, f"{done}")
    said = [line for line in done.stdout.splitlines() if line.startswith("OPENBLAS_CORETYPE: ")]
    expect(len(said) == 1 and "unset, was Haswell" in said[0], f"{done.stdout}")


run(
    every_workload_is_printed_and_is_in_the_json,
    only_what_is_wanted_runs,
    the_batch_replaces_that_of_the_workload,
    wrong_options_are_a_usage_error,
    a_wrong_value_is_named,
    a_device_that_is_not_there_is_a_failure_and_named,
    a_json_that_cannot_be_written_is_a_failure_and_named,
    the_comparison_names_the_peers_that_are_missing,
    the_comparison_says_what_openblas_is_told,
)
