/* SPDX-License-Identifier: MIT */
/*
 * The whole network, Linear -> L LSTM layers -> Linear, over consecutive calls none of which is fed
 * by another of them. Training, validation, prediction and streaming all use it.
 *
 * Arrays have one slot per call, c and h one more: call n reads slot n and writes slot n + 1. Rows
 * of hidden units have H' elements (kernels/kernels.h), with zeros after H.
 */
#ifndef LTS_NETWORK_SEGMENT_H
#define LTS_NETWORK_SEGMENT_H

#include "base/threads.h"
#include "network/dropout.h"
#include "network/packed.h"

/** The trace of one layer. */
typedef struct lts_layer_trace {
    real *gates;   /**< panels of [n B, G], only for training; dz after backward   */
    real *c, *h;   /**< [n + 1, B, H']                                                 */
    real *out;     /**< [n, B, H'] outputs after dropout; NULL without dropout, where they are h */
    uint8_t *kept; /**< [n, B, H'] whether dropout kept an output                                */
} lts_layer_trace;

/** Windows first .. first + n - 1 of a batch: the work of one thread. Windows are independent. */
typedef struct lts_range {
    int64_t first, n;
} lts_range;

/** Inputs, outputs and states of up to n_call calls of up to B_max windows. */
typedef struct lts_trace {
    int64_t L, B_max;
    int64_t n_call;          /**< present number of calls                               */
    int64_t B;               /**< present number of windows; all arrays are dense in it */
    real *x;                 /**< [n_call, B, D] inputs, with feedback                  */
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
    real *dy;     /**< [n_call, B, K] of the outputs; written by the caller              */
    real *dh;     /**< [n_call, B, H'] of a layer's outputs; at the end of u             */
    real *dx;     /**< [n_call, B, D] of the inputs; on request                          */
    real **carry; /**< [L] of [B, H']: of a layer's h, from the next call                */
    real **dc;    /**< [L] of [B, H']: of a layer's c, from the next call                */
} lts_adjoint;

/** On failure (LSTM_E_LIMIT, LSTM_E_NOMEM) there is nothing to clear. */
lstm_status lts_trace_init(lts_trace *trace, const lts_packed *packed, int64_t n_call, int64_t B);
void lts_trace_clear(lts_trace *trace);

/** Add dropout to a trace. LSTM_E_NOMEM: clear the trace. */
lstm_status lts_trace_set_dropout(lts_trace *trace, const lts_packed *packed,
                                  const lts_dropout *dropout);
lstm_status lts_adjoint_init(lts_adjoint *adjoint, const lts_packed *packed, int64_t n_call,
                             int64_t B);
void lts_adjoint_clear(lts_adjoint *adjoint);

/**
 * Set the numbers of calls and windows, at most those of lts_trace_init(), and the initial state to
 * zero.
 */
void lts_trace_restart(lts_trace *trace, const lts_packed *packed, int64_t n_call, int64_t B);

/** Set `carry` and `dc` to zero: no call follows the last one. */
void lts_adjoint_restart(lts_adjoint *adjoint, const lts_packed *packed, int64_t B);

/**
 * Forward over calls first .. first + n - 1 of some windows. Reads x and the state in slot `first`,
 * writes the rest of the trace.
 */
void lts_segment_forward(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                         int64_t first, int64_t n);

/** Multiply-adds of a layer's step above which two threads were measured to be faster. */
enum { LTS_WORTH_SHARING = 200000 };

/** Whether the threads of lts_segment_step() share the units of a layer. */
static inline bool lts_layer_is_shared(const lts_packed *packed, int64_t l, int64_t B,
                                       const lts_pool *pool)
{
    return pool != NULL &&
           4 * packed->H * (packed->H + packed->layers[l].n_in) >= LTS_WORTH_SHARING / B;
}

/** Forward over call 0 of all windows. The threads share the units of a layer if that is faster. */
void lts_segment_step(const lts_packed *packed, const lts_trace *trace, lts_pool *pool);

/** Backward of lts_segment_forward(). Computes dx only if `with_dx`. */
void lts_segment_backward(const lts_packed *packed, const lts_trace *trace,
                          const lts_adjoint *adjoint, lts_range windows, int64_t first, int64_t n,
                          bool with_dx);

#endif
