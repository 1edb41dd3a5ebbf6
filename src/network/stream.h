/* SPDX-License-Identifier: MIT */
/* The step of one window: the fast path of lts_segment_step(), with the same bits. */
#ifndef LTS_NETWORK_STREAM_H
#define LTS_NETWORK_STREAM_H

#include "network/segment.h"

/** The parameters and the trace that a step uses. */
typedef struct lts_bound_stream {
    lts_stream stream;
    lts_stream_layer *layers; /**< [L] */
    bool fits; /**< whether lts_stream_try() can be used for this network and trace */
} lts_bound_stream;

/** LSTM_E_NOMEM; then there is nothing to clear. */
lstm_status lts_stream_init(lts_bound_stream *bound, int64_t L);
void lts_stream_clear(lts_bound_stream *bound);

/** Use these parameters and the arrays of this trace, until either changes. */
void lts_stream_bind(lts_bound_stream *bound, const lts_packed *packed, const lts_trace *trace);

/**
 * One step from x [D], with y in the trace. The caller commits it.
 * @param pool  threads that lts_segment_step() would use, or NULL
 * @return whether the step was made and x, h and y are finite. Otherwise call lts_segment_step(),
 *         which makes the step or reports what is not finite.
 */
static inline bool lts_stream_try(const lts_bound_stream *bound, const lts_packed *packed,
                                  const lts_trace *trace, const lts_pool *pool, const real *x)
{
    return bound->fits && !lts_layer_is_shared(packed, packed->L - 1, 1, pool) &&
           packed->kernels->stream->step(&bound->stream, trace->flipped, trace->from_zero, x,
                                         trace->y);
}

#endif
