/* SPDX-License-Identifier: MIT */
/* The cases of methods and backtests in test_out_of_memory.c, whose macros they use. */
#ifndef TESTS_EVALUATE_CASES_H
#define TESTS_EVALUATE_CASES_H

#include "short_of_memory.h"

TAKE(method, theta)
TAKE(backtest, backtest)

static const lstm_baseline_options theta = {.struct_size = sizeof theta,
                                            .kind = LSTM_BASELINE_THETA};
static const lstm_ridge_options smallest_ridge = {
    .struct_size = sizeof smallest_ridge, .context_len = 1, .horizon = 1};
static const lstm_backtest_options refits = {
    .struct_size = sizeof refits, .horizon = 1, .first_origin = 1, .refit = 1, .n_threads = 2};
static const int64_t kinds[] = {LSTM_METRIC_MAE};

static lstm_status predict_nothing(void *user, const lstm_dataset *dataset, int64_t series,
                                   int64_t origin, int64_t horizon, lstm_real *y)
{
    (void)user, (void)dataset, (void)series, (void)origin, (void)horizon, (void)y;
    return LSTM_OK;
}

static const lstm_method_options of_caller = {
    .struct_size = sizeof of_caller, .name = "nothing", .predict = predict_nothing};

#define EVALUATE_CASES(X)                                                                          \
    X(TELLS, backtest_free, lstm_backtest_free, PLAIN, 0, (take_backtest(w)))                      \
    X(TELLS, backtest_origins, lstm_backtest_origins, PLAIN, 0, (w->backtest, 0))                  \
    X(DOES, backtest_quantile, lstm_backtest_quantile, PLAIN, 0,                                   \
      (w->backtest, LSTM_QUANTILE_PINBALL, 0, 0, 0, 0, 0, &w->out.factor, &w->out.n))              \
    X(DOES, backtest_run, lstm_backtest_run, PLAIN, 15,                                            \
      (&w->out.backtest, &w->theta, 1, w->data, &refits))                                          \
    X(DOES, backtest_table, lstm_backtest_table, PLAIN, 0,                                         \
      (w->backtest, kinds, 1, NULL, 0, &w->out.n))                                                 \
    X(DOES, backtest_value, lstm_backtest_value, PLAIN, 0,                                         \
      (w->backtest, LSTM_METRIC_MAE, 0, 0, 0, 0, &w->out.factor, &w->out.n))                       \
    X(DOES, baseline_new, lstm_baseline_new, PLAIN, 3, (&w->out.method, &theta))                   \
    X(DOES, method_fit, lstm_method_fit, CACHES, 8, (w->ridge, w->data))                           \
    X(TELLS, method_free, lstm_method_free, PLAIN, 0, (take_method(w)))                            \
    X(TELLS, method_name, lstm_method_name, PLAIN, 0, (w->theta))                                  \
    X(DOES, method_new, lstm_method_new, PLAIN, 2, (&w->out.method, &of_caller))                   \
    X(DOES, method_predict, lstm_method_predict, PLAIN, 2,                                         \
      (w->theta, w->data, 0, 2, 3, w->out.values))                                                 \
    X(DOES, ridge_new, lstm_ridge_new, PLAIN, 3, (&w->out.method, &smallest_ridge))

#endif
