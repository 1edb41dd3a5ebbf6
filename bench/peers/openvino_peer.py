# SPDX-License-Identifier: MIT
"""OpenVINO: streaming and the fleet, both by a model of one step, as it has no training.

Its float32 is asked for: by itself it computes in bfloat16 where the processor has that.
"""
import sys

import common
import numpy as np
import openvino
import reference
import step_model
from openvino._offline_transformations import apply_make_stateful_transformation

PEER = "openvino"
CONFIG = {
    "INFERENCE_PRECISION_HINT": "f32",
    "INFERENCE_NUM_THREADS": int(sys.argv[1]),
    "NUM_STREAMS": 1,
    "ENABLE_CPU_PINNING": False,
}
STATE = {"h": "h1", "c": "c1"}


class Arrays:
    """h and c stay in arrays of the program: each step reads one set and writes the other."""

    def __init__(self, core, model, w, B):
        n, H = w["w_in"].shape
        compiled = core.compile_model(model, "CPU", CONFIG)
        shapes = ((B, n), (1, B, H), (1, B, H))
        sets = [[np.zeros(shape, np.float32) for shape in shapes] for _ in range(2)]
        self.sets, self.requests, self.turn = sets, [], 0
        for read, written in ((0, 1), (1, 0)):
            request = compiled.create_infer_request()
            for name, array in zip(("x", "h", "c"), sets[read]):
                request.set_tensor(name, openvino.Tensor(array, shared_memory=True))
            for name, array in zip(("y", "h1", "c1"), sets[written]):
                request.set_tensor(name, openvino.Tensor(array, shared_memory=True))
            self.requests.append(request)

    def start(self, x):
        self.sets[self.turn][0][:] = x
        for array in self.sets[self.turn][1:]:
            array[:] = 0

    def step(self, x=None):
        """The next step; its input is x, or the last output."""
        if x is not None:
            self.sets[self.turn][0][:] = x
        self.requests[self.turn].infer()
        self.turn = 1 - self.turn
        return self.sets[self.turn][0]


class Variables:
    """h and c are variables of the model."""

    def __init__(self, core, model, w, B):
        apply_make_stateful_transformation(model, STATE)
        self.request = core.compile_model(model, "CPU", CONFIG).create_infer_request()
        self.x = np.zeros((B, w["w_in"].shape[0]), np.float32)
        self.y = np.zeros_like(self.x)
        self.request.set_input_tensor(openvino.Tensor(self.x, shared_memory=True))
        self.request.set_output_tensor(openvino.Tensor(self.y, shared_memory=True))

    def start(self, x):
        self.request.reset_state()
        self.y[:] = x

    def step(self, x=None):
        self.x[:] = self.y if x is None else x
        self.request.infer()
        return self.y


def forecast(way, x, n_step):
    way.start(x)
    return [way.step().copy() for _ in range(n_step)]


def ways(n, H, B, n_step):
    w = reference.weights(n, H)
    x = np.full((B, n), 0.5, np.float32)
    core = openvino.Core()
    made = []
    for kind in (Arrays, Variables):
        way = kind(core, core.read_model(step_model.serialized(w, B)), w, B)
        reference.expect(PEER, forecast(way, x, 3), reference.outputs(w, x[None], 1, 3))
        made.append(way)
    if n_step == 1:
        return [lambda way=way: way.step(x) for way in made]
    return [lambda way=way: forecast(way, x, n_step) for way in made]


print("# OpenVINO", openvino.__version__, flush=True)
common.run(PEER, common.forecasting(ways))
