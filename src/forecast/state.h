/* SPDX-License-Identifier: MIT */
#ifndef LTS_FORECAST_STATE_H
#define LTS_FORECAST_STATE_H

#include "network/model.h"
#include "network/stream.h"
#include <lstmts/state.h>

/**
 * A trace of one call. One slot of c and h is the present state; a step writes the other.
 * Committing a step exchanges the two slots; a failed step is not committed.
 */
struct lstm_state {
    const lstm_model *model;
    int64_t weights;         /**< lstm_weights: their stored format                          */
    lts_prepared *prepared;  /**< the parameters when the state was created, reset or set    */
    lts_trace trace;         /**< trace.x has the inputs, trace.y the outputs                */
    lts_bound_stream stream; /**< the fast path for one window, or unused            */
    lts_pool *pool;          /**< threads of a step, or NULL                                 */
    real *saved;             /**< [L, 2, B, H'] to which a failed or finished look ahead returns */
    real *last;              /**< [B, K] outputs of the last step                            */
    bool has_last;
    real *ahead; /**< [n_ahead, B, K] outputs of a look ahead                    */
    int64_t n_ahead;
    const int64_t *stream_numbers; /**< [B] of the streams in messages, or NULL: 0 .. B - 1  */
    const char *stream_noun; /**< what messages call a stream: "stream" or "series"          */
};

/** Refuse a value that is not a lstm_weights. */
lstm_status lts_check_weights(int64_t weights);

/** lstm_state_new_with() without reading options. */
lstm_status lts_state_new(lstm_state **state, const lstm_model *model, int64_t n_stream,
                          int64_t weights);

/** Set the state of the first B streams to zero, and keep the parameters. */
void lts_state_restart(lstm_state *state, int64_t B);

/** Compute the step on trace.x without committing it. LSTM_E_STALE; LSTM_E_NUMERIC. */
lstm_status lts_state_try(lstm_state *state);

/** Make the result of lts_state_try() the present state. */
void lts_state_commit(lstm_state *state);

#endif
