# SPDX-License-Identifier: MIT
"""JAX: compiled updates with the layer and the closed loop as scans; compiled steps in W5, W6."""
import functools
import os
import sys

os.environ["JAX_PLATFORMS"] = "cpu"

import common
import jax
import jax.numpy as jnp
import numpy as np
import reference
from jax import lax

PEER = "jax"
# Steps of a scan that are compiled as one; which is faster depends on the sizes.
UNROLLED = [1, 5]


def cell(z, c):
    i, f, g, o = jnp.split(z, 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def gates_of_inputs(w, x):
    return (x @ w["w_in"] + w["b_in"]) @ w["w_x"] + w["b"]


def step(w, x, h, c):
    h, c = cell(gates_of_inputs(w, x) + h @ w["w_h"], c)
    return h @ w["w_out"] + w["b_out"], h, c


def closed_loop(w, y, h, c, n_step, unroll=1):
    def next_step(carry, _):
        carry = step(w, *carry)
        return carry, carry[0]

    return lax.scan(next_step, (y, h, c), length=n_step, unroll=unroll)[1]


def outputs(w, x, support, unroll):
    """Of windows x [T, B, n]; with support, true rows up to that one, and then a closed loop."""
    n_true = len(x) if support is None else support + 1

    def next_step(carry, z):
        carry = cell(z + carry[0] @ w["w_h"], carry[1])
        return carry, carry[0]

    zero = jnp.zeros((x.shape[1], w["w_h"].shape[0]))
    (h, c), hs = lax.scan(next_step, (zero, zero), gates_of_inputs(w, x[:n_true]), unroll=unroll)
    y = hs @ w["w_out"] + w["b_out"]
    if n_true == len(x):
        return y
    return jnp.concatenate([y, closed_loop(w, y[-1], h, c, len(x) - n_true, unroll)])


def adam(w, gradient, m, v, t):
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradient)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradient)
    rate, root = 1e-3 / (1 - 0.9**t), jnp.sqrt(1 - 0.999**t)
    return jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) / root + 1e-8), w, m, v), m, v


class Training:
    def __init__(self, shape, unroll):
        self.B, self.T, support = shape["B"], shape["T"], shape["support"]
        w = reference.weights(shape["n"], shape["H"])
        rows = np.array(common.series(shape["n"]), np.float32)
        n_true = self.T if support is None else support + 1
        x = rows[self.offsets()]
        reference.expect(
            "jax", outputs(w, x, support, unroll), reference.outputs(w, x, n_true, self.T)
        )

        def loss(w, x, target):
            return self.T * jnp.mean((outputs(w, x, support, unroll) - target) ** 2)

        @functools.partial(jax.jit, donate_argnums=0)
        def update(state, rows, offsets):
            w, m, v, t = state
            value, gradient = jax.value_and_grad(loss)(w, rows[offsets], rows[offsets + 1])
            return (*adam(w, gradient, m, v, t), t + 1), value

        zeros = [jax.tree.map(jnp.zeros_like, w) for _ in range(2)]
        self.state = (jax.tree.map(jnp.asarray, w), *zeros, jnp.float32(1))
        self.rows = jnp.asarray(rows)
        self.update = update

    def offsets(self):
        steps = np.arange(self.T, dtype=np.int32)[:, None]
        return np.random.randint(0, common.ROWS - self.T, self.B, np.int32) + steps

    def __call__(self):
        self.state, value = self.update(self.state, self.rows, self.offsets())
        value.block_until_ready()
        jax.block_until_ready(self.state)


def weights_and_start(n, H, B):
    w = reference.weights(n, H)
    zero = jnp.zeros((B, H))
    return w, jax.tree.map(jnp.asarray, w), jnp.full((B, n), 0.5), zero


def fleet(n, H, B, n_step):
    given, w, x, zero = weights_and_start(n, H, B)
    forecast = jax.jit(functools.partial(closed_loop, n_step=n_step))
    reference.expect(
        "jax", forecast(w, x, zero, zero), reference.outputs(given, np.array(x)[None], 1, n_step)
    )
    return [lambda: forecast(w, x, zero, zero).block_until_ready()]


class Stream:
    def __init__(self, call, w, x, zero):
        self.call, self.w, self.x, self.h, self.c = call, w, x, zero, zero

    def __call__(self):
        y, self.h, self.c = self.call(self.w, self.x, self.h, self.c)
        return y.block_until_ready()


def streaming(n, H):
    given, w, x, zero = weights_and_start(n, H, 1)
    jitted = jax.jit(step)
    compiled = jitted.lower(w, x, zero, zero).compile()
    streams = [Stream(call, w, x, zero) for call in (jitted, compiled)]
    wanted = reference.outputs(given, np.tile(x, (2, 1, 1)), 2, 2)
    for stream in streams:
        reference.expect("jax", np.stack([stream(), stream()]), wanted)
    return streams


def make(workload):
    if workload in common.TRAINING:
        return [Training(common.TRAINING[workload], unroll) for unroll in UNROLLED]
    if workload == "W6":
        return fleet(*common.FLEET.values())
    return streaming(common.STREAM_INPUTS, int(workload.split("/")[1]))


if sys.argv[1] == "1":
    flag = "--xla_cpu_multi_thread_eigen=false"
    os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " " + flag
print("# JAX", jax.__version__, flush=True)
common.run(PEER, make)
