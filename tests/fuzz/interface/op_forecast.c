/* SPDX-License-Identifier: MIT */
/* States, forecasts, and functions without an object. */
#include "world.h"

#include "forecast/state.h"

#define FIELD(type, field) (1u << offsetof(type, field) / 8)

static void fill(lstm_real *x, int64_t size)
{
    static const double odd[] = {NAN, INFINITY, 3e38, 1e-42, 1e20, -0.0, 5, 1};
    uint8_t seed = fuzz_byte(&w.input);
    for (int64_t i = 0; i < size; i++)
        x[i] = (lstm_real)((i * 7 + seed) % 19 - 9) / 8;
    if (seed >= 224 && size > 0)
        x[seed % size] = (lstm_real)odd[seed % 8];
}

static change state_new(int i)
{
    int model = USED(w.models);
    uint32_t errors = E(ARGUMENT) | E(LIMIT) | E(NOMEM);
    lstm_state_options options = LSTM_STATE_OPTIONS_INIT;
    options.n_stream = pick(8) == 7 ? odd_int() : 1 + pick(4);
    options.weights = pick(8) == 7 ? odd_int() : pick(3);
    lstm_status status =
        pick(2) == 0 ? CALL(errors, lstm_state_new(&w.states[i], w.models[model], options.n_stream))
                     : CALL(errors, lstm_state_new_with(&w.states[i], w.models[model], &options));
    FUZZ_HOLDS((status >= 0) == (w.states[i] != NULL));
    w.state_model[i] = model;
    w.dead_state[i] = false;
    return status >= 0 ? MAY_DIFFER : SAME;
}

static lstm_status step(lstm_state *state, int64_t n, bool warm)
{
    const lstm_model *model = state == NULL ? NULL : state->model;
    int64_t H = lstm_model_hidden(model) * lstm_model_layers(model) * 2;
    int64_t B = H == 0 ? 1 : lstm_state_size(state) / H, calls = allocator_calls();
    int64_t D = lstm_model_inputs(model), K = lstm_model_outputs(model);
    output x = output_new(n * B * (D + 1), sizeof(lstm_real)),
           y = output_new(B * K, sizeof(lstm_real));
    fill(x.at, n * B * (D + 1));
    uint32_t errors = E(ARGUMENT) | E(STALE) | E(NUMERIC);
    lstm_status status = warm ? CALL(errors, lstm_state_warm(state, x.at, n))
                              : CALL(errors, lstm_state_step(state, x.at, y.at));
    FUZZ_HOLDS(allocator_calls() == calls);
    if (warm)
        free(y.at);
    else
        output_done(&y, status, REALS);
    free(x.at);
    return status;
}

static lstm_status look_ahead(lstm_state *state)
{
    const lstm_model *model = state == NULL ? NULL : state->model;
    int64_t H = lstm_model_hidden(model) * lstm_model_layers(model) * 2;
    int64_t B = H == 0 ? 1 : lstm_state_size(state) / H;
    int64_t small = 1 + pick(8), n = small == 8 ? odd_int() : small;
    n = n > 8 && n < INT64_C(1) << 31 ? 0 : n; /* the caller guarantees that y is as large */
    output y =
        output_new((n > 0 && n <= 8 ? n : 0) * B * lstm_model_outputs(model), sizeof(lstm_real));
    lstm_status status = CALL(E(ARGUMENT) | E(SHAPE) | E(ORDER) | E(STALE) | E(NUMERIC) | E(NOMEM),
                              lstm_state_forecast(state, n, y.at));
    output_done(&y, status, REALS);
    return status;
}

static lstm_status get_and_set(lstm_state *state, bool set)
{
    uint32_t errors = E(ARGUMENT) | E(SHAPE);
    int64_t size = about(lstm_state_size(state));
    output values = output_new(size, sizeof(lstm_real));
    lstm_status status = CALL(errors, lstm_state_get(state, values.at, size));
    output copy = values;
    if (set && status >= 0) {
        if (size > 0 && pick(2) == 1)
            fill(copy.at, size);
        status = CALL(errors | E(NUMERIC) | E(NOMEM), lstm_state_set(state, copy.at, size));
        free(copy.at);
    } else {
        output_done(&values, status, REALS);
    }
    return status;
}

change op_state(void)
{
    bool to_free;
    int i = UNUSED(w.states, &to_free), what = pick(12);
    if (to_free) {
        free_state(i);
        return MAY_DIFFER;
    }
    if (i >= 0 && (what > 8 || EXIST(w.states) == 0))
        return state_new(i);
    i = USED(w.states);
    if (w.dead_state[i])
        return SAME;
    lstm_state *state = w.states[i];
    lstm_status status;
    const int other = USED(w.states);
    switch (what) {
    case 0:
    case 1:
        status = step(state, 1, false);
        break;
    case 2:
        status = step(state, pick(5), true);
        break;
    case 3:
        look_ahead(state);
        return SAME;
    case 4:
        get_and_set(state, false);
        return SAME;
    case 5:
        status = get_and_set(state, true);
        break;
    case 6:
        if (w.dead_state[other])
            return SAME;
        status = CALL(E(ARGUMENT) | E(SHAPE) | E(STALE) | E(NOMEM),
                      lstm_state_copy(state, w.states[other]));
        break;
    case 7:
        status = CALL(E(ARGUMENT) | E(NOMEM), lstm_state_reset(state));
        break;
    case 8:
        CALL(E(ARGUMENT) | E(NOMEM), lstm_state_set_threads(state, number_of_threads()));
        return SAME;
    default:
        status = step(state, 2, true);
    }
    return status >= 0 ? MAY_DIFFER : SAME;
}

