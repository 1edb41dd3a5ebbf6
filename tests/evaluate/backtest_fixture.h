/* SPDX-License-Identifier: MIT */
/* A data set of two series, methods to run on it, and a method of the caller that is watched. */
#ifndef TESTS_BACKTEST_FIXTURE_H
#define TESTS_BACKTEST_FIXTURE_H

#include "dataset_fixture.h"

#include <lstmts/backtest.h>
#include <lstmts/baseline.h>
#include <stdbool.h>

enum { C = 3, K = 2, ROWS = 60, SHORT = 40, TRAIN = 30, VALID = 36, H = 4, METHODS = 3 };

/* A target, a known covariate, a target. */
static const int64_t roles[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN, LSTM_ROLE_TARGET};
static const int64_t targets[K] = {0, 2};

static inline lstm_dataset *new_data(int64_t missing, const int64_t *holes, int64_t n_hole)
{
    lstm_dataset *dataset = new_dataset(C, roles, missing);
    for (int64_t s = 0; s < 2; s++) {
        lstm_real rows[ROWS * C];
        for (int64_t i = 0; i < ROWS * C; i++) {
            double t = (double)(i / C + 5 * s), c = (double)(i % C);
            rows[i] = (lstm_real)(20 + (1 + c) * sin(1.1 * t + c) + cos(2.7 * t) + 0.02 * t);
        }
        for (int64_t i = 0; i < n_hole; i++)
            rows[holes[i] * C] = (lstm_real)NAN;
        assert_ok(lstm_dataset_add(dataset, NULL, rows, s == 0 ? ROWS : SHORT + 5, 0));
        assert_ok(lstm_dataset_split(dataset, s, TRAIN, s == 0 ? VALID : SHORT));
    }
    return dataset;
}

static inline void new_methods(lstm_method *methods[METHODS])
{
    lstm_baseline_options naive = LSTM_BASELINE_OPTIONS_INIT, seasonal = naive;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    seasonal.kind = LSTM_BASELINE_SEASONAL_NAIVE, seasonal.season_len = 6;
    ridge.context_len = 5, ridge.horizon = H;
    assert_ok(lstm_baseline_new(&methods[0], &naive));
    assert_ok(lstm_baseline_new(&methods[1], &seasonal));
    assert_ok(lstm_ridge_new(&methods[2], &ridge));
}

static inline void free_methods(lstm_method *methods[METHODS])
{
    for (int m = 0; m < METHODS; m++)
        lstm_method_free(methods[m]);
}

static inline lstm_backtest_options options_of(int64_t stride, int64_t n_threads)
{
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    options.horizon = H, options.stride = stride;
    options.season_len = 6, options.n_threads = n_threads;
    return options;
}

static inline double value_of(const lstm_backtest *backtest, int64_t kind, int64_t method,
                              int64_t series, int64_t step, int64_t column)
{
    double value = -1;
    assert_ok(lstm_backtest_value(backtest, kind, method, series, step, column, &value, NULL));
    return value;
}

/* A method of the caller: what it was fitted to, and when it fails. */
typedef struct spy {
    int n_fit;
    int64_t train_end[2][30], valid_end[2][30];
    int64_t fails_from; /* origin of series 0; 0 = never */
    lstm_status fit_status;
    lstm_real value;
} spy;

static inline lstm_status spy_fit(void *user, const lstm_dataset *dataset)
{
    spy *s = user;
    assert_true(s->n_fit < 30);
    for (int64_t i = 0; i < 2; i++)
        assert_ok(
            lstm_dataset_parts(dataset, i, &s->train_end[i][s->n_fit], &s->valid_end[i][s->n_fit]));
    s->n_fit++;
    return s->fit_status;
}

static inline lstm_status spy_predict(void *user, const lstm_dataset *dataset, int64_t series,
                                      int64_t origin, int64_t horizon, lstm_real *y)
{
    const spy *s = user;
    for (int64_t i = 0; i < horizon * lstm_dataset_targets(dataset); i++)
        y[i] = s->value;
    if (s->fails_from > 0 && series == 0 && origin >= s->fails_from)
        return lstm_dataset_rows(dataset, 0) == ROWS ? LSTM_E_DEVICE : LSTM_OK;
    return LSTM_OK;
}

static inline lstm_method *new_spy(spy *s)
{
    lstm_method *method = NULL;
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    options.name = "spy", options.user = s, options.fit = spy_fit, options.predict = spy_predict;
    assert_ok(lstm_method_new(&method, &options));
    return method;
}

#endif
