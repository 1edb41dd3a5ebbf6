/* SPDX-License-Identifier: MIT */
#include "forecast/state.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"

#include <stdio.h>
#include <string.h>

void lts_state_restart(lstm_state *state, int64_t B)
{
    state->has_last = false;
    lts_trace_restart(&state->trace, &state->prepared->packed, 1, B);
    lts_stream_bind(&state->stream, &state->prepared->packed, &state->trace);
}

/* Uses the model's present parameters from now on. */
static lstm_status refresh(lstm_state *state)
{
    lts_prepared *prepared;
    LTS_TRY(lts_model_prepare(state->model, state->weights, &prepared));
    lts_prepared_release(state->prepared);
    state->prepared = prepared;
    lts_stream_bind(&state->stream, &prepared->packed, &state->trace);
    return LSTM_OK;
}

lstm_status lstm_state_reset(lstm_state *state)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(state);
    LTS_TRY(refresh(state));
    lts_state_restart(state, state->trace.B_max);
    return LSTM_OK;
}

lstm_status lstm_state_set_threads(lstm_state *state, int64_t n_threads)
{
    lts_pool *pool;
    LTS_NOT_NULL(state);
    LTS_TRY(lts_threads_resolve(n_threads, &n_threads));
    LTS_TRY(lts_pool_new(&pool, n_threads));
    lts_pool_free(state->pool);
    state->pool = pool;
    return LSTM_OK;
}

static lstm_status check_fresh(const lstm_state *state)
{
    if (state->prepared->version != atomic_load(&state->model->version))
        return lts_fail(LSTM_E_STALE, "the model's parameters changed since the state was made: "
                                      "reset it, or step on a clone of the model");
    return LSTM_OK;
}

/* Elements of one slot of c or h, padding included. */
static int64_t slot_size(const lstm_state *state)
{
    return state->trace.B * state->prepared->packed.Hp;
}

/* Offsets of the present c and h, and of those that a step writes: the two slots alternate. */
static int64_t present_slot(const lstm_state *state)
{
    return state->trace.flipped ? slot_size(state) : 0;
}

static int64_t next_slot(const lstm_state *state)
{
    return state->trace.flipped ? 0 : slot_size(state);
}

/*
 * Checks rows of `columns` elements, `row` apart. The elements between them are padding.
 */
static lstm_status check_finite_rows(const lstm_state *state, const char *what, const real *values,
                                     int64_t row, int64_t columns)
{
    if (state->prepared->packed.kernels->elementwise->all_finite(state->trace.B * row, values))
        return LSTM_OK;
    for (int64_t b = 0; b < state->trace.B; b++) {
        int64_t bad = lts_first_nonfinite(values + b * row, columns);
        if (bad >= 0)
            return lts_fail(
                LSTM_E_NUMERIC, "%s of %s %lld, column %lld, is %g", what, state->stream_noun,
                (long long)(state->stream_numbers == NULL ? b : state->stream_numbers[b]),
                (long long)bad, (double)values[b * row + bad]);
    }
    return LSTM_OK;
}

static bool try_alone(const lstm_state *state, const real *x)
{
    return lts_stream_try(&state->stream, &state->prepared->packed, &state->trace, state->pool, x);
}

/*
 * Only h and y are checked: c_t = f c + i g with |f|, |i|, |g| <= 1 is finite if c is finite, or it
 * is NaN, and then h_t is NaN too.
 */
static lstm_status step_checked(lstm_state *state)
{
    const lts_packed *packed = &state->prepared->packed;
    const lts_trace *trace = &state->trace;
    LTS_TRY(check_finite_rows(state, "input x", trace->x, packed->D, packed->D));
    lts_segment_step(packed, trace, state->pool);
    for (int64_t l = 0; l < packed->L; l++)
        LTS_TRY(check_finite_rows(state, "h", trace->layers[l].h + next_slot(state), packed->Hp,
                                  packed->H));
    return check_finite_rows(state, "output y", trace->y, packed->K, packed->K);
}

lstm_status lts_state_try(lstm_state *state)
{
    LTS_TRY(check_fresh(state));
    return try_alone(state, state->trace.x) ? LSTM_OK : step_checked(state);
}

void lts_state_commit(lstm_state *state)
{
    state->trace.flipped = !state->trace.flipped;
    state->trace.from_zero = false;
}

