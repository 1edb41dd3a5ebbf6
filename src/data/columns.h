/* SPDX-License-Identifier: MIT */
#ifndef LTS_DATA_COLUMNS_H
#define LTS_DATA_COLUMNS_H

#include "data/series.h"

/** Which columns a model sees, predicts, and is fed back: the roles of a series at one moment. */
typedef struct lts_columns {
    int64_t D, K;
    int64_t *input;  /**< [D] column of the series                                       */
    int64_t *target; /**< [K] column of the series                                       */
    int64_t *feed;   /**< [D] the output k that stands for this input in a closed loop, or -1 */
} lts_columns;

/**
 * Take over the roles. LSTM_E_SHAPE if the series has no input or no target; LSTM_E_NOMEM. On
 * failure there is nothing to clear.
 */
lstm_status lts_columns_init(lts_columns *columns, const lstm_series *series);
void lts_columns_clear(lts_columns *columns);

/** LSTM_E_SHAPE unless a model of D inputs and K outputs fits the columns. */
lstm_status lts_columns_match(const lts_columns *columns, int64_t D, int64_t K);

/** out [B, n]: the columns `column` [n] of the rows offsets[b] + shift. */
void lts_gather(const lstm_series *series, const int64_t *column, int64_t n, const int64_t *offsets,
                int64_t B, int64_t shift, real *out);

/** x [B, D]: the fed-back columns replaced by those of y [B, K]. */
void lts_feed(const lts_columns *columns, int64_t B, const real *y, real *x);

#endif
