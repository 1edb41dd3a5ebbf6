# SPDX-License-Identifier: MIT
"""One step of the model in the ONNX format: x, h, c -> y, h1, c1. h and c are [1, B, H]."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def _gates(matrix):
    """The gates of the last axis in the order of ONNX, i, o, f, g."""
    i, f, g, o = np.split(matrix, 4, axis=-1)
    return np.concatenate([i, o, f, g], axis=-1)


def _constants(w):
    b = _gates(w["b"])
    arrays = {
        "w_in": w["w_in"],
        "b_in": w["b_in"],
        "w_x": _gates(w["w_x"]).T[None],
        "w_h": _gates(w["w_h"]).T[None],
        "b": np.concatenate([b, np.zeros_like(b)])[None],
        "w_out": w["w_out"],
        "b_out": w["b_out"],
        "axis": np.array([0], np.int64),
        "axes": np.array([0, 1], np.int64),
    }
    return [numpy_helper.from_array(np.ascontiguousarray(a), name) for name, a in arrays.items()]


def serialized(w, B):
    """w: as reference.weights() returns them."""
    n, H = w["w_in"].shape

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
        _constants(w),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model.SerializeToString()
