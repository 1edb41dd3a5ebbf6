/* SPDX-License-Identifier: MIT */
/*
 * The whole network, Linear -> L LSTM layers -> Linear, over consecutive calls none of which is fed
 * by another of them. Training, validation, prediction and streaming all use it.
 */
#ifndef LTS_NETWORK_SEGMENT_H
#define LTS_NETWORK_SEGMENT_H

#include "base/threads.h"
#include "network/trace.h"

/** Windows first .. first + n - 1 of a batch: the work of one thread. Windows are independent. */
typedef struct lts_range {
    int64_t first, n;
} lts_range;

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

/** dh from dy [n, B, K] of all windows of the calls. */
void lts_segment_outputs_backward(const lts_packed *packed, const lts_trace *trace,
                                  const lts_adjoint *adjoint, lts_range windows, int64_t first,
                                  int64_t n, const real *dy);

/** The rest of the backward of lts_segment_forward(). Computes dx only if `with_dx`. */
void lts_segment_backward(const lts_packed *packed, const lts_trace *trace,
                          const lts_adjoint *adjoint, lts_range windows, int64_t first, int64_t n,
                          bool with_dx);

#endif
