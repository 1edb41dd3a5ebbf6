/* SPDX-License-Identifier: MIT */
#ifndef LTS_DATA_COLUMNS_H
#define LTS_DATA_COLUMNS_H

#include "data/series.h"

/**
 * The columns of a model's inputs, targets and feedback, copied from the roles of a series. A known
 * covariate belongs to the predicted row, `pred` rows after the one that a step reads. Rows follow
 * each other in memory, so it is a column like any other, of a number beyond n_column.
 */
typedef struct lts_columns {
    int64_t D, K;
    int64_t *input;  /**< [D] column of the series; pred * n_column more if LSTM_ROLE_KNOWN */
    int64_t *target; /**< [K] column of the series                                          */
    int64_t *feed;   /**< [D] the output k that replaces this input in a closed loop, or -1 */
    bool known;      /**< some input is LSTM_ROLE_KNOWN: a step reads pred rows ahead, too  */
} lts_columns;

/**
 * Copy the roles. LSTM_E_SHAPE if the series has no input or no target, or has known covariates and
 * at most `pred` rows; LSTM_E_NOMEM. On failure there is nothing to clear.
 */
lstm_status lts_columns_init(lts_columns *columns, const lstm_series *series, int64_t pred);
void lts_columns_clear(lts_columns *columns);

/**
 * LSTM_E_SHAPE unless the columns fit a model with D inputs and n_output outputs, n_out for each
 * target.
 */
lstm_status lts_columns_match(const lts_columns *columns, int64_t D, int64_t n_out,
                              int64_t n_output);

/**
 * Copy the columns `column` [n] of the rows offsets[b] + shift to out [B, n]. The series must have
 * these rows, and those `pred` rows later if the columns are inputs and some is known.
 */
void lts_gather(const lstm_series *series, const int64_t *column, int64_t n, const int64_t *offsets,
                int64_t B, int64_t shift, real *out);

/**
 * Replace the fed-back columns of x [B, D] by outputs y, whose rows are y_row >= K elements apart.
 */
void lts_feed(const lts_columns *columns, int64_t B, const real *y, int64_t y_row, real *x);

#endif
