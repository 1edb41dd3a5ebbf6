/* SPDX-License-Identifier: MIT */
#ifndef LTS_DATA_SERIES_H
#define LTS_DATA_SERIES_H

#include "base/real.h"
#include <lstmts/series.h>

#include <stdbool.h>

struct lstm_series {
    int64_t n_row, n_column;
    real *rows;     /**< [n_row, n_column]       */
    int64_t *roles; /**< [n_column], LSTM_ROLE_* */
};

/** Whether a column is predicted, and whether it is read. */
static inline bool lts_role_is_target(int64_t role)
{
    return role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET;
}

static inline bool lts_role_is_input(int64_t role)
{
    return role != LSTM_ROLE_TARGET;
}

/** The first column of a role, or -1. */
int64_t lts_series_find_role(const lstm_series *series, int64_t role);

#endif
