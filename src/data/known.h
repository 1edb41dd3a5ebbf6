/* SPDX-License-Identifier: MIT */
/*
 * Filled values as they were known at an earlier row. A data set fills a gap once, with the help of
 * rows after it; a forecast from within the gap must not see them.
 */
#ifndef LTS_DATA_KNOWN_H
#define LTS_DATA_KNOWN_H

#include "data/dataset.h"

/** lts_value_known() of a value that was filled. */
real lts_value_filled(const lstm_dataset *dataset, const lts_dataset_series *m, int64_t column,
                      int64_t row, int64_t known);

/**
 * The value that a row of a stored column has in a series that ends after its first `known` rows:
 * filled by the same policy, but without later rows. NaN if it is missing there.
 *
 * @param row  0 .. known - 1
 */
static inline real lts_value_known(const lstm_dataset *dataset, const lts_dataset_series *m,
                                   int64_t column, int64_t row, int64_t known)
{
    int64_t at = row * dataset->n_column + column;
    if (known >= m->n_row || !lts_is_filled(m, at))
        return m->values[at];
    return lts_value_filled(dataset, m, column, row, known);
}

/** A value of a row of the series; NaN if it was missing, filled or not. */
static inline double lts_value_observed(const lstm_dataset *dataset, const lts_dataset_series *m,
                                        int64_t column, int64_t row)
{
    int64_t at = row * dataset->n_column + column;
    return lts_is_filled(m, at) ? (double)NAN : (double)m->values[at];
}

#endif
