/* SPDX-License-Identifier: MIT */
/*
 * lstm_valid() over more windows than a block: the result must be that of each window alone, stepped
 * by hand through an lstm_state.
 */
#include "assert_close.h"
#include "model_of.h"

#include <lstmts/forecast.h>
#include <lstmts/state.h>
#include <math.h>

enum { D = 2 };

static lstm_real value(int64_t row, int64_t column)
{
    return (lstm_real)(0.9 * sin(0.37 * (double)row + 0.11 * (double)column + (double)column));
}

/* sums [T, K] of the squared errors of all windows, each run through its own state. */
static void validate_by_hand(const lstm_model *model, const lstm_real *rows, int64_t n_window,
                             int64_t T, int64_t support_len, double *sums)
{
    lstm_state *state = NULL;
    assert_ok(lstm_state_new(&state, model, 1));
    for (int64_t o = 0; o < n_window; o++) {
        lstm_real y[D] = {0};
        assert_ok(lstm_state_reset(state));
        for (int64_t t = 0; t < T; t++) {
            assert_ok(lstm_state_step(state, t <= support_len ? rows + (o + t) * D : y, y));
            for (int64_t k = 0; k < D; k++)
                sums[t * D + k] += pow((double)y[k] - (double)rows[(o + t + 1) * D + k], 2);
        }
    }
    lstm_state_free(state);
}

static void validation_grades_every_window_of_a_long_series(void **fixture)
{
    (void)fixture;
    enum { WINDOWS = 700, T = 6, LONG = WINDOWS + T };
    static lstm_real rows[LONG * D];
    lstm_model *model = model_of(D, D, 7, 2, 11);
    lstm_series *series = NULL;
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    options.window_len = T;
    options.support_len = 2;
    for (int64_t i = 0; i < LONG; i++) /* growing, so that no two windows have the same error */
        for (int64_t j = 0; j < D; j++)
            rows[i * D + j] = (lstm_real)(1 + 0.002 * (double)i) * value(i, j);
    assert_ok(lstm_series_new(&series, rows, LONG, D));
    double rmse[T * (D + 1)], sums[T * D] = {0};
    assert_ok(lstm_valid(model, series, &options, rmse, T * (D + 1)));
    validate_by_hand(model, rows, WINDOWS, T, options.support_len, sums);
    for (int64_t t = 0; t < T; t++) {
        double total = 0;
        for (int64_t k = 0; k < D; k++) {
            total += sums[t * D + k] / WINDOWS / D;
            assert_close("valid", "rmse", t * (D + 1) + k, rmse[t * (D + 1) + k],
                         sqrt(sums[t * D + k] / WINDOWS), TOLERANCE);
        }
        assert_close("valid", "Total", t, rmse[t * (D + 1) + D], sqrt(total), TOLERANCE);
    }
    lstm_series_free(series);
    lstm_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validation_grades_every_window_of_a_long_series),
    };
    return cmocka_run_group_tests_name("valid", tests, NULL, NULL);
}
