# SPDX-License-Identifier: MIT
"""The model in NumPy: weights for a peer, and the outputs that it must have with them.

Arrays are [inputs, outputs], the gates in the order i, f, g, o. Layers above the first, if any, are
a list "above" of their w_x, w_h and b.
"""
import sys

import numpy as np

# Greatest difference, relative to the greatest output.
FLOAT32, BFLOAT16 = 1e-4, 0.05


def weights(n, H):
    random = np.random.default_rng(0)
    shapes = {
        "w_in": (n, H), "b_in": (H,), "w_x": (H, 4 * H), "w_h": (H, 4 * H), "b": (4 * H,),
        "w_out": (H, n), "b_out": (n,),
    }  # fmt: skip
    scale = np.float32(H) ** -0.5
    return {k: scale * random.standard_normal(s, dtype=np.float32) for k, s in shapes.items()}


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _double(w):
    return {k: np.asarray(value, np.float64) for k, value in w.items() if k != "above"}


def _cell(w, u, h, c):
    i, f, g, o = np.split(u @ w["w_x"] + h @ w["w_h"] + w["b"], 4, axis=-1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def step(w, x, states):
    """y [B, n] of a row x [B, n] and (h, c), each [B, H], of each layer, in double precision."""
    first = _double(w)
    u, after = x @ first["w_in"] + first["b_in"], []
    for layer, (h, c) in zip([first, *map(_double, w.get("above", []))], states):
        after.append(_cell(layer, u, h, c))
        u = after[-1][0]
    return u @ first["w_out"] + first["b_out"], after


def outputs(w, x, n_true, n_step):
    """y [n_step, B, n]; after n_true rows of x [.., B, n] each output is the next input."""
    zero = np.zeros((x.shape[1], len(w["w_h"])))
    states = [(zero, zero)] * (1 + len(w.get("above", [])))
    ys = []
    for t in range(n_step):
        y, states = step(w, x[t] if t < n_true else ys[-1], states)
        ys.append(y)
    return np.stack(ys)


def expect(what, found, wanted, tolerance=FLOAT32):
    """Ends the peer if its outputs are not those of the model: its times would mean nothing."""
    found = np.asarray(found, np.float64)
    if found.shape != wanted.shape:
        sys.exit("%s: shape %s, it must be %s" % (what, found.shape, wanted.shape))
    error = np.abs(found - wanted).max() / np.abs(wanted).max()
    if not error <= tolerance:
        sys.exit("%s: outputs differ from NumPy's by %.2g of the greatest" % (what, error))
