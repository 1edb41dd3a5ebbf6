/* SPDX-License-Identifier: MIT */
/* Errors of a network over the windows of a view's validation part. */
#ifndef LTS_FORECAST_VIEW_VALID_H
#define LTS_FORECAST_VIEW_VALID_H

#include "forecast/view_forecast.h"
#include <lstmts/forecast.h>

/**
 * The windows that have their whole horizon in the validation part of their series, and a known row
 * before it. Origins are numbered series by series; each has all its channels.
 */
typedef struct lts_view_valid {
    const lstm_view *view; /**< borrowed                                             */
    const lts_loss *loss;  /**< borrowed                                             */
    int64_t T;             /**< steps: segments of the horizon                       */
    int64_t n_origin;      /**< all of the stride                                    */
    int64_t n_used;        /**< of these, by max_windows                             */
    int64_t stride, max_windows, n_thread;
    int64_t *first;  /**< [n_series + 1] number of the first origin of a series      */
    int64_t *begin;  /**< [n_series] that origin                                     */
    int64_t *end;    /**< [n_series] rows of training and validation part            */
    double *weights; /**< [T] targets of each step that are scored, all above 0      */
} lts_view_valid;

/**
 * @param options  only stride, max_windows and n_threads may differ from 0; NULL = all defaults
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if the model does not fit view and
 *         loss, there is no window, or a step has no target that is scored; LSTM_E_NOMEM. Clear
 *         `valid` in each case.
 */
lstm_status lts_view_valid_init(lts_view_valid *valid, const lstm_view *view, const lts_loss *loss,
                                const lstm_model *model, const lstm_valid_options *options);
void lts_view_valid_clear(lts_view_valid *valid);

/**
 * The root mean squared error of each step in the units of x (view.h), over windows, channels and
 * targets that are scored.
 *
 * @param[out] total  [T]
 * @return LSTM_OK; LSTM_E_NUMERIC; LSTM_E_NOMEM. On failure `total` may be changed.
 */
lstm_status lts_view_valid_run(const lts_view_valid *valid, const lstm_model *model, double *total);

#endif
