/* SPDX-License-Identifier: MIT */
/**
 * @file backtest.h
 * lstm_backtest: the errors of methods (method.h) over rolling origins of all series of a data set.
 *
 * An origin is a number of known rows. From each origin of each series, each method forecasts the
 * next H rows, which are then compared with what was observed. Values that were missing are not
 * counted, whether they are filled or not.
 */
#ifndef LSTMTS_BACKTEST_H
#define LSTMTS_BACKTEST_H

#include <lstmts/method.h>
#include <lstmts/metrics.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Errors by method, series, step and column. Opaque; it keeps no pointer to methods or data.
 *
 * Thread-safety: any number of threads may read it.
 */
typedef struct lstm_backtest lstm_backtest;

/** In place of a series, step or column: all of them. */
#define LSTM_ALL (-1)

/** As `refit`: the methods are used as they are. */
#define LSTM_NO_FIT (-1)

/** What is tested. */
typedef struct lstm_backtest_options {
    uint64_t struct_size; /**< set by LSTM_BACKTEST_OPTIONS_INIT                                  */
    int64_t horizon;      /**< H, >= 1; required                                                  */
    int64_t stride;       /**< rows from an origin to the next, >= 1; 0 = 1                       */
    int64_t first_origin; /**< of every series, >= 1; 0 = the end of its validation part          */
    int64_t last_origin;  /**< of every series, at most; 0 = its rows - H, the last origin all of
                               whose targets are rows of the series. Later ones are left out     */
    int64_t refit;        /**< 0 = each method is fitted once, before the first origin, to the parts
                               of the data set; n >= 1 = before the first origin and after every n
                               origins, to parts whose ends are moved: the validation part ends at
                               the origin, and keeps its length; LSTM_NO_FIT                      */
    int64_t season_len;   /**< rows of a season, for the scale of MASE and RMSSE (metrics.h), >= 1;
                               0 = 1                                                              */
    int64_t standardized; /**< 1 = errors are divided by the population deviation of the column in
                               the training part of the series, as is usual in benchmarks of columns
                               with different units, and MAPE, sMAPE are those of standardized
                               values; 0 = units of the data                                      */
    int64_t n_threads;    /**< number of threads, including the caller, <= 1024; 0 = 1;
                               LSTM_ALL_CORES. Results are bit-identical for any number           */
    const double *levels; /**< [n_level] of quantiles, above 0 and below 1, at which methods with
                               quantiles (method.h) are scored as well; NULL = none               */
    int64_t n_level;      /**< L                                                                  */
} lstm_backtest_options;

#define LSTM_BACKTEST_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lstm_backtest_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                \
    }

/**
 * Set options as LSTM_BACKTEST_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_backtest_options_init(lstm_backtest_options *options, uint64_t size);

/**
 * Fit methods, and forecast from all origins.
 *
 * @param[out] backtest  free it with lstm_backtest_free().
 * @param methods   [n_method]; they stay fitted as they were last. Their forecasts may be called
 *                  from several threads.
 * @param n_method  >= 1
 * @param dataset   not kept. Series without an origin are left out.
 * @param options   not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if no series has an origin;
 *         LSTM_E_NUMERIC if a forecast of an observed value is not finite; LSTM_E_LIMIT;
 *         LSTM_E_NOMEM; a status of a method, whose message then names method, series and origin.
 * @since 0.1
 */
LSTM_API lstm_status lstm_backtest_run(lstm_backtest **backtest, lstm_method *const *methods,
                                       int64_t n_method, const lstm_dataset *dataset,
                                       const lstm_backtest_options *options);

/**
 * Free a backtest; NULL is allowed.
 *
 * @since 0.1
 */
LSTM_API void lstm_backtest_free(lstm_backtest *backtest);

