/* SPDX-License-Identifier: MIT */
/* Fleets of series for lstm_forecast(), and a model that fits them. */
#ifndef TESTS_FORECAST_FIXTURE_H
#define TESTS_FORECAST_FIXTURE_H

#include "model_of.h"
#include "same_rows.h"

#include <lstmts/forecast.h>

/* D inputs, H, L; the library's block of series; maximum numbers of targets, steps, rows. */
enum {
    D = 2,
    H = 7,
    L = 2,
    BLOCK = 96,
    MANY = 3 * BLOCK + 12,
    MAX_K = 3,
    SEED = 11,
    STEPS = 12,
    ROWS = 17
};

/* Series of different lengths, at least five rows, and a model that fits them. */
typedef struct fleet {
    int64_t n, K;
    lstm_model *model;
    lstm_series *made[MANY];
    const lstm_series *series[MANY];
} fleet;

static inline lstm_real value(int64_t series, int64_t row, int64_t column)
{
    return (lstm_real)(0.9 * sin(0.37 * (double)row + 0.11 * (double)series + (double)column));
}

static inline lstm_series *new_series(int64_t number, int64_t n_row, int64_t target_only)
{
    lstm_real rows[ROWS * MAX_K];
    lstm_series *series = NULL;
    int64_t C = D + target_only;
    for (int64_t i = 0; i < n_row * C; i++)
        rows[i] = value(number, i / C, i % C);
    assert_ok(lstm_series_new(&series, rows, n_row, C));
    for (int64_t column = 0; column < target_only; column++)
        assert_ok(lstm_series_set_role(series, column, LSTM_ROLE_TARGET));
    return series;
}

/* The first `target_only` columns are only targets, the D after them inputs and targets. */
static inline void make_fleet(fleet *f, int64_t n, int64_t target_only)
{
    *f = (fleet){.n = n, .K = D + target_only, .model = model_of(D, D + target_only, H, L, SEED)};
    for (int64_t i = 0; i < n; i++)
        f->series[i] = f->made[i] = new_series(i, 5 + i * 7 % 13, target_only);
}

static inline void free_fleet(fleet *f)
{
    lstm_model_free(f->model);
    for (int64_t i = 0; i < f->n; i++)
        lstm_series_free(f->made[i]);
}

static inline lstm_forecast_options forecast_options(int64_t context_len, int64_t pred, int64_t lag)
{
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    options.n_step = STEPS;
    options.context_len = context_len;
    options.pred = pred;
    options.feedback_lag = lag;
    return options;
}

#endif
