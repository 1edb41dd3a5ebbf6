/* SPDX-License-Identifier: MIT */
/*
 * What the network computes forward and keeps for backward, and the gradients by it.
 *
 * Arrays have one slot per call, c and h one more: call n reads slot n and writes slot n + 1. Rows
 * of hidden units have H' elements (kernels/kernels.h), with zeros after H.
 */
#ifndef LTS_NETWORK_TRACE_H
#define LTS_NETWORK_TRACE_H

#include "network/dropout.h"
#include "network/packed.h"

/** The trace of one layer. */
typedef struct lts_layer_trace {
    real *gates;   /**< panels of [n B, G], only for training; dz after backward   */
    real *c, *h;   /**< [n + 1, B, H']                                                 */
    real *out;     /**< [n, B, H'] outputs after dropout; NULL without dropout, where they are h */
    uint8_t *kept; /**< [n, B, H'] whether dropout kept an output                                */
} lts_layer_trace;

/** Inputs, outputs and states of up to n_call calls of up to B_max windows. */
typedef struct lts_trace {
    int64_t L, B_max;
    int64_t n_call;          /**< present number of calls                               */
    int64_t B;               /**< present number of windows; all arrays are dense in it */
    real *x;                 /**< [n_call + n_ahead, B, D] inputs, with feedback        */
    real *u;                 /**< [n_call, B, H'], or NULL if the input layer is folded; a
                                  state's later parameters may not be                   */
    lts_layer_trace *layers; /**< [L]                                                   */
    real *y;                 /**< [n_call, B, K]                                        */
    bool flipped;            /**< slots 0 and 1 are exchanged (a state of one call)     */
    bool from_zero;          /**< the initial h is 0: products with it are omitted      */
    lts_dropout dropout;     /**< of the outputs of all layers                          */
    lts_part *workspace;     /**< [B_max, lts_part_row()], or NULL                      */
} lts_trace;

/** Gradients with respect to the elements of a trace. */
typedef struct lts_adjoint {
    int64_t L;
    real *dy;     /**< [n_dy, B, K] of the outputs; written by the caller                */
    real *dh;     /**< [n_call, B, H'] of a layer's outputs; at the end of u             */
    real *dx;     /**< [n_call, B, D] of the inputs; on request, or NULL                 */
    real **carry; /**< [L] of [B, H']: of a layer's h, from the next call                */
    real **dc;    /**< [L] of [B, H']: of a layer's c, from the next call                */
} lts_adjoint;

/**
 * x has n_ahead slots after those of the calls, which the network does not read. On failure
 * (LSTM_E_LIMIT, LSTM_E_NOMEM) there is nothing to clear.
 */
lstm_status lts_trace_init(lts_trace *trace, const lts_packed *packed, int64_t n_call, int64_t B,
                           int64_t n_ahead);
void lts_trace_clear(lts_trace *trace);

/** Add dropout to a trace. LSTM_E_NOMEM: clear the trace. */
lstm_status lts_trace_set_dropout(lts_trace *trace, const lts_packed *packed,
                                  const lts_dropout *dropout);
/** dy for n_dy calls at a time, and dx only if `with_dx`. Fails as lts_trace_init(). */
lstm_status lts_adjoint_init(lts_adjoint *adjoint, const lts_packed *packed, int64_t n_call,
                             int64_t B, int64_t n_dy, bool with_dx);
void lts_adjoint_clear(lts_adjoint *adjoint);

/**
 * Set the numbers of calls and windows, at most those of lts_trace_init(), and the initial state to
 * zero.
 */
void lts_trace_restart(lts_trace *trace, const lts_packed *packed, int64_t n_call, int64_t B);

/** Set `carry` and `dc` to zero: no call follows the last one. */
void lts_adjoint_restart(lts_adjoint *adjoint, const lts_packed *packed, int64_t B);

#endif
