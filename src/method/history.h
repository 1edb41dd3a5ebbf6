/* SPDX-License-Identifier: MIT */
/* The past of one column, as an array of doubles. */
#ifndef LTS_METHOD_HISTORY_H
#define LTS_METHOD_HISTORY_H

#include "data/dataset.h"

/** x [n] = rows first .. first + n - 1 of a stored column, as known before row first + n. */
void lts_history_read(const lstm_dataset *dataset, int64_t series, int64_t column, int64_t first,
                      int64_t n, double *x);

/** Rows first .. end - 1. */
typedef struct lts_span {
    int64_t first, end;
} lts_span;

/** From the first observed value of x [n] to the last one; empty if there is none. */
lts_span lts_history_span(int64_t n, const double *x);

/**
 * Fill missing values of x [n]: by the line between the values before and after them, or by the
 * nearest value at an end. Returns false if there is no value at all.
 */
bool lts_history_fill(int64_t n, double *x);

#endif
