/* SPDX-License-Identifier: MIT */
/*
 * lstm_valid() over more windows than a block: the result must be that of each window alone,
 * stepped by hand through an lstm_state.
 */
#include "assert_close.h"
#include "model_of.h"

#include <float.h>
#include <lstmts/forecast.h>
#include <lstmts/state.h>
#include <math.h>
#include <stdlib.h>

enum { D = 2 };

#ifdef LSTMTS_TEST_DOUBLE
#define HUGE_OUTPUT DBL_MAX
#else
#define HUGE_OUTPUT FLT_MAX
#endif

static lstm_real value(int64_t row, int64_t column)
{
    return (lstm_real)(0.9 * sin(0.37 * (double)row + 0.11 * (double)column + (double)column));
}

enum { WINDOWS = 700, T = 6, LONG = WINDOWS + T, SUPPORT_LEN = 2 };

static lstm_real rows[LONG * D];

static lstm_series *make_series(void)
{
    lstm_series *series = NULL;
    for (int i = 0; i < LONG; i++) /* growing, so that no two windows have the same error */
        for (int j = 0; j < D; j++)
            rows[i * D + j] = (lstm_real)(1 + 0.002 * i) * value(i, j);
    assert_ok(lstm_series_new(&series, rows, LONG, D));
    return series;
}

static lstm_valid_options options_of(int64_t stride, int64_t max_windows, int64_t n_threads)
{
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    options.window_len = T;
    options.support_len = SUPPORT_LEN;
    options.stride = stride;
    options.max_windows = max_windows;
    options.n_threads = n_threads;
    return options;
}

/* sums [T, K] of the squared errors of n windows, each run through its own state. */
static void validate_by_hand(const lstm_model *model, const int64_t *offsets, int64_t n,
                             double *sums)
{
    lstm_state *state = NULL;
    assert_ok(lstm_state_new(&state, model, 1));
    for (int64_t i = 0; i < n; i++) {
        lstm_real y[D] = {0};
        int64_t o = offsets[i];
        assert_ok(lstm_state_reset(state));
        for (int64_t t = 0; t < T; t++) {
            assert_ok(lstm_state_step(state, t <= SUPPORT_LEN ? rows + (o + t) * D : y, y));
            for (int64_t k = 0; k < D; k++)
                sums[t * D + k] += pow((double)y[k] - (double)rows[(o + t + 1) * D + k], 2);
        }
    }
    lstm_state_free(state);
}

/* Compares lstm_valid() with windows at these offsets. */
static void check_windows(const lstm_valid_options *options, const int64_t *offsets, int64_t n)
{
    lstm_model *model = model_of(D, D, 7, 2, 11);
    lstm_series *series = make_series();
    double rmse[T * (D + 1)], sums[T * D] = {0};
    assert_ok(lstm_valid(model, series, options, rmse, T * (D + 1)));
    validate_by_hand(model, offsets, n, sums);
    for (int64_t t = 0; t < T; t++) {
        double total = 0;
        for (int64_t k = 0; k < D; k++) {
            double mean = sums[t * D + k] / (double)n;
            total += mean / D;
            assert_close("valid", "rmse", t * (D + 1) + k, rmse[t * (D + 1) + k], sqrt(mean),
                         TOLERANCE);
        }
        assert_close("valid", "Total", t, rmse[t * (D + 1) + D], sqrt(total), TOLERANCE);
    }
    lstm_series_free(series);
    lstm_model_free(model);
}

static void validation_grades_every_window_of_a_long_series(void **fixture)
{
    (void)fixture;
    int64_t offsets[WINDOWS];
    const lstm_valid_options options = options_of(0, 0, 0);
    for (int64_t i = 0; i < WINDOWS; i++)
        offsets[i] = i;
    check_windows(&options, offsets, WINDOWS);
}

static void windows_by_stride_and_limit_are_those_documented(void **fixture)
{
    (void)fixture;
    static const struct {
        int64_t stride, max_windows, n;
    } cases[] = {{3, 0, 234}, {699, 0, 2},   {700, 0, 1},   {INT64_MAX, 0, 1}, {1, 1, 1},
                 {1, 7, 7},   {0, 699, 699}, {2, 300, 300}, {2, 350, 350},     {2, 1000, 350}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        int64_t offsets[WINDOWS], stride = cases[c].stride == 0 ? 1 : cases[c].stride;
        int64_t all = (WINDOWS - 1) / stride + 1, n = cases[c].n;
        for (int64_t i = 0; i < n; i++)
            offsets[i] = i * all / n * stride;
        const lstm_valid_options options = options_of(cases[c].stride, cases[c].max_windows, 2);
        check_windows(&options, offsets, n);
    }
}

static void any_number_of_threads_has_the_same_bits(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(D, D, 7, 2, 11);
    lstm_series *series = make_series();
    static const int64_t limits[] = {0, 1, 31, 33, 600};
    setenv("LSTMTS_SPLIT", "1", 1); /* small problems are split too */
    for (int c = 0; c < 5; c++) {
        double rmse[3][T * (D + 1)];
        for (int64_t n_threads = 1; n_threads <= 3; n_threads++) {
            const lstm_valid_options options = options_of(1, limits[c], n_threads);
            assert_ok(lstm_valid(model, series, &options, rmse[n_threads - 1], T * (D + 1)));
        }
        assert_memory_equal(rmse[0], rmse[1], sizeof rmse[0]);
        assert_memory_equal(rmse[0], rmse[2], sizeof rmse[0]);
    }
    unsetenv("LSTMTS_SPLIT");
    lstm_series_free(series);
    lstm_model_free(model);
}

static void an_output_that_is_not_finite_is_reported_by_any_thread(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(D, D, 7, 2, 11);
    lstm_series *series = make_series();
    lstm_real weight[D * 7];
    double rmse[T * (D + 1)] = {1};
    const lstm_valid_options options = options_of(1, 0, 3);
    for (int i = 0; i < D * 7; i++)
        weight[i] = (lstm_real)HUGE_OUTPUT;
    /* some window has a positive sum of h */
    assert_ok(lstm_model_set(model, "output.weight", weight, D * 7));
    assert_ok(lstm_model_set(model, "output.bias", weight, D));
    setenv("LSTMTS_SPLIT", "1", 1);
    assert_status(lstm_valid(model, series, &options, rmse, T * (D + 1)), LSTM_E_NUMERIC, "output");
    unsetenv("LSTMTS_SPLIT");
    assert_true(rmse[0] == 1);
    lstm_series_free(series);
    lstm_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validation_grades_every_window_of_a_long_series),
        cmocka_unit_test(windows_by_stride_and_limit_are_those_documented),
        cmocka_unit_test(any_number_of_threads_has_the_same_bits),
        cmocka_unit_test(an_output_that_is_not_finite_is_reported_by_any_thread),
    };
    return cmocka_run_group_tests_name("valid", tests, NULL, NULL);
}
