/* SPDX-License-Identifier: MIT */
#ifndef LTS_FORECASTER_PATHS_H
#define LTS_FORECASTER_PATHS_H

#include "forecaster/forecaster.h"

/**
 * Residuals of the latest forecasts from rows since the fit, all of whose rows are before `origin`; none
 * leave `fresh` as it is. LSTM_E_NOMEM and the errors of a forecast.
 */
lstm_status lts_fresh_residuals(const lstm_forecaster *forecaster, const lstm_dataset *dataset,
                                int64_t series, int64_t origin, int64_t n_thread,
                                lts_residuals *fresh);

#endif
