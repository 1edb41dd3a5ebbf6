/* SPDX-License-Identifier: MIT */
/*
 * Arbitrary measurements and forecasting options: any bits as numbers, any roles, any slice. An
 * accepted series has only finite values, and so has every successful forecast.
 */
#include "fuzz.h"

enum { MAX_COLUMNS = 4, MAX_ROWS = 16, MOST_MEMORY = 256 << 10, MAX_OUT = 4096 };

static lstm_status make_series(lstm_series **series, fuzz_input *input)
{
    double numbers[MAX_ROWS * MAX_COLUMNS];
    lstm_real rows[MAX_ROWS * MAX_COLUMNS];
    int64_t n_row = fuzz_below(input, MAX_ROWS + 1), n_column = fuzz_below(input, MAX_COLUMNS + 1);
    uint8_t form = fuzz_byte(input);
    for (int64_t i = 0; i < n_row * n_column; i++) {
        if (form % 4 == 0)
            fuzz_take(input, &numbers[i], sizeof numbers[i]);
        else
            numbers[i] = ((double)fuzz_byte(input) - 128) / 64;
        rows[i] = (lstm_real)(form % 4 == 0 ? 0 : numbers[i]);
    }
    lstm_status status = form % 2 == 0 ? lstm_series_new_double(series, numbers, n_row, n_column)
                                       : lstm_series_new(series, rows, n_row, n_column);
    if (status < 0)
        return status;
    FUZZ_HOLDS(lts_first_nonfinite(lstm_series_data(*series), n_row * n_column) < 0);
    for (int64_t j = 0; j < n_column; j++)
        lstm_series_set_role(*series, j, form & 128 ? fuzz_below(input, 4) : 0);
    return status;
}

static void slice(lstm_series **series, fuzz_input *input)
{
    int64_t first, n_row;
    lstm_series *part;
    fuzz_take(input, &first, sizeof first);
    fuzz_take(input, &n_row, sizeof n_row);
    if (lstm_series_slice(&part, *series, first, n_row) < 0)
        return;
    FUZZ_HOLDS(lstm_series_rows(part) == n_row);
    lstm_series_free(*series);
    *series = part;
}

static lstm_status make_model(lstm_model **model, const lstm_series *series, fuzz_input *input)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = lstm_series_inputs(series);
    options.n_output = lstm_series_targets(series);
    options.n_hidden = fuzz_below(input, 6);
    options.n_layer = fuzz_below(input, 3);
    return lstm_model_new(model, &options);
}

static void validate(const lstm_model *model, const lstm_series *series, fuzz_input *input)
{
    static double rmse[MAX_OUT];
    int64_t size = fuzz_below(input, MAX_ROWS) * (lstm_series_targets(series) + 1);
    void *options = fuzz_options(input);
    FUZZ_PUT(options, lstm_valid_options, window_len,
             *&(int64_t){size / (lstm_series_targets(series) + 1)});
    if (lstm_valid(model, series, options, rmse, size) >= 0)
        for (int64_t i = 0; i < size; i++)
            FUZZ_HOLDS(rmse[i] >= 0 && isfinite(rmse[i]));
    free(options);
}

/* The caller guarantees that y has n_step rows. */
static void predict(const lstm_model *model, const lstm_series *series, fuzz_input *input)
{
    static lstm_real y[MAX_OUT], truth[MAX_OUT];
    void *options = fuzz_options(input);
    int64_t n_step = fuzz_below(input, 64) - 1;
    FUZZ_PUT(options, lstm_pred_options, n_step, n_step);
    if (lstm_pred(model, series, options, y, truth) >= 0)
        FUZZ_HOLDS(lts_first_nonfinite(y, n_step * lstm_series_targets(series)) < 0);
    free(options);
}

static void forecast(const lstm_model *model, const lstm_series *series, fuzz_input *input)
{
    static lstm_real y[MAX_OUT];
    const lstm_series *both[] = {series, series};
    void *options = fuzz_options(input);
    int64_t n_step = fuzz_below(input, 64) - 1, n_threads = fuzz_below(input, 128) == 0 ? 2 : 0;
    FUZZ_PUT(options, lstm_forecast_options, n_step, n_step);
    FUZZ_PUT(options, lstm_forecast_options, n_threads, n_threads);
    static const char *const devices[] = {NULL, "cpu", "", "cpu:1"};
    FUZZ_PUT(options, lstm_forecast_options, device, devices[fuzz_below(input, 4)]);
    int64_t n_future = fuzz_below(input, MAX_ROWS + 1);
    FUZZ_PUT(options, lstm_forecast_options, n_future, n_future);
    if (lstm_forecast(model, both, 2, options, y) >= 0)
        FUZZ_HOLDS(lts_first_nonfinite(y, 2 * n_step * lstm_series_targets(series)) < 0);
    free(options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    lstm_series *series = NULL;
    lstm_model *model = NULL;
    fuzz_limit_memory(MOST_MEMORY);
    if (make_series(&series, &input) >= 0) {
        slice(&series, &input);
        if (make_model(&model, series, &input) >= 0) {
            static void (*const calls[])(const lstm_model *, const lstm_series *,
                                         fuzz_input *) = {validate, predict, forecast};
            calls[fuzz_below(&input, 3)](model, series, &input);
        }
    }
    lstm_model_free(model);
    lstm_series_free(series);
    return 0;
}
