/* SPDX-License-Identifier: MIT */
/**
 * @file method.h
 * lstm_method: whatever forecasts series and can be judged: a baseline (baseline.h), a forecaster
 * (forecaster.h), a combination of methods (ensemble.h), or functions of the caller.
 */
#ifndef LSTMTS_METHOD_H
#define LSTMTS_METHOD_H

#include <lstmts/dataset.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A method. Opaque.
 *
 * Thread-safety: any number of threads may forecast with it, while no call changes it or the data
 * set. lstm_method_fit() and lstm_method_free() need exclusive access to the method.
 */
typedef struct lstm_method lstm_method;

/**
 * Fits a method to the training part of all series. The validation part may be used for choices,
 * such as that of a penalty, and for the fit itself: to measure errors there, fit with an empty
 * validation part. Rows of the test part must not be read. A later call replaces the fit.
 *
 * @return LSTM_OK, or a negative status, with which the method must be as before.
 */
typedef lstm_status (*lstm_method_fit_fn)(void *user, const lstm_dataset *dataset);

/**
 * Forecasts a series from its first `origin` rows. Later rows must not be read, except in columns
 * with LSTM_ROLE_KNOWN. Filled values before the origin may come from later rows (lstm_missing): a
 * method of the caller can skip them by lstm_dataset_observed(). It may be called from several
 * threads at the same time.
 *
 * @param series   a series of the data set
 * @param origin   number of known rows, 1 .. number of rows
 * @param horizon  H, >= 1
 * @param[out] y   [H, K], K target columns in their order. Row h predicts row origin + h.
 * @return LSTM_OK, or a negative status.
 */
typedef lstm_status (*lstm_method_predict_fn)(void *user, const lstm_dataset *dataset,
                                              int64_t series, int64_t origin, int64_t horizon,
                                              lstm_real *y);

/**
 * Forecasts quantiles, otherwise as lstm_method_predict_fn.
 *
 * @param levels   [n_level] shares of the values that are to be below, above 0 and below 1
 * @param[out] y   [n_level, H, K]
 */
typedef lstm_status (*lstm_method_quantiles_fn)(void *user, const lstm_dataset *dataset,
                                                int64_t series, int64_t origin, int64_t horizon,
                                                const double *levels, int64_t n_level,
                                                lstm_real *y);

/** Frees what the method of a caller has. */
typedef void (*lstm_method_free_fn)(void *user);

/**
 * A method of the caller. The functions run in the caller's floating-point environment, `predict`
 * also in threads of the library. They may call any function of the library that does not change
 * the data set or use the method. If one fails, its status is passed on, with the message of a call
 * of the library that failed in it.
 */
typedef struct lstm_method_options {
    uint64_t struct_size;               /**< set by LSTM_METHOD_OPTIONS_INIT                      */
    const char *name;                   /**< shown in tables; required; copied                    */
    lstm_method_fit_fn fit;             /**< NULL = there is nothing to fit                       */
    lstm_method_predict_fn predict;     /**< required                                             */
    lstm_method_free_fn free;           /**< called once by lstm_method_free(); NULL = none       */
    void *user;                         /**< passed to the functions                              */
    lstm_method_quantiles_fn quantiles; /**< NULL = the method has no quantiles               */
} lstm_method_options;

#define LSTM_METHOD_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(lstm_method_options), 0, 0, 0, 0, 0, 0                                              \
    }

/**
 * Set options as LSTM_METHOD_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_method_options_init(lstm_method_options *options, uint64_t size);

/**
 * Create a method from functions of the caller.
 *
 * @param[out] method  free it with lstm_method_free().
 * @param options      not kept, except `user`.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_NOMEM. On failure `free` is not called.
 * @since 0.1
 */
LSTM_API lstm_status lstm_method_new(lstm_method **method, const lstm_method_options *options);

/**
 * Free a method; NULL is allowed.
 *
 * @since 0.1
 */
LSTM_API void lstm_method_free(lstm_method *method);

/**
 * The name of a method, valid until the method is freed.
 *
 * @return the name; NULL for NULL.
 * @since 0.1
 */
LSTM_API const char *lstm_method_name(const lstm_method *method);

/**
 * Fit a method to a data set (lstm_method_fit_fn).
 *
 * @param dataset  not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; a status of the method. On failure the method is as
 *         before.
 * @since 0.1
 */
LSTM_API lstm_status lstm_method_fit(lstm_method *method, const lstm_dataset *dataset);

/**
 * Forecast a series (lstm_method_predict_fn).
 *
 * @param[out] y  [horizon, K]; NaN where the method has no forecast.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE if the series has fewer rows than `origin`; a
 *         status of the method.
 * @since 0.1
 */
LSTM_API lstm_status lstm_method_predict(const lstm_method *method, const lstm_dataset *dataset,
                                         int64_t series, int64_t origin, int64_t horizon,
                                         lstm_real *y);

/**
 * Forecast quantiles of a series (lstm_method_quantiles_fn).
 *
 * @param levels   [n_level], above 0 and below 1
 * @param n_level  >= 1
 * @param[out] y   [n_level, horizon, K]
 * @return LSTM_OK; LSTM_E_ARGUMENT, also if the method has no quantiles; LSTM_E_SHAPE if the series
 *         has fewer rows than `origin`; a status of the method.
 * @since 0.1
 */
LSTM_API lstm_status lstm_method_quantiles(const lstm_method *method, const lstm_dataset *dataset,
                                           int64_t series, int64_t origin, int64_t horizon,
                                           const double *levels, int64_t n_level, lstm_real *y);

#ifdef __cplusplus
}
#endif

#endif
