/* SPDX-License-Identifier: MIT */
/**
 * @file metrics.h
 * Metrics: how good a forecast was. docs/metrics.md has the definitions and their sources.
 *
 * Arrays are [n, K]: n rows of K columns. Each column has a metric of its own: value [K]. The
 * metric over all columns together is that of K = 1 with n * K rows.
 *
 * Missing values: where the truth is NaN, nothing is counted. `counted` [K] is the number of values
 * that were counted; it may be NULL. A metric of no values is NaN.
 *
 * Errors, of every function with arrays: LSTM_E_ARGUMENT; LSTM_E_LIMIT if an array is too large;
 * LSTM_E_NUMERIC if a value that is counted is not finite. The message names row and column.
 *
 * Thread-safety: any thread, at any time.
 */
#ifndef LSTMTS_METRICS_H
#define LSTMTS_METRICS_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Metrics of a point forecast. y is the truth, f the forecast, the mean is over counted values. */
typedef enum lstm_metric_kind {
    LSTM_METRIC_RMSE = 0,  /**< root of the mean of (y - f)^2                                     */
    LSTM_METRIC_MSE = 1,   /**< mean of (y - f)^2                                                 */
    LSTM_METRIC_MAE = 2,   /**< mean of |y - f|                                                   */
    LSTM_METRIC_MAPE = 3,  /**< percent: 100 times the mean of |y - f| / |y|; 0/0 = 0, infinite if
                                another y is 0                                                    */
    LSTM_METRIC_SMAPE = 4, /**< percent, 0 .. 200: 100 times the mean of 2 |y - f| / (|y| + |f|);
                                0/0 = 0                                                           */
    LSTM_METRIC_MASE = 5,  /**< mean of |y - f| / scale                                           */
    LSTM_METRIC_RMSSE = 6, /**< root of the mean of (y - f)^2 / scale                             */
    LSTM_METRIC_R2 = 7,    /**< 1 - sum of (y - f)^2 / sum of (y - mean of y)^2; NaN if y is
                                constant                                                          */
} lstm_metric_kind;

/**
 * A metric of a point forecast.
 *
 * @param kind           lstm_metric_kind.
 * @param n              rows, >= 1.
 * @param K              columns, >= 1.
 * @param truth          [n, K]; NaN = missing.
 * @param forecast       [n, K].
 * @param scale          [K], each above 0, from lstm_metric_scale(); LSTM_METRIC_MASE and _RMSSE.
 *                       NULL for the others.
 * @param[out] value     [K].
 * @param[out] counted   [K], or NULL.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC; LSTM_E_LIMIT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_metric(int64_t kind, int64_t n, int64_t K, const lstm_real *truth,
                                 const lstm_real *forecast, const double *scale, double *value,
                                 int64_t *counted);

/**
 * The scale of LSTM_METRIC_MASE or LSTM_METRIC_RMSSE: the mean, over rows t >= period of the
 * training part, of |y_t - y_{t - period}| or its square. It is the error there of the seasonal
 * naive forecast, or of the naive one with period 1. It is 0 if the column repeats exactly: then
 * there is no such metric.
 *
 * @param kind           LSTM_METRIC_MASE or LSTM_METRIC_RMSSE.
 * @param n              rows of the training part, above period.
 * @param K              columns, >= 1.
 * @param train          [n, K]; NaN = missing.
 * @param period         rows of a season, >= 1.
 * @param[out] scale     [K].
 * @param[out] counted   [K] differences, or NULL.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC; LSTM_E_LIMIT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_metric_scale(int64_t kind, int64_t n, int64_t K, const lstm_real *train,
                                       int64_t period, double *scale, int64_t *counted);

/**
 * Overall weighted average of the M4 competition: (smape / naive_smape + mase / naive_mase) / 2.
 * All four are averages over the same series.
 *
 * @param smape, mase              of the forecast, >= 0.
 * @param naive_smape, naive_mase  of the benchmark, above 0. M4's is the naive forecast of the
 *                                 seasonally adjusted series.
 * @param[out] owa                 below 1 = better than the benchmark.
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_metric_owa(double smape, double mase, double naive_smape,
                                     double naive_mase, double *owa);

/**
 * Pinball loss of a quantile forecast q: the mean of max(level (y - q), (level - 1)(y - q)).
 *
 * @param level          above 0 and below 1.
 * @param n, K           rows and columns, >= 1.
 * @param truth          [n, K]; NaN = missing.
 * @param quantile       [n, K].
 * @param[out] value     [K].
 * @param[out] counted   [K], or NULL.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC; LSTM_E_LIMIT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_metric_pinball(double level, int64_t n, int64_t K, const lstm_real *truth,
                                         const lstm_real *quantile, double *value,
                                         int64_t *counted);

/**
 * Continuous ranked probability score, from quantiles: twice the mean over levels of the pinball
 * loss. It tends to the score where the levels are many and evenly spaced.
 *
 * @param n, K           rows and columns, >= 1.
 * @param truth          [n, K]; NaN = missing.
 * @param levels         [n_level], each above 0 and below 1.
 * @param n_level        >= 1.
 * @param quantiles      [n, K, n_level].
 * @param[out] value     [K].
 * @param[out] counted   [K], or NULL.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC; LSTM_E_LIMIT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_metric_crps_quantiles(int64_t n, int64_t K, const lstm_real *truth,
                                                const double *levels, int64_t n_level,
                                                const lstm_real *quantiles, double *value,
                                                int64_t *counted);

/** Estimators of the CRPS of a distribution of which m samples are known. */
typedef enum lstm_crps_estimator {
    LSTM_CRPS_EMPIRICAL = 0, /**< that of the empirical distribution of the samples: differences
                                  between samples are divided by m^2                              */
    LSTM_CRPS_FAIR = 1,      /**< without bias for independent samples: by m (m - 1); m >= 2      */
} lstm_crps_estimator;

