/* SPDX-License-Identifier: MIT */
/*
 * A data set of one series of which only the last rows are kept, for live series of any length.
 * After its creation nothing allocates.
 *
 * Rows keep their times and their places in a season, so that views of the kept rows see what they
 * would see in all of them. Missing values are filled anew as long as their row is kept; so a
 * filled value is as in a data set of all rows, unless its gap is longer than the rows that are
 * kept.
 */
#ifndef LTS_DATA_LIVE_H
#define LTS_DATA_LIVE_H

#include "data/dataset.h"

/**
 * @param frame     the data set whose columns it has; not kept
 * @param name      of the series, for messages
 * @param n_keep    rows that are always kept once they are there, >= 1
 * @param n_future  most rows of lts_dataset_push_future(), >= 0
 * @return LSTM_OK; LSTM_E_NOMEM.
 */
lstm_status lts_live_new(lstm_dataset **live, const lstm_dataset *frame, const char *name,
                         int64_t n_keep, int64_t n_future, int64_t start);

/** Number of rows that must be dropped before the next lts_dataset_push(); mostly 0. */
int64_t lts_live_surplus(const lstm_dataset *live, int64_t n_keep);

/**
 * Drop the first n rows. Values that were filled with their help stay as they are from
 * now on. (If the first row that is left lies in a gap that no row has closed, LSTM_MISSING_LINEAR
 * draws the line of its later rows from there.)
 */
void lts_live_drop(lstm_dataset *live, int64_t n);

#endif
