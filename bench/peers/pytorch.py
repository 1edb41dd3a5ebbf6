# SPDX-License-Identifier: MIT
"""PyTorch. With PEER=pytorch-native its oneDNN backend is switched off. With PEER=pytorch-bf16
trainings run under autocast to bfloat16, and the models of W5 and W6 are converted to it."""
import os
import sys

import common
import reference
import torch
from torch import nn

PEER = os.environ.get("PEER", "pytorch")
BF16 = PEER == "pytorch-bf16"


class Model(nn.Module):
    def __init__(self, n, H):
        super().__init__()
        self.input = nn.Linear(n, H)
        self.lstm = nn.LSTM(H, H)
        self.output = nn.Linear(H, n)

    def forward(self, x):
        return self.output(self.lstm(self.input(x))[0])


class CellStep(nn.Module):
    """One step by the cell function."""

    def __init__(self, model):
        super().__init__()
        self.input = model.input
        self.output = model.output
        self.w_x = model.lstm.weight_ih_l0
        self.w_h = model.lstm.weight_hh_l0
        self.b_x = model.lstm.bias_ih_l0
        self.b_h = model.lstm.bias_hh_l0

    def forward(self, x, h, c):
        h, c = torch.lstm_cell(self.input(x), (h, c), self.w_x, self.w_h, self.b_x, self.b_h)
        return self.output(h), h, c


class LayerStep(nn.Module):
    """One step by the layer, which has a backend of its own."""

    def __init__(self, model):
        super().__init__()
        self.input = model.input
        self.lstm = model.lstm
        self.output = model.output

    def forward(self, x, h, c):
        y, (h, c) = self.lstm(self.input(x).unsqueeze(0), (h.unsqueeze(0), c.unsqueeze(0)))
        return self.output(y[0]), h[0], c[0]


class Loop(nn.Module):
    """From `support` on, each output is the next input."""

    def __init__(self, model, support):
        super().__init__()
        self.support = support
        self.step = CellStep(model)

    def forward(self, x):
        h = torch.zeros(x.size(1), self.step.w_h.size(1))
        c = torch.zeros_like(h)
        y = x[0]
        ys = []
        for t in range(x.size(0)):
            y, h, c = self.step(x[t] if t <= self.support else y, h, c)
            ys.append(y)
        return torch.stack(ys)


class HeadAndLoop(nn.Module):
    """The same, with the true rows in one call of the layer."""

    def __init__(self, model, support):
        super().__init__()
        self.support = support
        self.input = model.input
        self.lstm = model.lstm
        self.output = model.output
        self.step = CellStep(model)

    def forward(self, x):
        head, (h, c) = self.lstm(self.input(x[: self.support + 1]))
        head = self.output(head)
        h, c, y = h[0], c[0], head[-1]
        ys = []
        for t in range(self.support + 1, x.size(0)):
            y, h, c = self.step(y, h, c)
            ys.append(y)
        return torch.cat([head, torch.stack(ys)])


def expect(model, x, y, n_true=1):
    """Outputs y [.., B, n] of the model in float32 for inputs x are those of the reference."""
    lstm = model.lstm
    w = {
        "w_in": model.input.weight.T,
        "b_in": model.input.bias,
        "w_x": lstm.weight_ih_l0.T,
        "w_h": lstm.weight_hh_l0.T,
        "b": lstm.bias_ih_l0 + lstm.bias_hh_l0,
        "w_out": model.output.weight.T,
        "b_out": model.output.bias,
    }
    w = {name: value.detach().float().numpy() for name, value in w.items()}
    wanted = reference.outputs(w, x.float().numpy(), n_true, len(y))
    tolerance = reference.BFLOAT16 if BF16 else reference.FLOAT32
    reference.expect(PEER, y.detach().float().numpy(), wanted, tolerance)


def adam(parameters):
    try:
        return torch.optim.Adam(parameters, fused=True)
    except (RuntimeError, TypeError):
        return torch.optim.Adam(parameters)


def training(shape):
    n, H, B, T = shape["n"], shape["H"], shape["B"], shape["T"]
    model = Model(n, H)
    rows = torch.tensor(common.series(n))
    steps = torch.arange(T).unsqueeze(1)
    optimizer = adam(list(model.parameters()))

    def outputs(unroll, x):
        with torch.autocast("cpu", torch.bfloat16, enabled=BF16):
            return unroll(x).float()

    def update(unroll):
        offsets = torch.randint(0, common.ROWS - T, (B,)) + steps
        x, target = rows[offsets], rows[offsets + 1]
        optimizer.zero_grad(set_to_none=True)
        loss = T * nn.functional.mse_loss(outputs(unroll, x), target)
        loss.backward()
        optimizer.step()

    support, ways, n_true = shape["support"], [model], T
    if support is not None:
        loops = Loop(model, support), HeadAndLoop(model, support)
        ways, n_true = [torch.jit.script(loop) for loop in loops], support + 1
    x = rows[torch.arange(B) + steps]
    for way in ways:
        expect(model, x, outputs(way, x), n_true)
    return [lambda way=way: update(way) for way in ways]


def frozen(step):
    return torch.jit.freeze(torch.jit.script(step.eval()))


def forecasting_model(n, H):
    model = Model(n, H)
    return model.to(torch.bfloat16) if BF16 else model


def stepping(n, H, B, n_step):
    model = forecasting_model(n, H)
    x0 = torch.randn(B, n, dtype=model.input.weight.dtype)
    zero = torch.zeros(B, H, dtype=x0.dtype)

    def call(step):
        with torch.inference_mode():
            y, h, c = x0, zero, zero
            ys = []
            for _ in range(n_step):
                y, h, c = step(y, h, c)
                ys.append(y)
        return ys

    steps = [frozen(s) for s in (CellStep(model), LayerStep(model))]
    for step in steps:
        expect(model, x0[None], torch.stack(call(step)))
    return [lambda step=step: call(step) for step in steps]


class Stream:
    def __init__(self, step, n, H, dtype):
        self.step = step
        self.x = torch.randn(1, n, dtype=dtype)
        self.h, self.c = torch.zeros(1, H, dtype=dtype), torch.zeros(1, H, dtype=dtype)

    def __call__(self):
        y, self.h, self.c = self.step(self.x, self.h, self.c)
        return y


def streaming(n, H):
    model = forecasting_model(n, H)
    streams = []
    for step in (CellStep(model), LayerStep(model)):
        stream = Stream(frozen(step), n, H, model.input.weight.dtype)
        expect(model, stream.x.expand(2, 1, n), torch.stack([stream(), stream()]), 2)
        streams.append(stream)
    return streams


def make(workload):
    if workload in common.TRAINING:
        torch.set_grad_enabled(True)
        return training(common.TRAINING[workload])
    torch.set_grad_enabled(False)
    if workload == "W6":
        fleet = common.FLEET
        return stepping(fleet["n"], fleet["H"], fleet["series"], fleet["steps"])
    return streaming(common.STREAM_INPUTS, int(workload.split("/")[1]))


torch.set_num_threads(int(sys.argv[1]))
torch.set_num_interop_threads(1)
torch.backends.mkldnn.enabled = PEER != "pytorch-native"
if hasattr(torch.backends.mkldnn, "set_flags"):
    torch.backends.mkldnn.set_flags(PEER != "pytorch-native")
print("# PyTorch", torch.__version__, flush=True)
common.run(PEER, make)
