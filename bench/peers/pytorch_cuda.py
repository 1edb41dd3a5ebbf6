# SPDX-License-Identifier: MIT
"""PyTorch on a GPU, for the workloads of bench/cuda.sh.

    pytorch_cuda.py THREADS WORKLOAD...

prints, per workload, precision and way of running it,

    pytorch WORKLOAD PRECISION WAY EVENTS_NS WALL_NS WALL_MIN_NS REPEATS

EVENTS_NS is the median between two events around the work on the device. WALL_NS is the median on
the wall: of a training with the loss brought to the host, as lstm_updater_update() does; of a fleet
with the first rows brought to the device and all forecasts to the host, as lstm_forecast() does.
float32 is with TF32 off. Ways: layer = nn.LSTM (cuDNN), cell = a loop over nn.LSTMCell, head = the
true rows by the layer and the rest by the cell; -graph = all of it captured as a CUDA graph.

PEER_DEVICE=cpu tries the program where there is no GPU; its graphs are left out.
"""
import contextlib
import os
import sys
import time

import common
import torch
from torch import nn

DEVICE = os.environ.get("PEER_DEVICE", "cuda")
ON_GPU = DEVICE != "cpu"
WORKLOADS = {
    **common.TRAINING,
    "W3/512": {**common.TRAINING["W3"], "B": 512},
}
FLEETS = {"W6": 1000, "W6/100000": 100000}
PRECISIONS = {"W2": ["float32", "tf32", "bf16"], "W3": ["float32", "tf32", "bf16"],
              "W3/512": ["float32", "tf32", "bf16"]}
WARM_UP = 4


class Model(nn.Module):
    def __init__(self, n, H):
        super().__init__()
        self.input = nn.Linear(n, H)
        self.lstm = nn.LSTM(H, H)
        self.output = nn.Linear(H, n)
        self.cell = nn.LSTMCell(H, H)
        self.cell.weight_ih = self.lstm.weight_ih_l0
        self.cell.weight_hh = self.lstm.weight_hh_l0
        self.cell.bias_ih = self.lstm.bias_ih_l0
        self.cell.bias_hh = self.lstm.bias_hh_l0

    def layer(self, x, state=None):
        y, state = self.lstm(self.input(x), state)
        return self.output(y), state

    def step(self, y, state):
        state = self.cell(self.input(y), state)
        return self.output(state[0]), state


def unroll_layer(model, x, _support):
    return model.layer(x)[0]


def unroll_cell(model, x, support):
    """From `support` on, each output is the next input."""
    zero = x.new_zeros(x.size(1), model.lstm.hidden_size)
    state, y, ys = (zero, zero), None, []
    for t in range(x.size(0)):
        y, state = model.step(x[t] if t <= support else y, state)
        ys.append(y)
    return torch.stack(ys)


def unroll_head(model, x, support):
    """The same, with the true rows in one call of the layer."""
    head, (h, c) = model.layer(x[: support + 1])
    state, y, ys = (h[0], c[0]), head[-1], []
    for _ in range(support + 1, x.size(0)):
        y, state = model.step(y, state)
        ys.append(y)
    return torch.cat([head, torch.stack(ys)])


def synchronize():
    if ON_GPU:
        torch.cuda.synchronize()


