/* SPDX-License-Identifier: MIT */
/* How many values of the test part the intervals of a forecaster hold. */
#ifndef TOOLS_REPORT_COVERAGE_H
#define TOOLS_REPORT_COVERAGE_H

#include <lstmts/backtest.h>
#include <lstmts/forecaster.h>

/** Counts of observed values that have an interval, and of those inside. All 0 has none. */
typedef struct coverage {
    int64_t n_series, L, H, K; /**< L levels, H steps, K target columns                  */
    const double *levels;      /**< [L], of the forecaster                               */
    int64_t *inside, *counted; /**< [n_series, L, H, K]                                  */
} coverage;

/** The first origin of a series in its test part: the number of rows before it, at least 1. */
int64_t coverage_first_origin(const lstm_dataset *dataset, int64_t series);

/**
 * Count over the origins of lstm_backtest_run() with the same stride: in each series from the end
 * of its validation part on, as long as all H rows are there.
 *
 * @param made    free it with coverage_free(), also after a failure
 * @param stride  rows from an origin to the next, >= 1
 * @return LSTM_OK; LSTM_E_NOMEM, which may set no message; an error of lstm_forecaster_intervals()
 */
lstm_status coverage_count(coverage *made, const lstm_forecaster *forecaster,
                           const lstm_dataset *dataset, int64_t stride);

/**
 * The share of values inside the intervals. Each value from each origin counts once.
 *
 * @param level                 0 .. L - 1
 * @param series, step, column  as of lstm_backtest_value(), also LSTM_ALL
 * @param[out] counted          number of values; NULL is allowed
 * @return NaN if there is no value
 */
double coverage_share(const coverage *of, int64_t level, int64_t series, int64_t step,
                      int64_t column, int64_t *counted);

void coverage_free(coverage *made);

#endif
