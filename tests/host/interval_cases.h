/* SPDX-License-Identifier: MIT */
/* The cases of intervals and combinations in test_out_of_memory.c, whose macros they use. */
#ifndef TESTS_INTERVAL_CASES_H
#define TESTS_INTERVAL_CASES_H

#include "evaluate_cases.h"

TAKE(interval, interval)
TAKE(interval_backtest, interval_backtest)

static const double one_level[] = {0.5};
static const lstm_interval_options smallest_interval = {
    .struct_size = sizeof smallest_interval, .horizon = 1, .n_column = 1, .window = 1};
static const lstm_interval_options of_a_backtest = {.struct_size = sizeof of_a_backtest,
                                                    .window = 1};
static const lstm_backtest_options without_refits = {
    .struct_size = sizeof without_refits, .horizon = 1, .first_origin = 1, .n_threads = 2};

static const lstm_ensemble_options *of_theta(world *w)
{
    static lstm_ensemble_options options = LSTM_ENSEMBLE_OPTIONS_INIT;
    options.members = &w->theta, options.n_member = 1;
    return &options;
}

#define INTERVAL_CASES(X)                                                                          \
    X(DOES, backtest_compare, lstm_backtest_compare, PLAIN, 3,                                     \
      (w->backtest, LSTM_METRIC_MAE, 0, 0, &w->out.factor, NULL))                                  \
    X(DOES, backtest_words, lstm_backtest_words, PLAIN, 3,                                         \
      (w->backtest, LSTM_METRIC_MAE, LSTM_ALL, NULL, 0, &w->out.n))                                \
    X(DOES, ensemble_new, lstm_ensemble_new, PLAIN, 5, (&w->out.method, of_theta(w)))              \
    X(DOES, ensemble_weights, lstm_ensemble_weights, PLAIN, 0, (w->mean, w->out.numbers))          \
    X(TELLS, interval_backtest_free, lstm_interval_backtest_free, PLAIN, 0,                        \
      (take_interval_backtest(w)))                                                                 \
    X(DOES, interval_backtest_run, lstm_interval_backtest_run, PLAIN, 30,                          \
      (&w->out.interval_backtest, w->theta, w->data, &of_a_backtest, &without_refits))             \
    X(DOES, interval_backtest_table, lstm_interval_backtest_table, PLAIN, 0,                       \
      (w->interval_backtest, NULL, 0, &w->out.n))                                                  \
    X(DOES, interval_backtest_value, lstm_interval_backtest_value, PLAIN, 0,                       \
      (w->interval_backtest, 0, 0, 0, 0, 0, 0, &w->out.factor, &w->out.n))                         \
    X(DOES, interval_bounds, lstm_interval_bounds, PLAIN, 0,                                       \
      (w->interval, row, NULL, w->out.values, w->out.more))                                        \
    X(DOES, interval_expect, lstm_interval_expect, PLAIN, 0, (w->interval, row, NULL))             \
    X(TELLS, interval_free, lstm_interval_free, PLAIN, 0, (take_interval(w)))                      \
    X(DOES, interval_get_state, lstm_interval_get_state, PLAIN, 0, (w->interval, w->out.values))   \
    X(DOES, interval_new, lstm_interval_new, PLAIN, 10, (&w->out.interval, &smallest_interval))    \
    X(DOES, interval_observe, lstm_interval_observe, PLAIN, 0, (w->interval, row))                 \
    X(DOES, interval_restart, lstm_interval_restart, PLAIN, 0, (w->interval))                      \
    X(TELLS, interval_scores, lstm_interval_scores, PLAIN, 0, (w->interval, 0, 0))                 \
    X(TELLS, interval_set_state, lstm_interval_set_state, PLAIN, 0, (w->interval, row, 12))        \
    X(TELLS, interval_state_len, lstm_interval_state_len, PLAIN, 0, (w->interval))                 \
    X(TELLS, method_quantiles, lstm_method_quantiles, PLAIN, 0,                                    \
      (w->theta, w->data, 0, 2, 3, one_level, 1, w->out.values))

#endif
