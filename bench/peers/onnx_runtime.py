# SPDX-License-Identifier: MIT
"""ONNX Runtime: streaming and the fleet, both by a model of one step, as it has no training."""
import sys

import common
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

PEER = "onnxruntime"


def constants(n, H):
    random = np.random.default_rng(0)

    def tensor(name, *shape):
        values = random.standard_normal(shape, dtype=np.float32) / np.float32(H) ** 0.5
        return numpy_helper.from_array(values, name)

    return [
        tensor("w_in", n, H),
        tensor("b_in", H),
        tensor("w_x", 1, 4 * H, H),
        tensor("w_h", 1, 4 * H, H),
        tensor("b", 1, 8 * H),
        tensor("w_out", H, n),
        tensor("b_out", n),
        numpy_helper.from_array(np.array([0], np.int64), "axis"),
        numpy_helper.from_array(np.array([0, 1], np.int64), "axes"),
    ]


def step_model(n, H, B):
    def value(name, *shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    nodes = [
        helper.make_node("Gemm", ["x", "w_in", "b_in"], ["u"]),
        helper.make_node("Unsqueeze", ["u", "axis"], ["us"]),
        helper.make_node(
            "LSTM", ["us", "w_x", "w_h", "b", "", "h", "c"], ["ys", "h1", "c1"], hidden_size=H
        ),
        helper.make_node("Squeeze", ["ys", "axes"], ["last"]),
        helper.make_node("Gemm", ["last", "w_out", "b_out"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "step",
        [value("x", B, n), value("h", 1, B, H), value("c", 1, B, H)],
        [value("y", B, n), value("h1", 1, B, H), value("c1", 1, B, H)],
        constants(n, H),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(sys.argv[1])
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def ways(n, H, B, n_step):
    """By run(), and bound to arrays that stay where they are."""
    session = step_model(n, H, B)
    x0 = np.full((B, n), 0.5, np.float32)
    zero = np.zeros((1, B, H), np.float32)
    new = onnxruntime.OrtValue.ortvalue_from_numpy
    # Two sets of arrays: each step reads one and writes the other.
    sets = [(new(x0), new(zero), new(zero)), (new(x0), new(zero), new(zero))]
    bindings = []
    for read, written in ((0, 1), (1, 0)):
        binding = session.io_binding()
        for name, array in zip(("x", "h", "c"), sets[read]):
            binding.bind_ortvalue_input(name, array)
        for name, array in zip(("y", "h1", "c1"), sets[written]):
            binding.bind_ortvalue_output(name, array)
        bindings.append(binding)

    def plain():
        y, h, c = x0, zero, zero
        for _ in range(n_step):
            y, h, c = session.run(None, {"x": y, "h": h, "c": c})

    turn = [0]

    def bound():
        if n_step > 1:
            for array, start in zip(sets[turn[0]], (x0, zero, zero)):
                array.update_inplace(start)
        for _ in range(n_step):
            session.run_with_iobinding(bindings[turn[0]])
            turn[0] = 1 - turn[0]

    return [plain, bound]


def make(workload):
    if workload in common.TRAINING:
        return None
    if workload == "W6":
        fleet = common.FLEET
        return ways(fleet["n"], fleet["H"], fleet["series"], fleet["steps"])
    return ways(common.STREAM_INPUTS, int(workload.split("/")[1]), 1, 1)


print("# ONNX Runtime", onnxruntime.__version__, flush=True)
common.run(PEER, make)
