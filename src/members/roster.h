/* SPDX-License-Identifier: MIT */
/*
 * The series of a fit: their names, up to where each was known, and the size of its changes. A
 * series of another data set is found here by its name, and its rows by their times.
 */
#ifndef LTS_MEMBERS_ROSTER_H
#define LTS_MEMBERS_ROSTER_H

#include "evaluate/judge.h"
#include "store/tensors.h"
#include <jansson.h>

/** All 0 at first: no series. */
typedef struct lts_roster {
    int64_t n, K;
    lts_names names;
    int64_t *known_rows;  /**< [n] rows of each series that the fit has seen                      */
    int64_t *known_until; /**< [n] the time of the row after them; all 0 where rows have no times */
    double *scales;      /**< [n, K] mean absolute change over a season in the training part, > 0 */
    double *mean_scales; /**< [K] the mean over the series                                       */
} lts_roster;

void lts_roster_clear(lts_roster *roster);

/**
 * The series of the judge's data set. A column that does not change in the training part has the
 * mean scale of those that do, or 1. LSTM_E_NOMEM; clear it in each case.
 */
lstm_status lts_roster_take(lts_roster *roster, const lts_judge *judge);

/**
 * The series of `before`, and after them those of a data set that it has not; these have mean
 * scales, and no row is known.
 * @param[out] numbers  [n_series] of the series of the data set
 * @return LSTM_OK; LSTM_E_NOMEM; clear it in each case.
 */
lstm_status lts_roster_extend(lts_roster *roster, const lts_roster *before,
                              const lstm_dataset *dataset, int64_t *numbers);

/** Set mean_scales, after the scales. */
void lts_roster_average(lts_roster *roster);

/** The rows of training and validation part of a series are known now. */
void lts_roster_learn(lts_roster *roster, int64_t number, const lstm_dataset *dataset,
                      int64_t series);

/**
 * The series of a file.
 * @param names  array of strings; NULL = each name is its number
 * @param frame  with the columns of the fit
 * @return LSTM_OK; LSTM_E_FORMAT, LSTM_E_ARGUMENT, LSTM_E_NAME, LSTM_E_SHAPE, LSTM_E_DTYPE,
 *         LSTM_E_NUMERIC; LSTM_E_NOMEM. Clear it in each case.
 */
lstm_status lts_roster_load(lts_roster *roster, lts_tensors *tensors, const json_t *names,
                            const lstm_dataset *frame);

/**
 * The number in the fit of a series of a data set: the one with the same name. Where the series has
 * no name, here or there, the one with the same number. -1 = none, or the fit has seen no row of
 * it.
 */
int64_t lts_roster_find(const lts_roster *roster, const lstm_dataset *dataset, int64_t series);

/**
 * The first row that the fit has not seen, of rows that begin at `start`; 0 of a new series, with
 * number -1. Without times rows are numbered as in the fit.
 */
int64_t lts_roster_known(const lts_roster *roster, int64_t number, const lstm_dataset *dataset,
                         int64_t start);

/** Whether no series has a name: they are numbers. */
bool lts_roster_is_numbered(const lts_roster *roster);

#endif
