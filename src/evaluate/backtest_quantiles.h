/* SPDX-License-Identifier: MIT */
/* Quantiles of those methods of a backtest that have them, and their scores. */
#ifndef LTS_EVALUATE_BACKTEST_QUANTILES_H
#define LTS_EVALUATE_BACKTEST_QUANTILES_H

#include "evaluate/backtest.h"
#include "method/job_batch.h"

/** Zeroed: there are no levels, and every function does nothing. */
typedef struct lts_quantile_run {
    lstm_backtest *results;
    const double *scales; /**< [n_series, K] scores are divided by them */
    lts_job_batch batch;
} lts_quantile_run;

/**
 * Prepare results and run for the levels of `batch`, if it has some.
 * LSTM_E_LIMIT, LSTM_E_NOMEM: free it in any case.
 */
lstm_status lts_quantile_run_init(lts_quantile_run *run, lstm_backtest *results,
                                  const double *scales, const lts_job_batch_options *batch);
void lts_quantile_run_free(lts_quantile_run *run);

/** Add the job of a method, if it has quantiles; all that were added are done if no more fit in. */
lstm_status lts_quantile_run_add(lts_quantile_run *run, lts_job job);

/** Do all jobs that were added. */
lstm_status lts_quantile_run_end(lts_quantile_run *run);

/** The CRPS of a method over all series, steps and columns; NaN without quantiles. */
double lts_backtest_crps(const lstm_backtest *backtest, int64_t method);

#endif
