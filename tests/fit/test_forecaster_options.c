/* SPDX-License-Identifier: MIT */
/* Options of a forecaster reach its regression and its networks. */
#include "assert_close.h"
#include "forecaster_fixture.h"

#include <stdio.h>

enum { ROWS = 130, TRAIN = 100, END = 120, H = 6, K = 2, N_HIDDEN = 4 };

static lstm_dataset *new_data(int64_t train_end)
{
    lstm_dataset *dataset = new_timed(K, NULL, LSTM_STEP_ROWS, 1);
    lstm_real *rows = new_rows(ROWS * K);
    for (int64_t i = 0; i < ROWS * K; i++)
        rows[i] = (lstm_real)(5 + wave(i / K + i % K, 8) + 0.2 * noise(i));
    add_rows(dataset, rows, ROWS);
    assert_ok(lstm_dataset_split(dataset, 0, train_end, END));
    return dataset;
}

static lstm_view_options new_view(void)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = 3, view.context_len = 4, view.horizon = 2;
    view.scaling = LSTM_SCALING_STANDARD;
    view.base = LSTM_BASE_MEAN, view.base_len = 8;
    return view;
}

/* The forecaster's ridge forecasts as the method does that is fitted to the same rows. */
static void assert_ridge(const lstm_forecaster_options *options, const lstm_ridge_options *want)
{
    const int64_t origin = END;
    lstm_dataset *dataset = new_data(TRAIN), *whole = new_data(END);
    lstm_method *method = NULL;
    lstm_real y[H * K], expected[H * K];
    lstm_forecaster *forecaster = fit_new(options, dataset);
    assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, H, y));
    assert_ok(lstm_ridge_new(&method, want));
    assert_ok(lstm_method_fit(method, whole));
    assert_ok(lstm_method_predict(method, whole, 0, END, H, expected));
    for (int64_t i = 0; i < H * K; i++)
        assert_close("ridge", "y", i, (double)y[i], (double)expected[i], 1e-4);
    lstm_method_free(method);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
    lstm_dataset_free(whole);
}

