# SPDX-License-Identifier: MIT
"""Keras on TensorFlow: streaming and the fleet, by compiled functions of its layers."""
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import common
import keras
import numpy as np
import reference
import tensorflow as tf

PEER = "keras"


class Model:
    def __init__(self, n, H, B):
        self.input = keras.layers.Dense(H)
        self.cell = keras.layers.LSTMCell(H)
        self.output = keras.layers.Dense(n)
        self.input.build((B, n))
        self.cell.build((B, H))
        self.output.build((B, H))

    def step(self, x, h, c):
        h, (h, c) = self.cell(self.input(x), [h, c])
        return self.output(h), h, c

    def expect(self, x, ys):
        """ys [steps, B, n] are the model's outputs, after x [.., B, n] each by the last."""
        layers = (self.input, self.cell, self.output)
        names = ("w_in", "b_in", "w_x", "w_h", "b", "w_out", "b_out")
        w = dict(zip(names, (v.numpy() for layer in layers for v in layer.weights)))
        reference.expect(PEER, ys, reference.outputs(w, np.asarray(x), len(x), len(ys)))


def streaming(H):
    model = Model(common.STREAM_INPUTS, H, 1)
    step = tf.function(model.step, jit_compile=False)
    x = tf.fill((1, common.STREAM_INPUTS), 0.5)
    state = [tf.zeros((1, H)), tf.zeros((1, H))]

    def call():
        y, state[0], state[1] = step(x, state[0], state[1])
        return y

    model.expect([x, x], np.stack([call(), call()]))
    return [call]


def fleet(n, H, B, n_step):
    model = Model(n, H, B)
    x = tf.fill((B, n), 0.5)
    zero = tf.zeros((B, H))

    @tf.function(jit_compile=False)
    def forecast(y, h, c):
        ys = tf.TensorArray(tf.float32, n_step)
        for t in tf.range(n_step):
            y, h, c = model.step(y, h, c)
            ys = ys.write(t, y)
        return ys.stack()

    model.expect([x], forecast(x, zero, zero))
    return [lambda: forecast(x, zero, zero)]


def make(workload):
    if workload in common.TRAINING:
        return None
    if workload == "W6":
        f = common.FLEET
        return fleet(f["n"], f["H"], f["series"], f["steps"])
    return streaming(int(workload.split("/")[1]))


tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[1]))
tf.config.threading.set_inter_op_parallelism_threads(1)
print("# Keras", keras.__version__, "TensorFlow", tf.__version__, flush=True)
common.run(PEER, make)
