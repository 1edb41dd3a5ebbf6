/* SPDX-License-Identifier: MIT */
/*
 * Conformal intervals of a forecaster (lstmts/interval.h): calibrated on the forecasts of the
 * validation part, by members that had not seen it, and then on those rows that have become known
 * since the fit.
 */
#ifndef LTS_FORECASTER_INTERVALS_H
#define LTS_FORECASTER_INTERVALS_H

#include "evaluate/judge.h"
#include "forecaster/forecaster.h"

/**
 * Create fitted->roster, interval and residuals from forecasts of the windows of the judge.
 * @param y       [n, H, K]; NULL = no calibration
 * @param spread  [shares, n, H, K] of conformalized intervals: see lts_fitted_predict_shares();
 *                NULL = 0
 * LSTM_E_LIMIT, LSTM_E_NOMEM.
 */
lstm_status lts_intervals_calibrate(lts_fitted *fitted, const lstm_forecaster_options *options,
                                    const lts_judge *judge, const real *y, const real *spread);

/**
 * Create made->interval, where the roster is there: that of a fitted forecaster, continued by its
 * forecasts of the rows of training and validation parts that it has not seen.
 * LSTM_E_SHAPE, LSTM_E_LIMIT, LSTM_E_NOMEM.
 */
lstm_status lts_intervals_continue(lts_fitted *made, const lstm_forecaster *forecaster,
                                   const lstm_dataset *dataset, int64_t n_thread);

/**
 * Create fitted->interval, without scores, for the state of a file.
 * @param most  values of the state: LSTM_E_SHAPE, before anything is allocated, if it has more
 */
lstm_status lts_intervals_new(lts_fitted *fitted, const lstm_forecaster_options *options,
                              int64_t most);

#endif
