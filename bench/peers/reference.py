# SPDX-License-Identifier: MIT
"""The model in NumPy: weights for a peer, and the outputs that it must have with them.

Arrays are [inputs, outputs], the gates in the order i, f, g, o.
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


def step(w, x, h, c):
    """y [B, n], h [B, H], c [B, H] of a row x [B, n], in double precision."""
    w = {name: np.asarray(value, np.float64) for name, value in w.items()}
    z = (x @ w["w_in"] + w["b_in"]) @ w["w_x"] + h @ w["w_h"] + w["b"]
    i, f, g, o = np.split(z, 4, axis=-1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    h = _sigmoid(o) * np.tanh(c)
    return h @ w["w_out"] + w["b_out"], h, c


def outputs(w, x, n_true, n_step):
    """y [n_step, B, n]; after n_true rows of x [.., B, n] each output is the next input."""
    h = c = np.zeros((x.shape[1], len(w["w_h"])))
    ys = []
    for t in range(n_step):
        y, h, c = step(w, x[t] if t < n_true else ys[-1], h, c)
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
