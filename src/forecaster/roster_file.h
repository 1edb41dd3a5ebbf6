/* SPDX-License-Identifier: MIT */
/* The series of a fit from a forecaster's file. */
#ifndef LTS_FORECASTER_ROSTER_FILE_H
#define LTS_FORECASTER_ROSTER_FILE_H

#include "forecaster/forecaster_tensors.h"
#include "forecaster/roster.h"
#include <jansson.h>

/** The names as a JSON array; NULL if memory is exhausted. */
json_t *lts_roster_json(const lts_roster *roster);

/**
 * @param names  array of strings; NULL = each name is its number
 * @param frame  with the columns of the fit
 * @return LSTM_OK; LSTM_E_FORMAT, LSTM_E_ARGUMENT, LSTM_E_NAME, LSTM_E_SHAPE, LSTM_E_DTYPE,
 *         LSTM_E_NUMERIC; LSTM_E_NOMEM. Clear it in each case.
 */
lstm_status lts_roster_load(lts_roster *roster, lts_tensors *tensors, const json_t *names,
                            const lstm_dataset *frame);

#endif
