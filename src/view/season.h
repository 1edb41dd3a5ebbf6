/* SPDX-License-Identifier: MIT */
/*
 * The season of each column of a data set as a table over its period: a lookup per value where
 * harmonics would take as many sines.
 */
#ifndef LTS_VIEW_SEASON_H
#define LTS_VIEW_SEASON_H

#include "view/scaler.h"
#include <lstmts/view.h>

typedef struct lts_season {
    int64_t kind;    /**< lstm_season                                              */
    int64_t n_phase; /**< entries of a column                                      */
    double period;   /**< in rows; LSTM_SEASON_YEAR: 1 year                        */
    real *values;    /**< [C, n_phase + 1], the last entry is the first. NULL = no season */
} lts_season;

/**
 * Fit the seasons of target columns to their scaled values. The other columns have none, nor has a
 * column without any value.
 *
 * @param rows        lstm_part
 * @param transforms  [C]
 * @return LSTM_OK; LSTM_E_SHAPE naming the column if it has too few values; LSTM_E_NOMEM. On failure
 *         there is nothing to clear.
 */
lstm_status lts_season_fit(lts_season *season, const lstm_view_options *options,
                           const lstm_dataset *dataset, int64_t rows,
                           const lts_transform *transforms, const lts_scaler *scaler);
/** Entries of a column's table for these options; 0 = no season. */
int64_t lts_season_phases(const lstm_view_options *options);

/** A season of these options with all values 0. LSTM_E_NOMEM; then there is nothing to clear. */
lstm_status lts_season_new(lts_season *season, const lstm_view_options *options, int64_t n_column);
void lts_season_clear(lts_season *season);

/** The season of a column in a row of a series. */
double lts_season_value(const lts_season *season, const lstm_dataset *dataset, int64_t series,
                        int64_t column, int64_t row);

#endif
