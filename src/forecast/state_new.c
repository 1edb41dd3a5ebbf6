/* SPDX-License-Identifier: MIT */
#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "forecast/state.h"

static lstm_status allocate_saved(lstm_state *state)
{
    const lts_packed *packed = &state->prepared->packed;
    int64_t size;
    if (!lts_multiply(2 * packed->L * packed->Hp, state->trace.B, &size))
        size = INT64_MAX;
    state->saved = lts_alloc(size, sizeof *state->saved);
    state->last = lts_alloc(state->trace.B * packed->K, sizeof *state->last);
    return state->saved == NULL || state->last == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

_Static_assert(LTS_STORED_FLOAT32 == (int)LSTM_WEIGHTS_FLOAT32 &&
                   LTS_STORED_BFLOAT16 == (int)LSTM_WEIGHTS_BFLOAT16 &&
                   LTS_STORED_INT8 == (int)LSTM_WEIGHTS_INT8,
               "lstm_weights and LTS_STORED_ formats differ");

lstm_status lts_check_weights(int64_t weights)
{
    return lts_check_one_of("weights", weights, LSTM_WEIGHTS_INT8 + 1,
                            "LSTM_WEIGHTS_FLOAT32, _BFLOAT16 or _INT8");
}

lstm_status lts_state_new(lstm_state **state, const lstm_model *model, int64_t n_stream,
                          int64_t weights)
{
    LTS_TRY(lts_check_at_least("n_stream", n_stream, 1));
    LTS_TRY(lts_check_weights(weights));
    lstm_state *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->model = model;
    made->weights = weights;
    made->stream_noun = "stream";
    lstm_status status = lts_model_prepare(model, weights, &made->prepared);
    if (status >= 0)
        status = lts_trace_init(&made->trace, &made->prepared->packed, 1, n_stream, 0);
    if (status >= 0)
        status = lts_stream_init(&made->stream, made->prepared->packed.L);
    if (status >= 0)
        status = allocate_saved(made);
    if (status < 0) {
        lstm_state_free(made);
        return status;
    }
    lts_stream_bind(&made->stream, &made->prepared->packed, &made->trace);
    *state = made;
    return LSTM_OK;
}

lstm_status lstm_state_new(lstm_state **state, const lstm_model *model, int64_t n_stream)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(state);
    LTS_NOT_NULL(model);
    return lts_state_new(state, model, n_stream, LSTM_WEIGHTS_FLOAT32);
}

lstm_status lstm_state_new_with(lstm_state **state, const lstm_model *model,
                                const lstm_state_options *options)
{
    LTS_FLOAT_SCOPE();
    lstm_state_options read;
    LTS_NOT_NULL(state);
    LTS_NOT_NULL(model);
    LTS_READ_OPTIONS(&read, options, lstm_state_options);
    return lts_state_new(state, model, read.n_stream == 0 ? 1 : read.n_stream, read.weights);
}

void lstm_state_free(lstm_state *state)
{
    if (state == NULL)
        return;
    lts_pool_free(state->pool);
    lts_trace_clear(&state->trace);
    lts_stream_clear(&state->stream);
    lts_free(state->saved);
    lts_free(state->last);
    lts_free(state->ahead);
    if (state->prepared != NULL)
        lts_prepared_release(state->prepared);
    lts_free(state);
}
