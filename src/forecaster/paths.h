/* SPDX-License-Identifier: MIT */
#ifndef LTS_FORECASTER_PATHS_H
#define LTS_FORECASTER_PATHS_H

#include "forecaster/forecaster.h"

/** The latest forecasts of a series since the fit whose rows are all before `origin`. */
int64_t lts_count_fresh(const lstm_forecaster *forecaster, const lstm_dataset *dataset,
                        int64_t series, int64_t origin);

/** Of the n forecasts of all series, those of one series from number `first` on. */
typedef struct lts_fresh_share {
    int64_t first, n;
    int64_t most; /**< of all forecasts this number is computed, spread evenly */
} lts_fresh_share;

/**
 * Their residuals, as many as the share has of them; none leave `fresh` as it is. LSTM_E_NOMEM and
 * the errors of a forecast.
 */
lstm_status lts_fresh_residuals(const lstm_forecaster *forecaster, const lstm_dataset *dataset,
                                int64_t series, int64_t origin, const lts_fresh_share *share,
                                int64_t n_thread, lts_residuals *fresh);

#endif
