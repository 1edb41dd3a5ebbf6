# SPDX-License-Identifier: MIT
"""Chainer 7.8.1 with numpy: training step by step as its LSTM link does, and W5, W6."""
import common
import numpy as np
import reference

# Names that NumPy has dropped and Chainer 7.8.1 still reads.
for _old, _new in (("bool", bool), ("int", int), ("float", float), ("object", object)):
    if _old not in np.__dict__:
        setattr(np, _old, _new)

import chainer
import chainer.functions as F
import chainer.links as L

PEER = "chainer"


class Model(chainer.Chain):
    def __init__(self, n, H):
        super().__init__()
        with self.init_scope():
            self.input = L.Linear(n, H)
            self.lstm = L.LSTM(H, H)
            self.output = L.Linear(H, n)

    def forward(self, x):
        return self.output(self.lstm(self.input(x)))

    def expect(self, x, n_step, y):
        """y [B, n] is the last of n_step outputs, after x [.., B, n] each by the last."""
        H = len(self.input.b)

        def gates(array):  # from a, i, f, o of each unit to i, f, a, o
            a, i, f, o = np.moveaxis(array.reshape(H, 4, -1), 1, 0)
            return np.concatenate([i, f, a, o]).T

        w = {
            "w_in": self.input.W.array.T,
            "b_in": self.input.b.array,
            "w_x": gates(self.lstm.upward.W.array),
            "w_h": gates(self.lstm.lateral.W.array),
            "b": gates(self.lstm.upward.b.array)[0],
            "w_out": self.output.W.array.T,
            "b_out": self.output.b.array,
        }
        reference.expect(PEER, y, reference.outputs(w, x, len(x), n_step)[-1])


def training(shape):
    n, B, T = shape["n"], shape["B"], shape["T"]
    model = Model(n, shape["H"])
    rows = np.array(common.series(n), np.float32)
    steps = np.arange(T)[:, None]
    optimizer = chainer.optimizers.Adam().setup(model)

    x = rows[np.arange(B) + steps]
    model.expect(x, T, [model(row).array for row in x][-1])

    def update():
        offsets = np.random.randint(0, common.ROWS - T, B) + steps
        x, target = rows[offsets], rows[offsets + 1]
        model.lstm.reset_state()
        loss, y = 0, None
        for t in range(T):
            closed = shape["support"] is not None and t > shape["support"]
            y = model(y if closed else x[t])
            loss += F.mean_squared_error(y, target[t])
        model.cleargrads()
        loss.backward()
        loss.unchain_backward()
        optimizer.update()

    return [update]


def stepping(n, H, B, n_step):
    model = Model(n, H)
    x0 = np.full((B, n), 0.5, np.float32)

    def call():
        with chainer.no_backprop_mode(), chainer.using_config("train", False):
            if n_step > 1:
                model.lstm.reset_state()
            y = x0
            for _ in range(n_step):
                y = model(y)
        return y.array

    model.expect(x0[None], n_step, call())
    return [call]


def make(workload):
    if workload in common.TRAINING:
        return training(common.TRAINING[workload])
    if workload == "W6":
        fleet = common.FLEET
        return stepping(fleet["n"], fleet["H"], fleet["series"], fleet["steps"])
    return stepping(common.STREAM_INPUTS, int(workload.split("/")[1]), 1, 1)


print("# Chainer", chainer.__version__, "NumPy", np.__version__, flush=True)
common.run(PEER, make)
