/* SPDX-License-Identifier: MIT */
#ifndef LTS_EVALUATE_BACKTEST_H
#define LTS_EVALUATE_BACKTEST_H

#include "score/point_sums.h"
#include <lstmts/backtest.h>

/** Scores of the quantile of one level, summed over origins. */
typedef struct lts_quantile_sums {
    int64_t n, covered; /**< values, and those at most the quantile */
    double pinball;
} lts_quantile_sums;

/** Errors of a forecast in one column, summed over its steps. */
typedef struct lts_origin_sums {
    double absolute, squared;
} lts_origin_sums;

struct lstm_backtest {
    int64_t n_method, n_series, H, K;
    int64_t stride;
    char **names;             /**< [n_method]                                    */
    int64_t *n_origin;        /**< [n_series]                                    */
    lts_point_sums *sums;     /**< [n_method, n_series, H, K]                    */
    int64_t n_origins;        /**< of all series                                 */
    lts_origin_sums *origins; /**< [n_method, n_origins, K] series after series */
    lts_point_sums *seasons;  /**< [n_series, K] of the seasonal naive forecast over the training
                                  part: scales of MASE and RMSSE                */
    int64_t n_level;          /**< L                                             */
    double *levels;           /**< [L] of quantiles                              */
    lts_quantile_sums *quantiles; /**< [n_method, n_series, L, H, K]; NULL if L = 0 */
};

/** Zeroed results. LSTM_E_LIMIT, LSTM_E_NOMEM. */
lstm_status lts_backtest_new(lstm_backtest **backtest, int64_t n_method, int64_t n_series,
                             int64_t H, int64_t K);

/** Check options and replace those that are 0 by their defaults. LSTM_E_ARGUMENT. */
lstm_status lts_backtest_check(lstm_backtest_options *options);

/** LSTM_E_SHAPE: no series has an origin. */
lstm_status lts_backtest_no_origin(const lstm_backtest_options *options);

/** Its name in tables. */
const char *lts_metric_name(int64_t kind);

/** The sums of one method and series, [H, K]. */
static inline lts_point_sums *lts_backtest_sums(const lstm_backtest *b, int64_t method,
                                                int64_t series)
{
    return b->sums + (method * b->n_series + series) * b->H * b->K;
}

#endif
