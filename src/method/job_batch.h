/* SPDX-License-Identifier: MIT */
/* Forecasts of methods from many origins, divided among threads. */
#ifndef LTS_METHOD_JOB_BATCH_H
#define LTS_METHOD_JOB_BATCH_H

#include "base/threads.h"
#include "method/method.h"

enum { LTS_MESSAGE = 512 };

/** One forecast. */
typedef struct lts_job {
    int64_t method, series, origin;
} lts_job;

/** The first failure of a thread; messages belong to threads. */
typedef struct lts_failure {
    int64_t job; /**< its number in the batch; -1 = none */
    lstm_status status;
    char message[LTS_MESSAGE];
} lts_failure;

typedef struct lts_job_batch {
    lstm_method *const *methods;
    const lstm_dataset *dataset;
    lts_float_env *host;
    lts_pool *pool;
    int64_t H, K;
    const double *levels;  /**< [n_level] quantiles of each forecast, or NULL             */
    int64_t n_array;       /**< arrays [H, K] of a forecast: 1, or n_level                */
    int64_t capacity, n;   /**< jobs at most, and now                                     */
    lts_job *jobs;         /**< [capacity]                                                */
    real *forecasts;       /**< [capacity, n_array, H, K]                                 */
    lts_failure *failures; /**< [threads]                                                 */
} lts_job_batch;

/** What a batch is made for. */
typedef struct lts_job_batch_options {
    lstm_method *const *methods;
    const lstm_dataset *dataset;
    lts_float_env *host;
    int64_t H, n_thread;
    int64_t group;        /**< the capacity is a multiple of it; 0 = 1 */
    const double *levels; /**< [n_level] of quantiles; NULL = points   */
    int64_t n_level;
} lts_job_batch_options;

/** Allocates the arrays of a batch without jobs. LSTM_E_LIMIT, LSTM_E_NOMEM; free it in any case.
    */
lstm_status lts_job_batch_init(lts_job_batch *batch, const lts_job_batch_options *options);
void lts_job_batch_free(lts_job_batch *batch);

/**
 * Compute the forecasts of all jobs. The first failure in the order of jobs is returned, with a
 * message that names method, series and origin; LSTM_E_NUMERIC if a forecast of an observed value
 * is not finite.
 */
lstm_status lts_job_batch_run(lts_job_batch *batch);

/** Fit a method; a message of a failure names it. */
lstm_status lts_job_batch_fit(const lts_job_batch *batch, int64_t method,
                              const lstm_dataset *dataset);

#endif
