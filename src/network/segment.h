/* SPDX-License-Identifier: MIT */
/*
 * The whole network, Linear -> L LSTM layers -> Linear, over consecutive calls none of which is fed
 * by another of them. Training, validation, prediction and streaming all run this.
 *
 * Arrays hold one slot per call, and c and h one more: slot n is what call n starts from, slot n +
 * 1 what it leaves. Rows of hidden units are H' long (kernels/kernels.h), with zeros behind H.
 */
#ifndef LTS_NETWORK_SEGMENT_H
#define LTS_NETWORK_SEGMENT_H

#include "base/threads.h"
#include "network/packed.h"

/** What a layer keeps of its calls. */
typedef struct lts_layer_trace {
    real *gates; /**< panels of [n B, G], training alone; after backward dz      */
    real *c, *h; /**< [n + 1, B, H']                                                 */
} lts_layer_trace;

/** Windows first .. first + n - 1 of a batch: what one thread works on. Windows never meet in here.
 */
typedef struct lts_range {
    int64_t first, n;
} lts_range;

/** What the network keeps of up to n_call calls of up to B_max windows. */
typedef struct lts_trace {
    int64_t L, n_call, B_max;
    int64_t B;               /**< windows at present; all arrays are dense in it        */
    real *x;                 /**< [n_call, B, D] inputs as the network sees them        */
    real *u;                 /**< [n_call, B, H'], or NULL if the input layer is folded */
    lts_layer_trace *layers; /**< [L]                                                   */
    real *y;                 /**< [n_call, B, K]                                        */
    bool flipped;            /**< slots 0 and 1 have changed places: a state of one call */
    bool from_zero;          /**< h that call 0 starts from is 0: products with it are spared */
} lts_trace;

/** What backward needs beside a trace. */
typedef struct lts_adjoint {
    int64_t L;
    real *dy;     /**< [n_call, B, K] gradient by the outputs; the caller fills it      */
    real *dh;     /**< [n_call, B, H'] gradient by a layer's outputs; in the end by u   */
    real *dx;     /**< [n_call, B, D] gradient by the inputs, made on request           */
    real **carry; /**< [L] of [B, H']: what the call after sent back to a layer's h     */
    real **dc;    /**< [L] of [B, H']: and to its c                                     */
} lts_adjoint;

/** On failure (LSTM_E_LIMIT, LSTM_E_NOMEM) there is nothing to clear. */
lstm_status lts_trace_init(lts_trace *trace, const lts_packed *packed, int64_t n_call, int64_t B);
void lts_trace_clear(lts_trace *trace);
lstm_status lts_adjoint_init(lts_adjoint *adjoint, const lts_packed *packed, int64_t n_call,
                             int64_t B);
void lts_adjoint_clear(lts_adjoint *adjoint);

/** Set the number of windows, <= B_max, and the state that call 0 starts from to zero. */
void lts_trace_restart(lts_trace *trace, const lts_packed *packed, int64_t B);

/** Set to zero what the call after the last one sends back. */
void lts_adjoint_restart(lts_adjoint *adjoint, const lts_packed *packed, int64_t B);

/**
 * Calls first .. first + n - 1 of some windows: reads x and the state slots `first`, fills the rest
 * of the trace.
 */
void lts_segment_forward(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                         int64_t first, int64_t n);

/** Call 0 of all windows, the units of each layer split among the pool's threads if that pays. */
void lts_segment_step(const lts_packed *packed, const lts_trace *trace, lts_pool *pool);

/** What lts_segment_forward() did, backward; dx is made only if asked for. */
void lts_segment_backward(const lts_packed *packed, const lts_trace *trace,
                          const lts_adjoint *adjoint, lts_range windows, int64_t first, int64_t n,
                          bool with_dx);

#endif
