/* SPDX-License-Identifier: MIT */
#ifndef LTS_FORECAST_STATE_H
#define LTS_FORECAST_STATE_H

#include "network/model.h"
#include "network/segment.h"
#include <lstmts/state.h>

/**
 * A trace of one call: one slot of c and h is the present state, the other one what the step under
 * way leaves. A step that fails is simply not committed; one that succeeds flips the two.
 */
struct lstm_state {
    const lstm_model *model;
    lts_prepared *prepared;  /**< of the model when the state was made, reset or set */
    lts_trace trace;         /**< trace.x takes the inputs, trace.y gives the outputs */
    lts_pool *pool;          /**< the step's threads, or NULL                       */
    const char *stream_noun; /**< messages name stream b "<noun> <first + b>": "stream" ...     */
    int64_t first_stream;    /**< and 0; in lstm_forecast() "series" and its index              */
};

/** Zero, for B <= the state's number of streams, on the parameters that it was made for. */
void lts_state_restart(lstm_state *state, int64_t B);

/** Compute the step on trace.x without committing it. LSTM_E_STALE; LSTM_E_NUMERIC. */
lstm_status lts_state_try(lstm_state *state);

/** What lts_state_try() computed becomes the present state. */
void lts_state_commit(lstm_state *state);

#endif
