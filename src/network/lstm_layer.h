/* SPDX-License-Identifier: MIT */
/*
 * One LSTM layer over consecutive calls of B windows.
 *
 * Arrays of a layer hold one slot per call: gates [n, B, 4H]; c and h have one slot more, since
 * slot n is what call n starts from and slot n + 1 what it leaves.
 */
#ifndef LTS_NETWORK_LSTM_LAYER_H
#define LTS_NETWORK_LSTM_LAYER_H

#include "base/real.h"

/** The layer's parameters. */
typedef struct lts_layer_weights {
    const real *weight_x; /**< [4H, H] */
    const real *weight_h; /**< [4H, H] */
    const real *bias;     /**< [4H]    */
} lts_layer_weights;

/** What the layer keeps of `n` calls. */
typedef struct lts_layer_trace {
    real *gates; /**< [n, B, 4H]; after the backward pass dz instead                     */
    real *c, *h; /**< [n + 1, B, H]                                                      */
} lts_layer_trace;

/** What flows backward between calls, from the call after to the call before. */
typedef struct lts_layer_adjoint {
    real *dc; /**< [B, H] */
    real *dh; /**< [B, H] */
} lts_layer_adjoint;

/** Run calls first .. first + n - 1 on the inputs u [n, B, H]. */
void lts_layer_forward(const lts_layer_weights *weights, int64_t B, int64_t H, int64_t first,
                       int64_t n, const real *u, const lts_layer_trace *trace);

/**
 * Run them backward. dh [n, B, H]: in: gradient by the layer's outputs from above; out: as the
 * cells saw it, with what came back through time. The gates become dz.
 */
void lts_layer_backward(const lts_layer_weights *weights, int64_t B, int64_t H, int64_t first,
                        int64_t n, real *dh, const lts_layer_trace *trace,
                        const lts_layer_adjoint *adjoint);

#endif
