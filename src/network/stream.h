/* SPDX-License-Identifier: MIT */
/* The step of one window: the fast path of lts_segment_step(), with the same bits. */
#ifndef LTS_NETWORK_STREAM_H
#define LTS_NETWORK_STREAM_H

#include "network/segment.h"

typedef struct lts_stream_step {
    lts_stream stream;
    lts_stream_layer *layers; /**< [L] */
    bool fits;                /**< whether the present network and trace can be stepped so */
} lts_stream_step;

/** LSTM_E_NOMEM; then there is nothing to clear. */
lstm_status lts_stream_init(lts_stream_step *step, int64_t L);
void lts_stream_clear(lts_stream_step *step);

/** Use these parameters and the arrays of this trace, until either changes. */
void lts_stream_bind(lts_stream_step *step, const lts_packed *packed, const lts_trace *trace);

/**
 * One step from x [D], with y in the trace. The caller commits it.
 * @param pool  threads that lts_segment_step() would use, or NULL
 * @return whether x, h and y are finite. If not, or if no step was made since it does not fit or
 *         threads would share it, lts_segment_step() makes it and tells what is not finite.
 */
static inline bool lts_stream_try(const lts_stream_step *step, const lts_packed *packed,
                                  const lts_trace *trace, const lts_pool *pool, const real *x)
{
    return step->fits && !lts_layer_is_shared(packed, packed->L - 1, 1, pool) &&
           packed->kernels->stream->step(&step->stream, trace->flipped, trace->from_zero, x,
                                         trace->y);
}

#endif
