/* SPDX-License-Identifier: MIT */
/**
 * @file interval_backtest.h
 * lstm_interval_backtest: coverage, width and score of conformal intervals (interval.h) around the
 * forecasts of a method (method.h) over rolling origins, calibrated in three ways.
 */
#ifndef LSTMTS_INTERVAL_BACKTEST_H
#define LSTMTS_INTERVAL_BACKTEST_H

#include <lstmts/backtest.h>
#include <lstmts/interval.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How intervals are calibrated. All begin with forecasts from the origins of the validation part,
 *  by the method as it was fitted to the rows before it. */
typedef enum lstm_calibration {
    LSTM_CALIBRATION_ONCE = 0,     /**< all scores of the validation part, and no later ones     */
    LSTM_CALIBRATION_ROLLING = 1,  /**< the latest scores that are known at each origin          */
    LSTM_CALIBRATION_ADAPTIVE = 2, /**< these, and adapted levels                                */
} lstm_calibration;

/**
 * Results by series, calibration, level, step and column. Opaque; it keeps no pointer to method or
 * data.
 *
 * Thread-safety: any number of threads may read it.
 */
typedef struct lstm_interval_backtest lstm_interval_backtest;

/**
 * Fit a method to the rows before the validation part and calibrate intervals by its errors there;
 * fit it again to the whole data set, forecast from all origins of the test part, and compare
 * intervals with what was observed. Each series has intervals of its own, which are kept meanwhile:
 * memory grows with the number of series. In the first fit a method that chooses something by the
 * validation part has none (ensemble.h).
 *
 * @param[out] backtest  free it with lstm_interval_backtest_free().
 * @param method    stays fitted. Its forecasts may be called from several threads.
 * @param dataset   not kept. Series without an origin are left out.
 * @param interval  not kept. horizon, n_column and stride: 0, they are those of the backtest.
 *                  is_conformalized: 1 needs a method with quantiles.
 * @param options   not kept. Origins from the end of the training part to first_origin are those of
 *                  the validation part. refit: 0, or LSTM_NO_FIT for a method that has not seen the
 *                  validation part. standardized: widths and scores are divided by the deviation.
 *                  season_len and levels have no effect.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if no series has an origin;
 *         LSTM_E_NUMERIC if a forecast of an observed value is not finite; LSTM_E_LIMIT;
 *         LSTM_E_NOMEM; a status of the method, whose message then names method, series and origin.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_backtest_run(lstm_interval_backtest **backtest,
                                                lstm_method *method, const lstm_dataset *dataset,
                                                const lstm_interval_options *interval,
                                                const lstm_backtest_options *options);

/**
 * Free a backtest; NULL is allowed.
 *
 * @since 0.1
 */
LSTM_API void lstm_interval_backtest_free(lstm_interval_backtest *backtest);

/**
 * A metric. Over all series, steps or columns it is that of all their values together.
 *
 * @param kind         lstm_interval_metric
 * @param calibration  lstm_calibration
 * @param level        number of the level, 0 .. L - 1
 * @param series       its number, or LSTM_ALL
 * @param step         0 .. H - 1, or LSTM_ALL
 * @param column       0 .. K - 1 among the target columns, or LSTM_ALL
 * @param[out] value   NaN if nothing was counted
 * @param[out] counted number of values that were observed and had an interval; NULL is allowed.
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_backtest_value(const lstm_interval_backtest *backtest,
                                                  int64_t kind, int64_t calibration, int64_t level,
                                                  int64_t series, int64_t step, int64_t column,
                                                  double *value, int64_t *counted);

/**
 * Write a table of coverage, width and score over all steps and columns as text: a header, then a
 * line for each level and calibration.
 *
 * @param[out] text    as much of the table as fits, and a 0; NULL is allowed if size is 0.
 * @param size         bytes of `text`, >= 0
 * @param[out] length  bytes of the table, without the 0: it is complete if length < size. NULL is
 *                     allowed.
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_backtest_table(const lstm_interval_backtest *backtest,
                                                  char *text, int64_t size, int64_t *length);

#ifdef __cplusplus
}
#endif

#endif
