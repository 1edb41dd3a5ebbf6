/* SPDX-License-Identifier: MIT */
#ifndef LTS_FIT_SEASON_CHOICE_H
#define LTS_FIT_SEASON_CHOICE_H

#include "data/dataset.h"
#include "forecaster/trials.h"

/**
 * The period, in rows, whose seasonal naive forecast, with or without drift, errs least in the
 * training parts at the given horizon; 0 if none errs clearly less than the naive forecast, with or
 * without drift. A longer period must err clearly less than a shorter one. Candidates are the usual
 * ones of the step (a day and a week of hours, a week and a year of days, a year of weeks, months
 * or quarters), or else the highest peaks of the autocorrelation. The errors relative to naive
 * forecasts are noted in `trials`. LSTM_E_NOMEM.
 */
lstm_status lts_choose_season(const lstm_dataset *dataset, int64_t horizon, int64_t *season_len,
                              lts_trials *trials);

#endif
