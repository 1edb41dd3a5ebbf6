/* SPDX-License-Identifier: MIT */
/**
 * @file ensemble.h
 * Combinations of methods (method.h) as methods: weighted means of their forecasts.
 */
#ifndef LSTMTS_ENSEMBLE_H
#define LSTMTS_ENSEMBLE_H

#include <lstmts/method.h>
#include <lstmts/metrics.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where the weights of the members come from. They are at least 0, and their sum is 1. */
typedef enum lstm_combination {
    LSTM_COMBINATION_MEAN = 0,    /**< all alike                                                 */
    LSTM_COMBINATION_WEIGHTS = 1, /**< those with the least squared error on the validation part */
    LSTM_COMBINATION_RULE = 2,    /**< all alike, unless this is worse on the validation part than
                                       the best member alone by more than `tolerance`: then this
                                       member alone                                              */
} lstm_combination;

/** A combination. */
typedef struct lstm_ensemble_options {
    uint64_t struct_size; /**< set by LSTM_ENSEMBLE_OPTIONS_INIT                             */
    const char *name;     /**< shown in tables; copied; NULL = such as "mean of 3"           */
    lstm_method *const *members; /**< [n_member]; required. The methods are borrowed, the array is
                                      copied                                                 */
    int64_t n_member;  /**< M, 1 .. 64; required                                          */
    int64_t kind;      /**< lstm_combination                                              */
    int64_t horizon;   /**< rows of the forecasts on the validation part, >= 1; required
                            except for the mean                                                */
    int64_t stride;    /**< rows from an origin there to the next, >= 1; 0 = 1            */
    int64_t metric;    /**< of the rule: LSTM_METRIC_MSE or _MAE; 0 = _MAE                */
    double tolerance;  /**< of the rule, > 0; 0 = 0.03                                    */
    int64_t is_fitted; /**< 1 = a fit uses the members as they are, which must not have seen the
                            validation part; 0 = it fits them twice: to the rows before the
                            validation part, for the weights, then to the whole data set. The
                            mean needs the second fit only                                     */
    int64_t n_threads; /**< of the forecasts on the validation part, including the caller,
                            <= 1024; 0 = 1; LSTM_ALL_CORES. Results are bit-identical for any
                            number                                                             */
} lstm_ensemble_options;

#define LSTM_ENSEMBLE_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lstm_ensemble_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                \
    }

/**
 * Set options as LSTM_ENSEMBLE_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_ensemble_options_init(lstm_ensemble_options *options, uint64_t size);

/**
 * Create a combination. Errors on the validation part are in units of the deviation of each column
 * in the training part of its series, over all columns, series and steps of forecasts that end in
 * the validation part. Members that choose something by the validation part have none in their
 * first fit: ridge takes its default penalty there, and a forecaster cuts a part off the rows that
 * it has.
 *
 * Fit: a status of a member, whose message names it; members that were fitted stay so. Except for
 * the mean: LSTM_E_SHAPE if no validation part has `horizon` rows with a row before them;
 * LSTM_E_NUMERIC if a forecast of an observed value is not finite; LSTM_E_LIMIT; LSTM_E_NOMEM.
 *
 * Forecast: LSTM_E_ORDER before a fit, except for the mean; a status of a member; LSTM_E_NOMEM.
 * Members with the weight 0 are not called.
 *
 * @param[out] method  free it with lstm_method_free(), before its members.
 * @param options      not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_ensemble_new(lstm_method **method, const lstm_ensemble_options *options);

/**
 * Read the weights of a combination.
 *
 * @param method        from lstm_ensemble_new().
 * @param[out] weights  [M]
 * @return LSTM_OK; LSTM_E_ARGUMENT if the method is no combination; LSTM_E_ORDER before a fit,
 *         except for the mean.
 * @since 0.1
 */
LSTM_API lstm_status lstm_ensemble_weights(const lstm_method *method, double *weights);

#ifdef __cplusplus
}
#endif

#endif