/* A number of steps for which there is memory, or one at an edge, which must be refused. */
static int64_t steps(void)
{
    static const int64_t odd[] = {0, -1, INT64_MAX, INT64_MIN, INT64_C(1) << 62, INT64_C(1) << 61};
    uint8_t choice = fuzz_byte(&w.input);
    return choice < 240 ? 1 + choice % 20 : odd[choice % 6];
}

static void forecast(const lstm_model *model)
{
    const lstm_series *series[3] = {w.series[USED(w.series)]};
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    static const char *const devices[] = {NULL, NULL, NULL, "cpu", "", "cpu:1", "gpu", "cuda:-1"};
    int64_t n_series = 1 + pick(3), n_step = steps(), K = lstm_model_outputs(model);
    series[1] = pick(8) == 7 ? w.series[USED(w.series)] : series[0];
    series[2] = series[0];
    options.context_len = pick(4) * 3;
    options.n_future = pick(3) == 2 ? n_step : 0;
    options.feedback_lag = pick(8) == 7 ? 2 : 0;
    options.n_step = n_step;
    options.n_threads = number_of_threads();
    options.device = devices[pick(8)];
    void *odd = SPOILED(options, FIELD(lstm_forecast_options, n_step) |
                                     FIELD(lstm_forecast_options, n_threads) |
                                     FIELD(lstm_forecast_options, device));
    output y =
        output_new(n_step > 0 && n_step <= 20 ? n_series * n_step * K : 0, sizeof(lstm_real));
    lstm_status status =
        CALL(E(ARGUMENT) | E(OPTIONS) | E(SHAPE) | E(LIMIT) | E(NUMERIC) | E(NOMEM) | E(DEVICE),
             lstm_forecast(model, series, n_series, odd, y.at));
    output_done(&y, status, REALS);
    free(odd);
}

static void predict(const lstm_model *model, const lstm_series *series)
{
    lstm_pred_options options = LSTM_PRED_OPTIONS_INIT;
    int64_t n_step = steps(),
            size = n_step > 0 && n_step <= 20 ? n_step * lstm_model_outputs(model) : 0;
    options.n_step = n_step;
    options.support_len = pick(6);
    void *odd = SPOILED(options, FIELD(lstm_pred_options, n_step));
    output y = output_new(size, sizeof(lstm_real)), truth = output_new(size, sizeof(lstm_real));
    lstm_status status =
        CALL(E(ARGUMENT) | E(OPTIONS) | E(SHAPE) | E(NUMERIC) | E(LIMIT) | E(NOMEM),
             lstm_pred(model, series, odd, y.at, truth.at));
    output_done(&y, status, REALS);
    output_done(&truth, status, ANY_BYTES);
    free(odd);
}

static void validate(const lstm_model *model, const lstm_series *series)
{
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    options.window_len = 1 + pick(6);
    options.support_len = pick(3);
    int64_t size = about(options.window_len * (lstm_series_targets(series) + 1));
    void *odd = SPOILED(options, 0);
    output rmse = output_new(size, sizeof(double));
    lstm_status status =
        CALL(E(ARGUMENT) | E(OPTIONS) | E(SHAPE) | E(NUMERIC) | E(LIMIT) | E(NOMEM),
             lstm_valid(model, series, odd, rmse.at, size));
    output_done(&rmse, status, DOUBLES);
    free(odd);
}

change op_forecast(void)
{
    const lstm_model *model = w.models[USED(w.models)];
    int what = pick(3);
    if (what == 0)
        forecast(model);
    else if (what == 1)
        predict(model, w.series[USED(w.series)]);
    else
        validate(model, w.series[USED(w.series)]);
    return SAME;
}

change op_library(void)
{
    lstm_schedule_options options = LSTM_SCHEDULE_OPTIONS_INIT;
    lstm_device_info devices[2];
    double factor = -1;
    int64_t n_device = 0;
    options.kind = pick(4);
    options.warmup = pick(4);
    options.period = options.kind == 0 ? 0 : 1 + pick(5);
    options.gamma = options.kind == LSTM_SCHEDULE_EXPONENTIAL ? 0.5 : 0;
    void *odd = SPOILED(options, 0);
    lstm_status status =
        CALL(E(ARGUMENT) | E(OPTIONS), lstm_schedule_factor(odd, odd_bits(), &factor));
    free(odd);
    FUZZ_HOLDS(status < 0 ? factor == -1 : factor >= 0);
    CALL(E(ARGUMENT), lstm_devices(devices, 1, &n_device));
    FUZZ_HOLDS(n_device >= 1 && strcmp(devices[0].name, "cpu") == 0);
    FUZZ_HOLDS(lstm_status_name((lstm_status)(pick(64) - 32)) != NULL);
    FUZZ_HOLDS(strcmp(lstm_version(), LSTM_VERSION_STRING) == 0);
    if (!nothing_exists())
        FUZZ_HOLDS(lstm_set_allocator(NULL) == LSTM_E_ORDER);
    return SAME;
}
