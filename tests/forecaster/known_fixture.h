/* SPDX-License-Identifier: MIT */
/* Two targets and a known covariate, and small forecasters of them. */
#ifndef TESTS_KNOWN_FIXTURE_H
#define TESTS_KNOWN_FIXTURE_H

#include "forecaster_fixture.h"

enum { C = 3, K = 2, ROWS = 150, H = 5, N_SERIES = 3, SHORT = 4 };

/* A target, a known covariate that is half of it, a target that is no input. */
static const int64_t roles[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN, LSTM_ROLE_TARGET};

static inline lstm_real value_at(int64_t s, int64_t t, int64_t c)
{
    double known = noise(1000 * s + t), common = wave(t, 6) + 0.2 * noise(5 * t + s + 1);
    return (lstm_real)(c == 1 ? known : 3 + common + (double)c + (c == 0 ? 2 * known : 0));
}

static inline lstm_real *make_rows(int64_t s, int64_t n_row)
{
    lstm_real *rows = new_rows(n_row * C);
    for (int64_t i = 0; i < n_row * C; i++)
        rows[i] = value_at(s, i / C, i % C);
    return rows;
}

static inline void set_future(lstm_dataset *dataset, int64_t s, int64_t n)
{
    lstm_real *rows = make_rows(s, lstm_dataset_rows(dataset, s) + n);
    assert_ok(lstm_dataset_set_future(dataset, s, rows + lstm_dataset_rows(dataset, s) * C, n));
    free(rows);
}

/* The last series is too short for any window. */
static inline lstm_dataset *new_data_of(int64_t missing, int64_t n_series)
{
    lstm_dataset *dataset = new_dataset(C, roles, missing);
    for (int64_t s = 0; s < n_series; s++) {
        int64_t n_row = s == 2 ? SHORT : ROWS;
        add_rows(dataset, make_rows(s, n_row), n_row);
        set_future(dataset, s, 3 * H);
    }
    return dataset;
}

static inline lstm_dataset *new_data(int64_t n_series)
{
    return new_data_of(LSTM_MISSING_MASK, n_series);
}

static inline lstm_forecaster_options options_of(int64_t use)
{
    lstm_forecaster_options options = small_options(H);
    options.use = use, options.season_len = 6;
    return options;
}

static inline void assert_finite(int64_t n, const lstm_real *y)
{
    for (int64_t i = 0; i < n; i++)
        assert_true(isfinite(y[i]));
}

/* The mean error of column 0 of series 0 in the test part. */
static inline double error_of(const lstm_forecaster *forecaster, const lstm_dataset *dataset)
{
    double sum = 0;
    const lstm_real *x = lstm_dataset_data(dataset, 0);
    for (int64_t origin = 120; origin + H <= ROWS; origin++) {
        lstm_real y[H * K];
        assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, H, y));
        for (int64_t h = 0; h < H; h++)
            sum += fabs((double)y[h * K] - (double)x[(origin + h) * C]);
    }
    return sum / (double)(H * (ROWS - 120 - H + 1));
}

/* Errors of fits with the known covariate, whose description has a part unless it is NULL, and
 * without. */
static inline void errors_with_and_without(const lstm_forecaster_options *options,
                                           const char *described, double errors[2])
{
    const int64_t unknown[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT, LSTM_ROLE_TARGET};
    lstm_dataset *data[] = {new_data(2), new_dataset(C, unknown, LSTM_MISSING_MASK)};
    for (int64_t s = 0; s < 2; s++)
        add_rows(data[1], make_rows(s, ROWS), ROWS);
    for (int i = 0; i < 2; i++) {
        assert_ok(lstm_dataset_split(data[i], LSTM_ALL_SERIES, 95, 120));
        lstm_forecaster *forecaster = fit_new(options, data[i]);
        errors[i] = error_of(forecaster, data[i]);
        if (i == 0 && described != NULL)
            assert_described(forecaster, described);
        lstm_forecaster_free(forecaster);
        lstm_dataset_free(data[i]);
    }
}

#endif