static void ridge_reads_the_context_of_a_given_view(void **fixture)
{
    (void)fixture;
    lstm_view_options view = new_view();
    lstm_forecaster_options options = small_options(H);
    lstm_ridge_options given = LSTM_RIDGE_OPTIONS_INIT, want = LSTM_RIDGE_OPTIONS_INIT;
    options.use = LSTM_USE_RIDGE, options.view = &view, options.ridge = &given;
    given.context_len = want.context_len = 12, given.base_len = want.base_len = 8;
    given.penalty = want.penalty = 0.3, want.horizon = H;
    assert_ridge(&options, &want);
    options.ridge = NULL; /* the same but for the penalty, which is chosen */
    lstm_dataset *dataset = new_data(TRAIN);
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_described(forecaster, "\"ridge\":{\"context_len\":12,\"base_len\":8,");
    lstm_forecaster_free(forecaster);
    const struct {
        int64_t base, base_len, want;
    } bases[] = {{LSTM_BASE_NONE, 0, 0},
                 {LSTM_BASE_LAST, 0, 1},
                 {LSTM_BASE_MEAN, 0, 12},
                 {LSTM_BASE_MEAN, 5, 5}};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        char text[64];
        view.base = bases[i].base, view.base_len = bases[i].base_len;
        snprintf(text, sizeof text, "\"context_len\":12,\"base_len\":%d,", (int)bases[i].want);
        forecaster = fit_new(&options, dataset);
        assert_described(forecaster, text);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

static void options_of_ridge_reach_the_regression(void **fixture)
{
    (void)fixture;
    lstm_view_options view = new_view();
    lstm_forecaster_options options = small_options(H);
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT, want;
    options.use = LSTM_USE_RIDGE, options.view = &view, options.ridge = &ridge;
    ridge.context_len = 10, ridge.n_block = 2, ridge.penalty = 0.05, ridge.horizon = 3;
    for (int64_t base_len = LSTM_NO_BASE; base_len <= 10; base_len += 11) {
        ridge.base_len = base_len;
        want = ridge, want.horizon = H; /* a forecaster has its own */
        assert_ridge(&options, &want);
    }
    options.view = NULL; /* a chosen view, and not a chosen context */
    options.use = LSTM_USE_MEAN;
    lstm_dataset *dataset = new_data(TRAIN);
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_described(forecaster, "\"ridge\":{\"context_len\":10,\"base_len\":10,\"n_block\":2,"
                                 "\"penalty\":0.05");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

/* Bias of the only layer after so many updates. */
static void bias_after(const lstm_dataset *dataset, int64_t n_update, double average_decay,
                       lstm_real bias[4 * N_HIDDEN])
{
    lstm_view_options view = new_view();
    lstm_forecaster_options options = small_options(H);
    options.use = LSTM_USE_NETWORKS, options.view = &view, options.n_hidden = N_HIDDEN;
    options.n_update = n_update, options.average_decay = average_decay;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_ok(
        lstm_model_get(lstm_forecaster_model(forecaster, 0), "lstm.0.bias", bias, 4 * N_HIDDEN));
    lstm_forecaster_free(forecaster);
}

/* Schedules of one and two updates begin with the same rate. */
static void networks_forecast_with_averaged_parameters(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(TRAIN);
    lstm_real first[4 * N_HIDDEN], second[4 * N_HIDDEN], average[4 * N_HIDDEN];
    bias_after(dataset, 1, 0, first);
    bias_after(dataset, 2, 0, second);
    bias_after(dataset, 2, 0.5, average);
    assert_memory_not_equal(first, second, sizeof first);
    for (int64_t i = 0; i < 4 * N_HIDDEN; i++)
        assert_close("average", "lstm.0.bias", i, (double)average[i],
                     (0.5 * (double)first[i] + (double)second[i]) / 1.5, 1e-6);
    bias_after(dataset, 1, 0.5, average);
    assert_memory_equal(first, average, sizeof first);
    lstm_dataset_free(dataset);
}

static void assert_refused(const lstm_forecaster_options *options, lstm_status want,
                           const char *part)
{
    lstm_forecaster *forecaster = NULL;
    assert_status(lstm_forecaster_new(&forecaster, options), want, part);
    assert_null(forecaster);
}

static void wrong_options_are_refused(void **fixture)
{
    (void)fixture;
    static const double decays[] = {-0.1, 1, (double)NAN};
    lstm_forecaster_options options = small_options(H);
    for (size_t i = 0; i < sizeof decays / sizeof *decays; i++) {
        options.average_decay = decays[i];
        assert_refused(&options, LSTM_E_ARGUMENT, "expected 0 <= average_decay < 1");
    }
    options = small_options(H);
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    options.ridge = &ridge;
    assert_refused(&options, LSTM_E_ARGUMENT, "context_len is 0");
    ridge.context_len = 4, ridge.base_len = 5;
    assert_refused(&options, LSTM_E_ARGUMENT, "base_len is 5");
    ridge.base_len = 0, ridge.n_block = H + 1;
    assert_refused(&options, LSTM_E_ARGUMENT, "n_block is 7, expected 0 .. horizon (6)");
    ridge.n_block = 0, ridge.penalty = -1;
    assert_refused(&options, LSTM_E_ARGUMENT, "penalty is -1");
    ridge.penalty = 0, ridge.struct_size = 3;
    assert_refused(&options, LSTM_E_OPTIONS, "lstm_ridge_options");
    ridge = (lstm_ridge_options)LSTM_RIDGE_OPTIONS_INIT;
    ridge.context_len = INT64_MAX;
    lstm_dataset *dataset = new_data(TRAIN);
    for (int64_t use = LSTM_USE_AUTO; use <= LSTM_USE_RIDGE; use++) {
        options.use = use;
        lstm_forecaster *forecaster = new_forecaster(&options);
        assert_status(lstm_forecaster_fit(forecaster, dataset), LSTM_E_LIMIT, "too large");
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ridge_reads_the_context_of_a_given_view),
        cmocka_unit_test(options_of_ridge_reach_the_regression),
        cmocka_unit_test(networks_forecast_with_averaged_parameters),
        cmocka_unit_test(wrong_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
