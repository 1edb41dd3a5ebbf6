/* SPDX-License-Identifier: MIT */
/**
 * @file forecast.h
 * lstm_valid: how the error grows with each recursion step, over all windows of a series.
 * lstm_pred: one forecast, as far ahead as one likes.
 * lstm_forecast: many series at once, each from where its rows end.
 *
 * All run the closed loop of window.h from zero state.
 *
 * Thread-safety of all: any number of threads on one model that nobody changes meanwhile.
 */
#ifndef LSTMTS_FORECAST_H
#define LSTMTS_FORECAST_H

#include <lstmts/device.h>
#include <lstmts/model.h>
#include <lstmts/series.h>
#include <lstmts/window.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What lstm_valid() evaluates. */
typedef struct lstm_valid_options {
    uint64_t struct_size; /**< set by LSTM_VALID_OPTIONS_INIT                                    */
    int64_t window_len;   /**< T, >= 1; required, unless context_len and horizon are given       */
    int64_t support_len;  /**< s, >= 0; or LSTM_TEACHER_FORCED                       */
    int64_t pred;         /**< rows from an input to its target, >= 1; 0 = 1                     */
    int64_t feedback_lag; /**< >= 1; 0 = pred                                                    */
    int64_t window_rule;  /**< LSTM_WINDOWS_ALL or LSTM_WINDOWS_ARTICLE                 */
    int64_t context_len;  /**< with horizon, in place of window_len and of a support_len of 0: see
                               window.h; 0 = none                                                */
    int64_t horizon;      /**< with context_len; 0 = none                                        */
} lstm_valid_options;

#define LSTM_VALID_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(lstm_valid_options), 0, 0, 0, 0, 0, 0, 0                                            \
    }

/**
 * Root mean squared error by recursion step, over all windows of the series.
 *
 * Thread-safety: any thread, while nobody changes the valid.
 *
 * @param model   D inputs, K outputs: the series' own.
 * @param series  not kept
 * @param options not kept
 * @param[out] rmse  [T, K+1]: row t the errors of step t + 1, one per target column, then Total,
 *                   the root of the mean over windows and columns.
 * @param size    must be T * (K+1).
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if model, series and size do not
 *         fit or the series has no such window; LSTM_E_NUMERIC if an output is not finite;
 *         LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_valid(const lstm_model *model, const lstm_series *series,
                                const lstm_valid_options *options, double *rmse, int64_t size);

/** What lstm_pred() forecasts. */
typedef struct lstm_pred_options {
    uint64_t struct_size; /**< set by LSTM_PRED_OPTIONS_INIT                                     */
    int64_t n_step;       /**< steps to run, >= 1; required                                      */
    int64_t support_len;  /**< s, 0 .. rows-1; or LSTM_TEACHER_FORCED, which takes
                               n_step - 1                                                        */
    int64_t pred;         /**< rows from an input to what its output predicts, >= 1; 0 = 1       */
    int64_t feedback_lag; /**< >= 1; 0 = pred                                                    */
} lstm_pred_options;

#define LSTM_PRED_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(lstm_pred_options), 0, 0, 0, 0                                                      \
    }

/**
 * One run of n_step steps from the first row of the series.
 *
 * Thread-safety: any thread, while nobody changes the pred.
 *
 * @param model   D inputs, K outputs: the series' own.
 * @param series  its first s + 1 rows are read as inputs; with covariates, n_step rows. Not kept.
 * @param options not kept
 * @param[out] y      [n_step, K] row t: the output of step t, which predicts row t + pred.
 * @param[out] truth  [n_step, K], or NULL; row t: row t + pred of the series, NaN where there is
 *                    none.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if model and series do not fit or
 *         a step needs a true row that the series has not; LSTM_E_NUMERIC if an output is not
 *         finite (the message names the step); LSTM_E_LIMIT; LSTM_E_NOMEM. On failure y and truth are untouched.
 * @since 0.1
 */
LSTM_API lstm_status lstm_pred(const lstm_model *model, const lstm_series *series,
                               const lstm_pred_options *options, lstm_real *y, lstm_real *truth);

/** What lstm_forecast() forecasts. */
typedef struct lstm_forecast_options {
    uint64_t struct_size; /**< set by LSTM_FORECAST_OPTIONS_INIT                                 */
    int64_t n_step;       /**< steps ahead, >= 1; required                                       */
    int64_t n_known;      /**< last rows of each series that are read before it is on its own,
                               >= 1; 0 = all. Of a series with fewer rows all are read           */
    int64_t pred;         /**< rows from an input to what its output predicts, >= 1; 0 = 1       */
    int64_t feedback_lag; /**< >= 1; 0 = pred; at most the rows read of each series, unless
                               n_step is 1                                                       */
    int64_t n_threads;    /**< threads for this call, the caller's included, or fewer where their
                               work is too small to gain by them; 0 = 1; at most 1024;
                               LSTM_ALL_CORES. The results are the same bits for any number      */
    const char *device;   /**< "cpu" (NULL is that too), "cuda", "cuda:1": see device.h          */
    int64_t precision;    /**< LSTM_PRECISION_*; the processor has one alone                     */
} lstm_forecast_options;

#define LSTM_FORECAST_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lstm_forecast_options), 0, 0, 0, 0, 0, 0, 0                                         \
    }

/**
 * Forecast many series: each is read over its last n_known rows from zero state, and then goes on
 * with its own outputs. No series depends on another. Series of which equally many rows are read
 * are computed together, which is faster.
 *
 * Thread-safety: any thread, while nobody changes the forecast.
 *
 * @param model    D inputs, K outputs: each series' own.
 * @param series   [n_series], not kept. All have the same columns and roles, and no covariates,
 *                 whose future values are not known here.
 * @param n_series >= 1
 * @param options  not kept
 * @param[out] y   [n_series, n_step, K]; of each series, row t predicts the row t + pred after its
 *                 last.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if a series does not fit the model
 *         or the first series, or has too few rows for the feedback lag (the message names it);
 *         LSTM_E_LIMIT; LSTM_E_NUMERIC if an output is not finite; LSTM_E_NOMEM; LSTM_E_DEVICE if
 *         there is no such device, or it failed. On failure y is untouched.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecast(const lstm_model *model, const lstm_series *const *series,
                                   int64_t n_series, const lstm_forecast_options *options,
                                   lstm_real *y);

#ifdef __cplusplus
}
#endif

#endif