/* Keeps the outputs of the step that was made, with which a look ahead begins. */
static void keep_last(lstm_state *state)
{
    real *y = state->trace.y;
    state->trace.y = state->last;
    state->last = y;
    state->has_last = true;
}

static lstm_status fail_in_row(lstm_status status, int64_t row)
{
    char reason[256];
    snprintf(reason, sizeof reason, "%s", lstm_last_error());
    return lts_fail(status, "row %lld: %s", (long long)row, reason);
}

lstm_status lstm_state_step(lstm_state *state, const lstm_real *x, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(state);
    LTS_NOT_NULL(x);
    LTS_NOT_NULL(y);
    const lts_params *params = &state->model->params;
    int64_t B = state->trace.B;
    LTS_TRY(check_fresh(state));
    if (!try_alone(state, x)) {
        memcpy(state->trace.x, x, (size_t)(B * params->D) * sizeof(real));
        LTS_TRY(step_checked(state));
    }
    lts_state_commit(state);
    keep_last(state);
    memcpy(y, state->last, (size_t)(B * params->K) * sizeof(real));
    return LSTM_OK;
}

/* Copies the present c and h of all layers to `saved`, or back; `flipped` may differ by then. */
static void copy_present(lstm_state *state, bool back)
{
    size_t bytes = (size_t)slot_size(state) * sizeof(real);
    real *saved = state->saved;
    for (int64_t l = 0; l < state->trace.L; l++) {
        real *const arrays[] = {state->trace.layers[l].c, state->trace.layers[l].h};
        for (int i = 0; i < 2; i++, saved += slot_size(state)) {
            real *present = arrays[i] + present_slot(state);
            memcpy(back ? present : saved, back ? saved : present, bytes);
        }
    }
}

lstm_status lstm_state_warm(lstm_state *state, const lstm_real *rows, int64_t n)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(state);
    LTS_NOT_NULL(rows);
    if (n < 1)
        return lts_fail(LSTM_E_ARGUMENT, "n is %lld, it must be at least 1", (long long)n);
    int64_t row = state->trace.B * state->model->params.D;
    bool from_zero = state->trace.from_zero;
    copy_present(state, false);
    for (int64_t t = 0; t < n; t++) {
        memcpy(state->trace.x, rows + t * row, (size_t)row * sizeof(real));
        lstm_status status = lts_state_try(state);
        if (status < 0) {
            copy_present(state, true);
            state->trace.from_zero = from_zero;
            return fail_in_row(status, t);
        }
        lts_state_commit(state);
    }
    keep_last(state);
    return LSTM_OK;
}

/* Runs the loop from `last` on, and writes n outputs to `ahead`. The state moves. */
static lstm_status look_ahead(lstm_state *state, int64_t n)
{
    int64_t size = state->trace.B * state->model->params.K;
    size_t bytes = (size_t)size * sizeof(real);
    memcpy(state->ahead, state->last, bytes);
    for (int64_t t = 1; t < n; t++) {
        memcpy(state->trace.x, state->ahead + (t - 1) * size, bytes);
        lstm_status status = lts_state_try(state);
        if (status < 0)
            return fail_in_row(status, t);
        lts_state_commit(state);
        memcpy(state->ahead + t * size, state->trace.y, bytes);
    }
    return LSTM_OK;
}

static lstm_status allocate_ahead(lstm_state *state, int64_t n)
{
    int64_t size;
    if (n <= state->n_ahead)
        return LSTM_OK;
    if (!lts_multiply(n, state->trace.B * state->model->params.K, &size))
        size = INT64_MAX;
    real *ahead = lts_alloc(size, sizeof *ahead);
    if (ahead == NULL)
        return LSTM_E_NOMEM;
    lts_free(state->ahead);
    state->ahead = ahead;
    state->n_ahead = n;
    return LSTM_OK;
}

