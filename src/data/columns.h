/* SPDX-License-Identifier: MIT */
#ifndef LTS_DATA_COLUMNS_H
#define LTS_DATA_COLUMNS_H

#include "data/series.h"

/** The columns of a model's inputs, targets and feedback, copied from the roles of a series. */
typedef struct lts_columns {
    int64_t D, K;
    int64_t *input;  /**< [D] column of the series                                       */
    int64_t *target; /**< [K] column of the series                                       */
    int64_t *feed;   /**< [D] the output k that replaces this input in a closed loop, or -1 */
} lts_columns;

/**
 * Copy the roles. LSTM_E_SHAPE if the series has no input or no target; LSTM_E_NOMEM. On failure
 * there is nothing to clear.
 */
lstm_status lts_columns_init(lts_columns *columns, const lstm_series *series);
void lts_columns_clear(lts_columns *columns);

/** LSTM_E_SHAPE unless the series has D inputs and K targets. */
lstm_status lts_columns_match(const lts_columns *columns, int64_t D, int64_t K);

/** Copy the columns `column` [n] of the rows offsets[b] + shift to out [B, n]. */
void lts_gather(const lstm_series *series, const int64_t *column, int64_t n, const int64_t *offsets,
                int64_t B, int64_t shift, real *out);

/** Replace the fed-back columns of x [B, D] by outputs y [B, K]. */
void lts_feed(const lts_columns *columns, int64_t B, const real *y, real *x);

#endif
