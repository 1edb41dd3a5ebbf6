/* SPDX-License-Identifier: MIT */
#include "forecast/state.h"

#include "base/memory.h"
#include "base/status.h"

#include <string.h>

lstm_status lstm_state_new(lstm_state **out, const lstm_model *model, int64_t n_stream)
{
    LTS_NOT_NULL(out);
    LTS_NOT_NULL(model);
    if (n_stream < 1)
        return lts_fail(LSTM_E_ARGUMENT, "n_stream is %lld, it must be at least 1",
                        (long long)n_stream);
    lstm_state *state = lts_alloc(1, sizeof *state);
    if (state == NULL)
        return LSTM_E_NOMEM;
    state->model = model;
    lstm_status status = lts_trace_init(&state->trace, &model->params, 1, n_stream);
    if (status < 0) {
        lts_free(state);
        return status;
    }
    lts_state_restart(state, n_stream);
    *out = state;
    return LSTM_OK;
}

void lstm_state_free(lstm_state *state)
{
    if (state == NULL)
        return;
    lts_trace_clear(&state->trace, &state->model->params);
    lts_free(state);
}

void lts_state_restart(lstm_state *state, int64_t B)
{
    lts_trace_restart(&state->trace, &state->model->params, B);
    state->version = atomic_load(&state->model->version);
}

lstm_status lstm_state_reset(lstm_state *state)
{
    LTS_NOT_NULL(state);
    lts_state_restart(state, state->trace.B_max);
    return LSTM_OK;
}

static lstm_status check_fresh(const lstm_state *state)
{
    if (state->version != atomic_load(&state->model->version))
        return lts_fail(LSTM_E_STALE, "the model's parameters changed since the state was made: "
                                      "reset it, or step on a clone of the model");
    return LSTM_OK;
}

/* Elements of one slot of c or h. */
static int64_t slot_size(const lstm_state *state)
{
    return state->trace.B * state->model->params.H;
}

static lstm_status check_finite(const char *what, const real *values, int64_t size, int64_t columns)
{
    int64_t bad = lts_first_nonfinite(values, size);
    if (bad < 0)
        return LSTM_OK;
    return lts_fail(LSTM_E_NUMERIC, "%s of stream %lld, column %lld, is %g", what,
                    (long long)(bad / columns), (long long)(bad % columns), (double)values[bad]);
}

lstm_status lts_state_try(lstm_state *state)
{
    const lts_params *params = &state->model->params;
    const lts_trace *trace = &state->trace;
    int64_t B = trace->B, slot = slot_size(state);
    LTS_TRY(check_fresh(state));
    LTS_TRY(check_finite("input x", trace->x, B * params->D, params->D));
    lts_segment_forward(params, state->model->values, trace, 0, 1);
    for (int64_t l = 0; l < params->L; l++) {
        LTS_TRY(check_finite("c", trace->layers[l].c + slot, slot, params->H));
        LTS_TRY(check_finite("h", trace->layers[l].h + slot, slot, params->H));
    }
    return check_finite("output y", trace->y, B * params->K, params->K);
}

void lts_state_commit(lstm_state *state)
{
    int64_t slot = slot_size(state);
    for (int64_t l = 0; l < state->model->params.L; l++) {
        lts_layer_trace *layer = &state->trace.layers[l];
        memcpy(layer->c, layer->c + slot, (size_t)slot * sizeof(real));
        memcpy(layer->h, layer->h + slot, (size_t)slot * sizeof(real));
    }
}

lstm_status lstm_state_step(lstm_state *state, const lstm_real *x, lstm_real *y)
{
    LTS_NOT_NULL(state);
    LTS_NOT_NULL(x);
    LTS_NOT_NULL(y);
    const lts_params *params = &state->model->params;
    int64_t B = state->trace.B;
    memcpy(state->trace.x, x, (size_t)(B * params->D) * sizeof(real));
    LTS_TRY(lts_state_try(state));
    lts_state_commit(state);
    memcpy(y, state->trace.y, (size_t)(B * params->K) * sizeof(real));
    return LSTM_OK;
}

lstm_status lstm_state_copy(lstm_state *target, const lstm_state *source)
{
    LTS_NOT_NULL(target);
    LTS_NOT_NULL(source);
    const lts_params *to = &target->model->params, *from = &source->model->params;
    if (target->trace.B != source->trace.B || to->L != from->L || to->H != from->H)
        return lts_fail(LSTM_E_SHAPE,
                        "source has B %lld, L %lld, H %lld, target B %lld, L %lld, H %lld",
                        (long long)source->trace.B, (long long)from->L, (long long)from->H,
                        (long long)target->trace.B, (long long)to->L, (long long)to->H);
    LTS_TRY(check_fresh(source));
    size_t bytes = (size_t)slot_size(source) * sizeof(real);
    for (int64_t l = 0; l < from->L && target != source; l++) {
        memcpy(target->trace.layers[l].c, source->trace.layers[l].c, bytes);
        memcpy(target->trace.layers[l].h, source->trace.layers[l].h, bytes);
    }
    target->version = atomic_load(&target->model->version);
    return LSTM_OK;
}

int64_t lstm_state_size(const lstm_state *state)
{
    return state == NULL ? 0 : 2 * state->model->params.L * slot_size(state);
}

static lstm_status check_size(const lstm_state *state, int64_t size)
{
    if (size != lstm_state_size(state))
        return lts_fail(LSTM_E_SHAPE, "the state has %lld elements, the array given has %lld",
                        (long long)lstm_state_size(state), (long long)size);
    return LSTM_OK;
}

lstm_status lstm_state_get(const lstm_state *state, lstm_real *values, int64_t size)
{
    LTS_NOT_NULL(state);
    LTS_NOT_NULL(values);
    LTS_TRY(check_size(state, size));
    int64_t slot = slot_size(state);
    for (int64_t l = 0; l < state->model->params.L; l++) {
        const lts_layer_trace *layer = &state->trace.layers[l];
        memcpy(values + 2 * l * slot, layer->h, (size_t)slot * sizeof(real));
        memcpy(values + (2 * l + 1) * slot, layer->c, (size_t)slot * sizeof(real));
    }
    return LSTM_OK;
}

lstm_status lstm_state_set(lstm_state *state, const lstm_real *values, int64_t size)
{
    LTS_NOT_NULL(state);
    LTS_NOT_NULL(values);
    LTS_TRY(check_size(state, size));
    int64_t bad = lts_first_nonfinite(values, size);
    if (bad >= 0)
        return lts_fail(LSTM_E_NUMERIC, "element %lld of the state is %g", (long long)bad,
                        (double)values[bad]);
    int64_t slot = slot_size(state);
    for (int64_t l = 0; l < state->model->params.L; l++) {
        const lts_layer_trace *layer = &state->trace.layers[l];
        memcpy(layer->h, values + 2 * l * slot, (size_t)slot * sizeof(real));
        memcpy(layer->c, values + (2 * l + 1) * slot, (size_t)slot * sizeof(real));
    }
    state->version = atomic_load(&state->model->version);
    return LSTM_OK;
}
