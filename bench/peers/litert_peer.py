# SPDX-License-Identifier: MIT
"""LiteRT: streaming and the fleet, both by a model of one step that TensorFlow converts.

Its interpreter; its newer CompiledModel is slower from Python.
"""
import importlib.metadata
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import common
import numpy as np
import reference
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

PEER = "litert"
INPUTS, OUTPUTS = ("x", "h", "c"), ("y", "h1", "c1")


class Step(tf.Module):
    def __init__(self, w):
        super().__init__()
        self.w = w
        self.recurrent = np.concatenate([w["w_x"], w["w_h"]])

    def __call__(self, x, h, c):
        w = self.w
        u = tf.matmul(x, w["w_in"]) + w["b_in"]
        z = tf.matmul(tf.concat([u, h], 1), self.recurrent) + w["b"]
        i, f, g, o = tf.split(z, 4, axis=1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
        return {"y": tf.matmul(h, w["w_out"]) + w["b_out"], "h1": h, "c1": c}

    def converted(self, shapes):
        inputs = [tf.TensorSpec(shape, name=name) for name, shape in zip(INPUTS, shapes)]
        function = tf.function(self.__call__).get_concrete_function(*inputs)
        return tf.lite.TFLiteConverter.from_concrete_functions([function], self).convert()


class Model:
    def __init__(self, w, B):
        n, H = w["w_in"].shape
        self.zero = np.zeros((B, H), np.float32)
        self.interpreter = Interpreter(
            model_content=Step(w).converted([(B, n), (B, H), (B, H)]),
            num_threads=int(sys.argv[1]),
        )
        self.interpreter.allocate_tensors()
        runner = self.interpreter.get_signature_runner()
        self.read = [runner.get_input_details()[name]["index"] for name in INPUTS]
        self.written = [runner.get_output_details()[name]["index"] for name in OUTPUTS]

    def start(self, x):
        self.last = [x, self.zero, self.zero]

    def step(self, x=None):
        """The next step; its input is x, or the last output."""
        if x is not None:
            self.last[0] = x
        for index, value in zip(self.read, self.last):
            self.interpreter.set_tensor(index, value)
        self.interpreter.invoke()
        self.last = [self.interpreter.get_tensor(index) for index in self.written]
        return self.last[0]

    def forecast(self, x, n_step):
        self.start(x)
        return [self.step() for _ in range(n_step)]


def ways(n, H, B, n_step):
    w = reference.weights(n, H)
    x = np.full((B, n), 0.5, np.float32)
    model = Model(w, B)
    reference.expect(PEER, model.forecast(x, 3), reference.outputs(w, x[None], 1, 3))
    if n_step == 1:
        return [lambda: model.step(x)]
    return [lambda: model.forecast(x, n_step)]


print("# LiteRT", importlib.metadata.version("ai-edge-litert"), flush=True)
common.run(PEER, common.forecasting(ways))
