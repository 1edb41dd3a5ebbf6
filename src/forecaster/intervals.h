/* SPDX-License-Identifier: MIT */
/*
 * Conformal intervals of a forecaster (lstmts/interval.h): calibrated on the forecasts of the
 * validation part, by members that had not seen it, and then on those rows that have become known
 * since the fit.
 */
#ifndef LTS_FORECASTER_INTERVALS_H
#define LTS_FORECASTER_INTERVALS_H

#include "forecaster/forecaster.h"
#include "forecaster/judge.h"

/**
 * Create fitted->interval, known_rows and residuals from forecasts y [n, H, K] of the judge's windows;
 * NULL = no calibration.
 * LSTM_E_LIMIT, LSTM_E_NOMEM.
 */
lstm_status lts_intervals_calibrate(lts_fitted *fitted, const lstm_forecaster_options *options,
                                    const lts_judge *judge, const real *y);

/**
 * Create fitted->interval, without scores, for the state of a file.
 * @param most  values of the state: LSTM_E_SHAPE, before anything is allocated, if it has more
 */
lstm_status lts_intervals_new(lts_fitted *fitted, const lstm_forecaster_options *options,
                              int64_t most);

/**
 * The first row from which forecasts are scored before `origin`, every interval_stride rows: since the
 * fit, but no more than the scores that are kept.
 */
int64_t lts_intervals_first(const lts_fitted *fitted, int64_t series, int64_t origin, int64_t H);

#endif