/**
 * A metric of one method.
 *
 * Over all series, steps or columns, it is that of all their values together. But MASE and RMSSE
 * are means over series and columns of the metric of each one, as each has a scale of its own;
 * columns with the scale 0 are left out.
 *
 * @param kind    lstm_metric_kind
 * @param method  0 .. number of methods - 1
 * @param series  its number, or LSTM_ALL
 * @param step    0 .. H - 1, or LSTM_ALL; step h is the row h + 1 rows after the last known one
 * @param column  0 .. K - 1 among the target columns, or LSTM_ALL
 * @param[out] value    NaN if nothing was counted
 * @param[out] counted  number of values that were counted; NULL is allowed.
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_backtest_value(const lstm_backtest *backtest, int64_t kind,
                                         int64_t method, int64_t series, int64_t step,
                                         int64_t column, double *value, int64_t *counted);

/** Scores of forecast quantiles. y is the truth, q the quantile of a level. */
typedef enum lstm_quantile_metric {
    LSTM_QUANTILE_PINBALL = 0,  /**< mean of max(level (y - q), (level - 1)(y - q))               */
    LSTM_QUANTILE_COVERAGE = 1, /**< share of values with y <= q, which is to be the level. The
                                     difference of two levels is the coverage of the interval
                                     between them                                                 */
    LSTM_QUANTILE_CRPS = 2,     /**< of all levels: twice the mean of their pinball losses        */
} lstm_quantile_metric;

/**
 * A score of the quantiles of one method. Over all series, steps or columns it is that of all their
 * values together. With `standardized`, pinball losses are divided by the deviation.
 *
 * @param kind    lstm_quantile_metric
 * @param method  0 .. number of methods - 1
 * @param level   number of the level, 0 .. L - 1; LSTM_ALL = the mean over all levels, not of the
 *                coverage. CRPS: LSTM_ALL
 * @param series, step, column  as of lstm_backtest_value()
 * @param[out] value    NaN if nothing was counted, as of a method without quantiles
 * @param[out] counted  number of values that were counted; NULL is allowed.
 * @return LSTM_OK; LSTM_E_ARGUMENT, also if the options had no levels.
 * @since 0.1
 */
LSTM_API lstm_status lstm_backtest_quantile(const lstm_backtest *backtest, int64_t kind,
                                            int64_t method, int64_t level, int64_t series,
                                            int64_t step, int64_t column, double *value,
                                            int64_t *counted);

/**
 * Number of origins of a series, or of all; 0 if there is no such series.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_backtest_origins(const lstm_backtest *backtest, int64_t series);

/**
 * Write a table of metrics over all series, steps and columns as text: a header, then a line per
 * method. If there are levels, the last column is the CRPS.
 *
 * @param kinds        [n_kind] lstm_metric_kind
 * @param n_kind       1 .. 8
 * @param[out] text    as much of the table as fits, and a 0; NULL is allowed if size is 0.
 * @param size         bytes of `text`, >= 0
 * @param[out] length  bytes of the table, without the 0: it is complete if length < size. NULL is
 *                     allowed.
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_backtest_table(const lstm_backtest *backtest, const int64_t *kinds,
                                         int64_t n_kind, char *text, int64_t size, int64_t *length);

/**
 * Compare the errors of two methods over all series, steps and columns.
 *
 * The standard error is that of the difference of both errors, over the origins. It is computed
 * from the differences at each origin, of which successive ones are correlated, since their
 * forecasts overlap (docs/metrics.md). A ratio below about 2 may be chance.
 *
 * @param kind           LSTM_METRIC_MSE, _MAE or _MASE
 * @param method, other  0 .. number of methods - 1
 * @param[out] gain      1 - error of method / error of other: above 0 = the method is better. NaN
 *                       if nothing was counted, or other has no error
 * @param[out] ratio     (error of other - error of method) / standard error. NaN if fewer than 5
 *                       forecasts do not overlap, or it is 0. NULL is allowed.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_backtest_compare(const lstm_backtest *backtest, int64_t kind,
                                           int64_t method, int64_t other, double *gain,
                                           double *ratio);

/**
 * Write in words how a method compares with all others: a line with its error, then a line per
 * other method, such as "ridge 504 is 12 % better than seasonal naive (MSE 0.365 against 0.415),
 * a difference of 2.3 standard errors."
 *
 * @param kind         as of lstm_backtest_compare()
 * @param method       0 .. number of methods - 1, or LSTM_ALL: the one with the least error
 * @param[out] text    as much as fits, and a 0; NULL is allowed if size is 0.
 * @param size         bytes of `text`, >= 0
 * @param[out] length  bytes of the words, without the 0: they are complete if length < size. NULL
 *                     is allowed.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_backtest_words(const lstm_backtest *backtest, int64_t kind,
                                         int64_t method, char *text, int64_t size, int64_t *length);

#ifdef __cplusplus
}
#endif

#endif