lstm_status lstm_state_forecast(lstm_state *state, int64_t n, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(state);
    LTS_NOT_NULL(y);
    const lts_params *params = &state->model->params;
    if (n < 1)
        return lts_fail(LSTM_E_ARGUMENT, "n is %lld, it must be at least 1", (long long)n);
    if (params->D != params->K)
        return lts_fail(LSTM_E_SHAPE,
                        "the model has %lld inputs and %lld outputs, which cannot take their place",
                        (long long)params->D, (long long)params->K);
    if (!state->has_last)
        return lts_fail(LSTM_E_ORDER, "the state has no output to begin with: step or warm it");
    LTS_TRY(check_fresh(state));
    LTS_TRY(allocate_ahead(state, n));
    bool from_zero = state->trace.from_zero;
    copy_present(state, false);
    lstm_status status = look_ahead(state, n);
    copy_present(state, true);
    state->trace.from_zero = from_zero;
    LTS_TRY(status);
    memcpy(y, state->ahead, (size_t)(n * state->trace.B * params->K) * sizeof(real));
    return LSTM_OK;
}

/* Copies rows of H elements; from_row and to_row are H or H'. */
static void copy_state_rows(const lstm_state *state, const real *from, int64_t from_row, real *to,
                            int64_t to_row)
{
    for (int64_t b = 0; b < state->trace.B; b++)
        memcpy(to + b * to_row, from + b * from_row, (size_t)state->model->params.H * sizeof *from);
}

lstm_status lstm_state_copy(lstm_state *target, const lstm_state *source)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(target);
    LTS_NOT_NULL(source);
    const lts_params *to = &target->model->params, *from = &source->model->params;
    if (target->trace.B != source->trace.B || to->L != from->L || to->H != from->H)
        return lts_fail(LSTM_E_SHAPE,
                        "source has B %lld, L %lld, H %lld, target B %lld, L %lld, H %lld",
                        (long long)source->trace.B, (long long)from->L, (long long)from->H,
                        (long long)target->trace.B, (long long)to->L, (long long)to->H);
    if (target->model->origin != source->model->origin)
        return lts_fail(LSTM_E_SHAPE,
                        "source is a state of another model than target, and neither is a clone: "
                        "lstm_state_set() takes any values");
    LTS_TRY(check_fresh(source));
    LTS_TRY(refresh(target));
    int64_t to_row = target->prepared->packed.Hp, from_row = source->prepared->packed.Hp;
    for (int64_t l = 0; l < from->L && target != source; l++) {
        const lts_layer_trace *t = &target->trace.layers[l], *s = &source->trace.layers[l];
        copy_state_rows(source, s->c + present_slot(source), from_row, t->c + present_slot(target),
                        to_row);
        copy_state_rows(source, s->h + present_slot(source), from_row, t->h + present_slot(target),
                        to_row);
    }
    target->trace.from_zero = source->trace.from_zero;
    target->has_last = source->has_last;
    if (target != source)
        memcpy(target->last, source->last,
               (size_t)(source->trace.B * source->model->params.K) * sizeof(real));
    return LSTM_OK;
}

int64_t lstm_state_size(const lstm_state *state)
{
    return state == NULL ? 0 : 2 * state->model->params.L * state->trace.B * state->model->params.H;
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
    int64_t H = state->model->params.H, Hp = state->prepared->packed.Hp, step = state->trace.B * H;
    for (int64_t l = 0; l < state->model->params.L; l++) {
        const lts_layer_trace *layer = &state->trace.layers[l];
        copy_state_rows(state, layer->h + present_slot(state), Hp, values + 2 * l * step, H);
        copy_state_rows(state, layer->c + present_slot(state), Hp, values + (2 * l + 1) * step, H);
    }
    return LSTM_OK;
}

lstm_status lstm_state_set(lstm_state *state, const lstm_real *values, int64_t size)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(state);
    LTS_NOT_NULL(values);
    LTS_TRY(check_size(state, size));
    int64_t bad = lts_first_nonfinite(values, size);
    if (bad >= 0)
        return lts_fail(LSTM_E_NUMERIC, "element %lld of the state is %g", (long long)bad,
                        (double)values[bad]);
    LTS_TRY(refresh(state));
    int64_t H = state->model->params.H, Hp = state->prepared->packed.Hp, step = state->trace.B * H;
    for (int64_t l = 0; l < state->model->params.L; l++) {
        const lts_layer_trace *layer = &state->trace.layers[l];
        copy_state_rows(state, values + 2 * l * step, H, layer->h + present_slot(state), Hp);
        copy_state_rows(state, values + (2 * l + 1) * step, H, layer->c + present_slot(state), Hp);
    }
    state->trace.from_zero = false;
    state->has_last = false;
    return LSTM_OK;
}