/**
 * Continuous ranked probability score, from samples x: the mean over rows of
 * mean of |x - y| - 1/2 mean of |x - x'|, x' another sample.
 *
 * @param estimator      lstm_crps_estimator.
 * @param n, K           rows and columns, >= 1.
 * @param truth          [n, K]; NaN = missing.
 * @param n_sample       m, >= 1.
 * @param samples        [n, K, n_sample], in any order.
 * @param[out] value     [K].
 * @param[out] counted   [K], or NULL.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC; LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_metric_crps_samples(int64_t estimator, int64_t n, int64_t K,
                                              const lstm_real *truth, int64_t n_sample,
                                              const lstm_real *samples, double *value,
                                              int64_t *counted);

/** Metrics of intervals lower .. upper. */
typedef enum lstm_interval_metric {
    LSTM_INTERVAL_COVERAGE = 0, /**< share of values with lower <= y <= upper                     */
    LSTM_INTERVAL_WIDTH = 1,    /**< mean of upper - lower                                        */
    LSTM_INTERVAL_SCORE = 2,    /**< mean of upper - lower + 2/(1 - coverage) times the distance
                                     of y from the interval (Winkler)                             */
} lstm_interval_metric;

/**
 * A metric of central intervals.
 *
 * @param kind           lstm_interval_metric.
 * @param coverage       the share that the intervals are meant to cover, such as 0.9; above 0 and
 *                       below 1. Only LSTM_INTERVAL_SCORE reads it.
 * @param n, K           rows and columns, >= 1.
 * @param truth          [n, K]; NaN = missing.
 * @param lower, upper   [n, K], lower <= upper.
 * @param[out] value     [K].
 * @param[out] counted   [K], or NULL.
 * @return LSTM_OK; LSTM_E_ARGUMENT, also if lower > upper; LSTM_E_NUMERIC; LSTM_E_LIMIT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_metric_interval(int64_t kind, double coverage, int64_t n, int64_t K,
                                          const lstm_real *truth, const lstm_real *lower,
                                          const lstm_real *upper, double *value, int64_t *counted);

#ifdef __cplusplus
}
#endif

#endif