def on_the_wall(call):
    """Median and minimum of a call that ends with its result on the host, in ns; repeats."""
    for _ in range(WARM_UP):
        call()
    times = []
    synchronize()
    start = time.perf_counter_ns()
    while len(times) < common.LEAST_REPEATS or time.perf_counter_ns() - start < common.BUDGET_NS:
        before = time.perf_counter_ns()
        call()
        times.append(time.perf_counter_ns() - before)
    times.sort()
    return times[len(times) // 2], times[0], len(times)


def by_events(call):
    """Median time on the device of a call that is only enqueued, in ns."""
    if not ON_GPU:
        return 0
    for _ in range(WARM_UP):
        call()
    torch.cuda.synchronize()
    times = []
    start = time.perf_counter_ns()
    while len(times) < common.LEAST_REPEATS or time.perf_counter_ns() - start < common.BUDGET_NS:
        before = torch.cuda.Event(enable_timing=True)
        after = torch.cuda.Event(enable_timing=True)
        before.record()
        call()
        after.record()
        after.synchronize()
        times.append(before.elapsed_time(after) * 1e6)
    times.sort()
    return times[len(times) // 2]


def captured(call):
    """The call as a CUDA graph, and what it returns."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UP):
            call()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        result = call()

    def replay():
        graph.replay()
        return result

    return replay


def set_precision(precision):
    tf32 = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32


def adam(model, graph):
    parameters = list(dict.fromkeys(model.parameters()))
    return torch.optim.Adam(parameters, lr=0.001, fused=True, capturable=graph)


def training(shape, precision, unroll, graph):
    """An update that returns its loss, on the device."""
    n, H, B, T, support = shape["n"], shape["H"], shape["B"], shape["T"], shape["support"]
    model = Model(n, H).to(DEVICE)
    rows = torch.tensor(common.series(n), device=DEVICE)
    steps = torch.arange(T, device=DEVICE).unsqueeze(1)
    optimizer = adam(model, graph)

    def update():
        offsets = torch.randint(0, common.ROWS - T, (B,), device=DEVICE) + steps
        x, target = rows[offsets], rows[offsets + 1]
        optimizer.zero_grad(set_to_none=True)
        rounded = precision == "bf16"
        context = torch.autocast(DEVICE, torch.bfloat16, cache_enabled=not graph) if rounded else (
            contextlib.nullcontext())
        with context:
            y = unroll(model, x, support)
        loss = T * nn.functional.mse_loss(y.float(), target)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return captured(update) if graph else update


def show(workload, precision, way, events, wall):
    median, minimum, repeats = wall
    print("pytorch", workload, precision, way, round(events), round(median), round(minimum),
          repeats, flush=True)


def failed(workload, precision, way, error):
    print("#", workload, precision, way, "failed:", " ".join(str(error).split())[:200], flush=True)


def time_training(workload, precision, way, unroll, graph):
    try:
        set_precision(precision)
        update = training(WORKLOADS[workload], precision, unroll, graph)
        show(workload, precision, way, by_events(update), on_the_wall(lambda: update().item()))
    except RuntimeError as error:
        failed(workload, precision, way, error)


def run_training(workload):
    shape = WORKLOADS[workload]
    ways = {"layer": unroll_layer}
    if shape["support"] is not None:
        ways = {"cell": unroll_cell, "head": unroll_head}
    for graph in [False, True] if ON_GPU else [False]:
        for precision in PRECISIONS.get(workload, ["float32"]):
            for name, unroll in ways.items():
                time_training(workload, precision, name + ("-graph" if graph else ""), unroll, graph)


def step_layer(model, y, state):
    h, (h, c) = model.lstm(model.input(y).unsqueeze(0), (state[0].unsqueeze(0),
                                                         state[1].unsqueeze(0)))
    return model.output(h[0]), (h[0], c[0])


def fleet(step, n_series, graph):
    """A forecast from rows on the device, and the rows."""
    shape = common.FLEET
    model = Model(shape["n"], shape["H"]).to(DEVICE)
    x = torch.zeros(n_series, shape["n"], device=DEVICE)

    def forecast():
        zero = x.new_zeros(n_series, shape["H"])
        y, state, ys = x, (zero, zero), []
        for _ in range(shape["steps"]):
            y, state = step(model, y, state)
            ys.append(y)
        return torch.stack(ys, 1)

    return (captured(forecast) if graph else forecast), x


def time_fleet(workload, way, step, graph):
    try:
        with torch.no_grad():
            host = torch.randn(FLEETS[workload], common.FLEET["n"])
            forecast, x = fleet(step, FLEETS[workload], graph)

            def call():
                x.copy_(host)
                return forecast().cpu()

            show(workload, "float32", way, by_events(forecast), on_the_wall(call))
    except RuntimeError as error:
        failed(workload, "float32", way, error)


def run_fleet(workload):
    set_precision("float32")
    ways = {"cell": lambda model, y, state: model.step(y, state), "layer": step_layer}
    for graph in [False, True] if ON_GPU else [False]:
        for name, step in ways.items():
            time_fleet(workload, name + ("-graph" if graph else ""), step, graph)


torch.set_num_threads(int(sys.argv[1]))
print("# PyTorch", torch.__version__, torch.cuda.get_device_name() if ON_GPU else "cpu", flush=True)
for asked in sys.argv[2:]:
    (run_fleet if asked in FLEETS else run_training)(asked)
