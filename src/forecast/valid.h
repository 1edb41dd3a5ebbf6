/* SPDX-License-Identifier: MIT */
#ifndef LTS_FORECAST_VALID_H
#define LTS_FORECAST_VALID_H

#include "data/window.h"
#include "network/model.h"
#include <lstmts/forecast.h>

/** Checked options of a validation. */
typedef struct lts_valid_plan {
    lts_window window;
    int64_t n_window; /**< all of the stride                    */
    int64_t stride;
    int64_t n_used; /**< of these, by max_windows             */
    int64_t max_windows, n_thread, support_len, lag, K;
} lts_valid_plan;

/** Check options against model and series. Errors as of lstm_valid(). */
lstm_status lts_valid_check(const lstm_model *model, const lstm_series *series,
                            const lstm_valid_options *options, lts_valid_plan *plan);

/** Compute rmse [T, K+1] as lstm_valid(). LSTM_E_NUMERIC, LSTM_E_NOMEM. */
lstm_status lts_valid_run(const lstm_model *model, const lstm_series *series,
                          const lts_valid_plan *plan, double *rmse);

#endif
