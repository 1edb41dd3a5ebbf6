/* SPDX-License-Identifier: MIT */
/*
 * The whole network, Linear -> L LSTM layers -> Linear, over consecutive calls none of which is fed
 * by another of them. Training, validation, prediction and streaming all run this.
 */
#ifndef LTS_NETWORK_SEGMENT_H
#define LTS_NETWORK_SEGMENT_H

#include "network/lstm_layer.h"
#include "network/params.h"

/** What the network keeps of up to n_call calls of up to B_max windows. */
typedef struct lts_trace {
    int64_t n_call, B_max;
    int64_t B;               /**< windows at present; all arrays are dense in it        */
    real *x;                 /**< [n_call, B, D] inputs as the network sees them        */
    real *u;                 /**< [n_call, B, H]                                        */
    lts_layer_trace *layers; /**< [L]                                                   */
    real *y;                 /**< [n_call, B, K]                                        */
} lts_trace;

/** What backward needs beside a trace. */
typedef struct lts_adjoint {
    real *dy; /**< [n_call, B, K] gradient by the outputs; the caller fills it          */
    real *dh; /**< [n_call, B, H] gradient by a layer's outputs; in the end by u        */
    real *dx; /**< [n_call, B, D] gradient by the inputs, made on request               */
    lts_layer_adjoint *layers; /**< [L]                                                 */
} lts_adjoint;

/** On failure (LSTM_E_LIMIT, LSTM_E_NOMEM) there is nothing to clear. */
lstm_status lts_trace_init(lts_trace *trace, const lts_params *params, int64_t n_call, int64_t B);
void lts_trace_clear(lts_trace *trace, const lts_params *params);
lstm_status lts_adjoint_init(lts_adjoint *adjoint, const lts_params *params, int64_t n_call,
                             int64_t B);
void lts_adjoint_clear(lts_adjoint *adjoint, const lts_params *params);

/** Set the number of windows, <= B_max, and the state that call 0 starts from to zero. */
void lts_trace_restart(lts_trace *trace, const lts_params *params, int64_t B);

/** Calls first .. first + n - 1: reads x and the state slots `first`, fills the rest of the trace.
 */
void lts_segment_forward(const lts_params *params, const real *values, const lts_trace *trace,
                         int64_t first, int64_t n);

/** The same calls backward; dx is made only if asked for. */
void lts_segment_backward(const lts_params *params, const real *values, const lts_trace *trace,
                          const lts_adjoint *adjoint, int64_t first, int64_t n, bool with_dx);

/** Gradients of all parameters by all n calls, into the zeroed block `gradient`, when all have run.
 */
void lts_segment_gradients(const lts_params *params, const lts_trace *trace,
                           const lts_adjoint *adjoint, int64_t n, real *gradient);

#endif
