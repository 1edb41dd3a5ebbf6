/* SPDX-License-Identifier: MIT */
/**
 * @file baseline.h
 * Methods (method.h) against which any model must be judged. Each target column of a series is
 * forecast from its own rows, by ridge regression also from known covariates. All are computed in
 * double.
 *
 * A forecast reads values that the data set has filled as if the series ended at the origin
 * (lstm_missing). A value that stays missing is skipped.
 */
#ifndef LSTMTS_BASELINE_H
#define LSTMTS_BASELINE_H

#include <lstmts/method.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Kinds of baselines that need no fit. */
typedef enum lstm_baseline {
    LSTM_BASELINE_NAIVE = 0,          /**< the last value (default)                               */
    LSTM_BASELINE_SEASONAL_NAIVE = 1, /**< the value one season before, or two, ...               */
    LSTM_BASELINE_DRIFT = 2,          /**< the line through the first and the last value          */
    LSTM_BASELINE_SEASONAL_DRIFT = 3, /**< seasonal naive, plus the mean change over a season for
                                           each season since                                      */
    LSTM_BASELINE_MOVING_AVERAGE = 4, /**< the mean of the last `window` rows                     */
    LSTM_BASELINE_THETA = 5,          /**< the Theta method of Assimakopoulos and Nikolopoulos
                                           (2000), with a multiplicative season where a test at 90 %
                                           finds one (additive if values are not positive); as
                                           statsmodels' ThetaModel                                */
    LSTM_BASELINE_NAIVE2 = 6,         /**< Naive2 of the M4 competition: the last value of the
                                           seasonally adjusted series, with the season of the step
                                           (additive if values are not positive); the last value
                                           where a test at 90 % finds none in 3 seasons or more   */
} lstm_baseline;

/** Which baseline. */
typedef struct lstm_baseline_options {
    uint64_t struct_size; /**< set by LSTM_BASELINE_OPTIONS_INIT                            */
    int64_t kind;         /**< lstm_baseline                                                */
    int64_t season_len;   /**< rows of a season, >= 1; required for the seasonal kinds. Theta and
                               Naive2: 0 = no season. Else without effect                   */
    int64_t window;       /**< rows of the moving average, >= 1; required for that kind. Else
                               without effect                                               */
    int64_t context_len;  /**< last rows before the origin that are read, >= 1; 0 = all     */
} lstm_baseline_options;

#define LSTM_BASELINE_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lstm_baseline_options), 0, 0, 0, 0                                                  \
    }

/**
 * Set options as LSTM_BASELINE_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_baseline_options_init(lstm_baseline_options *options, uint64_t size);

/**
 * Create a baseline. There is nothing to fit. Its forecast returns LSTM_E_NOMEM or LSTM_E_LIMIT; it
 * is NaN in a column without any value.
 *
 * @param[out] method  free it with lstm_method_free().
 * @param options      not kept; NULL = last value.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_baseline_new(lstm_method **method, const lstm_baseline_options *options);

/** In place of base_len: nothing is subtracted. */
#define LSTM_NO_BASE (-1)

/**
 * A ridge regression of the next rows of a column on its last ones, after the effects of known
 * covariates.
 */
typedef struct lstm_ridge_options {
    uint64_t struct_size; /**< set by LSTM_RIDGE_OPTIONS_INIT                                   */
    int64_t context_len;  /**< L, rows that are read, >= 1; required                            */
    int64_t horizon;      /**< H, rows that can be forecast, >= 1; required                     */
    int64_t base_len;     /**< the mean of the last base_len rows of the context is subtracted
                               from a window and added to its forecast, 1 .. L; 0 = 1, the last
                               value; LSTM_NO_BASE                                              */
    int64_t n_block;      /**< blocks of steps of the horizon, 1 .. H; each is a regression of its
                               own on all windows whose targets up to its end are in the training
                               part, so that near steps learn from more windows; 0 = 4, or H if
                               that is less                                                     */
    double penalty;       /**< of the squared weights, per window, > 0; 0 = for each block the one
                               of 1e-4, 3e-4, 1e-3, .. 1 with the least squared error on the
                               validation part; .03 without one                                 */
} lstm_ridge_options;

#define LSTM_RIDGE_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(lstm_ridge_options), 0, 0, 0, 0, 0                                                  \
    }

/**
 * Set options as LSTM_RIDGE_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_ridge_options_init(lstm_ridge_options *options, uint64_t size);

/**
 * Create a ridge regression. All target columns of all series are scaled by mean and population
 * deviation of their training rows, and are pooled: one regression for all of them, on L values of
 * the column and an intercept, which is not penalized.
 *
 * Known covariates (LSTM_ROLE_KNOWN), scaled in the same way, and columns of the calendar have a
 * linear effect on each target, pooled over the series: y_t = b . u_t + r_t, and the regression is
 * that of r. The effects are fitted to rows that a ridge regression of the next row has whitened
 * (Cochrane and Orcutt, "Application of Least Squares Regression to Relationships Containing
 * Auto-Correlated Error Terms", 1949). Their penalty is, for each target, the one of 1e-4, 1e-3, ..
 * 1 with the least squared error of the next row on the validation part; or there are no effects,
 * unless that error is less by .5 % with them; .01 without a validation part. Where no target has
 * effects, forecasts have the bits of a data set without covariates.
 *
 * Fit: LSTM_E_SHAPE if no column has a training window for a block; LSTM_E_NUMERIC if the penalty
 * is too small; LSTM_E_LIMIT; LSTM_E_NOMEM. Gaps of one or two rows are bridged by a line. A window
 * with a longer gap in it is left out, whether its values are filled or not.
 *
 * Forecast: LSTM_E_ORDER before a fit; LSTM_E_SHAPE if the origin is less than L, the horizon more
 * than H, the data set has other columns or more series than the one of the fit, or future rows of
 * known covariates that have effects are missing; LSTM_E_LIMIT if a calendar column is needed after
 * the year 9999; LSTM_E_NOMEM. A missing value of the context is interpolated, or is the nearest
 * value at an end; a column without any value has the forecast NaN.
 *
 * @param[out] method  free it with lstm_method_free().
 * @param options      not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_ridge_new(lstm_method **method, const lstm_ridge_options *options);

#ifdef __cplusplus
}
#endif

#endif
