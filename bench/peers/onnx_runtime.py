# SPDX-License-Identifier: MIT
"""ONNX Runtime: streaming and the fleet, both by a model of one step, as it has no training."""
import sys

import common
import numpy as np
import onnxruntime
import reference
import step_model

PEER = "onnxruntime"


def session_of(w, B):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(sys.argv[1])
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        step_model.serialized(w, B), options, providers=["CPUExecutionProvider"]
    )


def ways(n, H, B, n_step):
    """By run(), and bound to arrays that stay where they are."""
    w = reference.weights(n, H)
    session = session_of(w, B)
    x0 = np.full((B, n), 0.5, np.float32)
    zero = np.zeros((1, B, H), np.float32)

    def new(array):
        """A copy, since an OrtValue shares the memory of the array that it is made from."""
        return onnxruntime.OrtValue.ortvalue_from_numpy(array.copy())

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
        return y

    turn = [0]

    def bound():
        if n_step > 1:
            for array, start in zip(sets[turn[0]], (x0, zero, zero)):
                array.update_inplace(start)
        for _ in range(n_step):
            session.run_with_iobinding(bindings[turn[0]])
            turn[0] = 1 - turn[0]
        return sets[turn[0]][0]

    wanted = reference.outputs(w, x0[None], 1, n_step)[-1]
    reference.expect(PEER, plain(), wanted)
    reference.expect(PEER, bound().numpy(), wanted)
    return [plain, bound]


print("# ONNX Runtime", onnxruntime.__version__, flush=True)
common.run(PEER, common.forecasting(ways))
