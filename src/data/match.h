/* SPDX-License-Identifier: MIT */
/* Whether a data set can be forecast by what was fitted to another one. */
#ifndef LTS_DATA_MATCH_H
#define LTS_DATA_MATCH_H

#include "data/dataset.h"

/** LSTM_E_SHAPE unless the columns, roles, static features and step are those of the fit. */
lstm_status lts_match_columns(const lstm_dataset *fit, const lstm_dataset *dataset);

/**
 * LSTM_E_SHAPE unless the known covariates of a forecast of H rows are there; LSTM_E_LIMIT if it
 * needs a calendar column after the year 9999.
 */
lstm_status lts_match_future(const lstm_dataset *dataset, int64_t series, int64_t origin,
                             int64_t H);

#endif
