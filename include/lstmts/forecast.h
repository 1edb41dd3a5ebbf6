/* SPDX-License-Identifier: MIT */
/**
 * @file forecast.h
 * lstm_valid(): the error of each recursion step, over all windows of a series.
 * lstm_pred(): the forecast of one series from its first rows.
 * lstm_forecast(): forecasts of many series from their last rows.
 *
 * All of them start from zero state and run the loop of window.h.
 *
 * Thread-safety: any thread. Model and series must not change during the call.
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
    uint64_t struct_size; /**< set by LSTM_VALID_OPTIONS_INIT                */
    int64_t window_len;   /**< T, >= 1; required, or context_len and horizon */
    int64_t support_len;  /**< s, >= 0: steps after it read outputs; or LSTM_TEACHER_FORCED */
    int64_t pred;         /**< rows from an input to its target, >= 1; 0 = 1 */
    int64_t feedback_lag; /**< g, >= 1; 0 = pred                             */
    int64_t window_rule;  /**< lstm_window_rule                              */
    int64_t context_len;  /**< with horizon, instead of window_len and support_len (window.h);
                               0 = not used                                  */
    int64_t horizon;      /**< with context_len; 0 = not used                */
    int64_t stride;       /**< only every stride-th window, >= 1; 0 = 1      */
    int64_t max_windows;  /**< largest number of these windows, spread evenly over all of them,
                               >= 1; 0 = all                                 */
    int64_t n_threads;    /**< number of threads, including the caller, <= 1024; 0 = 1;
                               LSTM_ALL_CORES = one per available processor. Fewer are used for
                               small problems. Results are bit-identical for any number */
} lstm_valid_options;

#define LSTM_VALID_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(lstm_valid_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                   \
    }

/**
 * Set options as LSTM_VALID_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_valid_options_init(lstm_valid_options *options, uint64_t size);

/**
 * Root mean squared error of each recursion step, over all windows of the series, or those that
 * stride and max_windows leave.
 *
 * @param model      must have as many inputs and outputs as the series has input columns (D) and
 *                   target columns (K).
 * @param series     not kept.
 * @param options    not kept.
 * @param[out] rmse  [T, K+1]. Row t contains the errors of step t: one for each target column, then
 *                   Total, the root of the mean over windows and columns.
 * @param size       must be T * (K+1).
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if model, series and size do not
 *         fit together, or the series has no window of this size; LSTM_E_NUMERIC if an output is
 *         not finite; LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_valid(const lstm_model *model, const lstm_series *series,
                                const lstm_valid_options *options, double *rmse, int64_t size);

/** What lstm_pred() forecasts. */
typedef struct lstm_pred_options {
    uint64_t struct_size; /**< set by LSTM_PRED_OPTIONS_INIT                               */
    int64_t n_step;       /**< number of steps, >= 1; required                             */
    int64_t support_len;  /**< s, 0 .. rows-1; LSTM_TEACHER_FORCED = n_step - 1            */
    int64_t pred;         /**< rows from an input to what its output predicts, >= 1; 0 = 1 */
    int64_t feedback_lag; /**< g, >= 1; 0 = pred                                           */
} lstm_pred_options;

#define LSTM_PRED_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(lstm_pred_options), 0, 0, 0, 0                                                      \
    }

/**
 * Set options as LSTM_PRED_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_pred_options_init(lstm_pred_options *options, uint64_t size);

/**
 * Run n_step steps from the first row of the series.
 *
 * @param model       must have as many inputs and outputs as the series has input columns (D) and
 *                    target columns (K).
 * @param series      its first s + 1 rows are the inputs (the first g rows if g > s + 1; n_step
 *                    rows if it has past covariates, n_step + pred rows if it has known ones). Not
 *                    kept.
 * @param options     not kept.
 * @param[out] y      [n_step, K]. Row t is the output of step t, which predicts row t + pred.
 * @param[out] truth  [n_step, K], or NULL. Row t is row t + pred of the series, or NaN if the
 *                    series has no such row.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if model and series do not fit
 *         together, or the series does not have a row that a step needs; LSTM_E_NUMERIC if an
 *         output is not finite (the message names the step); LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_pred(const lstm_model *model, const lstm_series *series,
                               const lstm_pred_options *options, lstm_real *y, lstm_real *truth);

/** What lstm_forecast() forecasts. */
typedef struct lstm_forecast_options {
    uint64_t struct_size; /**< set by LSTM_FORECAST_OPTIONS_INIT                                */
    int64_t n_step;       /**< number of steps to forecast, >= 1; required                      */
    int64_t context_len;  /**< last rows of each series that are read as inputs, >= 1; 0 = all
                               rows. All rows of a series that has fewer                        */
    int64_t pred;         /**< rows from an input to what its output predicts, >= 1; 0 = 1      */
    int64_t feedback_lag; /**< g, >= 1; 0 = pred. At most the number of rows read of each series,
                               unless n_step is 1                                               */
    int64_t n_threads;    /**< number of threads, including the caller, <= 1024; 0 = 1;
                               LSTM_ALL_CORES = one per available processor. Fewer are used for
                               small problems. Results are bit-identical for any number. For a
                               GPU they only collect the rows that it reads                     */
    const char *device;   /**< name of a device (device.h); NULL = "cpu"                        */
    int64_t precision;    /**< lstm_precision; without effect on the CPU                        */
    int64_t n_future;     /**< last rows of each series that lie in the future, >= 0: the forecast
                               begins before them, and only their LSTM_ROLE_KNOWN columns are
                               read. At least n_step + pred - 1 if there are such columns. Each
                               series must have more rows                                       */
    int64_t weights;      /**< lstm_weights (model.h); only LSTM_WEIGHTS_FLOAT32 on a GPU       */
} lstm_forecast_options;

#define LSTM_FORECAST_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lstm_forecast_options), 0, 0, 0, 0, 0, 0, 0, 0, 0                                   \
    }

/**
 * Set options as LSTM_FORECAST_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecast_options_init(lstm_forecast_options *options, uint64_t size);

/**
 * Forecast many series. The inputs are first the last context_len rows of a series, and then the
 * outputs of the model. Known covariates are read in the row that a step predicts, so a series must
 * have these rows, with any finite values in its other columns; options->n_future says how many
 * rows they are. No forecast depends on another series. Series of which the same number of rows is
 * read are computed together, which is faster.
 *
 * @param model     must have as many inputs and outputs as each series has input columns (D) and
 *                  target columns (K).
 * @param series    [n_series]; not kept. All must have the same columns and roles, and no column
 *                  of LSTM_ROLE_INPUT, because its future values are not known.
 * @param n_series  >= 1
 * @param options   not kept.
 * @param[out] y    [n_series, n_step, K]. If the last row of a series before its future rows is row
 *                  r, row t of its forecast predicts row r + pred + t.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if a series does not fit the model
 *         or the first series, or has too few rows for n_future or feedback_lag (the message names
 *         the series); LSTM_E_LIMIT; LSTM_E_NUMERIC if an output is not finite; LSTM_E_NOMEM;
 *         LSTM_E_DEVICE if the device does not exist or has failed. On failure y does not change,
 *         except that part of it may be written if a device is lost while the forecasts are copied.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecast(const lstm_model *model, const lstm_series *const *series,
                                   int64_t n_series, const lstm_forecast_options *options,
                                   lstm_real *y);

#ifdef __cplusplus
}
#endif

#endif
