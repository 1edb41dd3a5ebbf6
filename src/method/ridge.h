/* SPDX-License-Identifier: MIT */
/*
 * Ridge regression of the next H values of a column on its last L ones, with an intercept. One
 * regression for all columns: windows of all of them are pooled.
 *
 * A base, the mean of the last base_len values of the context, is subtracted from the context and
 * the targets of a window, and added to its forecast. base_len 1 is the last value, L the mean of
 * the context; with 0 nothing is subtracted.
 *
 * The weights w of step h minimize
 *
 *     sum over n windows of (y_h - c_h - w . x)^2 + n penalty |w|^2
 *
 * (scikit-learn's Ridge with alpha = n penalty). The intercept c_h is not penalized.
 *
 * The horizon is divided into n_block blocks of steps, each of which is a regression of its own: a
 * window takes part in those blocks whose targets are all in the training part, so that near steps
 * learn from more windows than far ones.
 *
 * A gap of a few rows is bridged by the line between the values before and after it, if both lie in
 * the rows that are read. A window with a longer gap takes part in no regression: else it would
 * learn the lines.
 */
#ifndef LTS_METHOD_RIDGE_H
#define LTS_METHOD_RIDGE_H

#include "kernels/kernels.h"
#include <lstmts/status.h>

typedef struct lts_ridge_options {
    int64_t L;           /**< context, >= 1                                                   */
    int64_t H;           /**< horizon, >= 1                                                   */
    int64_t base_len;    /**< 0 .. L                                                          */
    int64_t n_block;     /**< 1 .. H                                                          */
    double penalty;      /**< > 0; 0: each block takes the one of 1e-4, 3e-4, .. 1 with the least
                           squared error on its windows of the validation part; .03 if there
                           are none                                                        */
    int64_t longest_gap; /**< rows of the longest gap that is bridged, >= 0                */
} lts_ridge_options;

/**
 * A column of a table. Windows have the values (value - offset) / scale, which should be near 0.
 */
typedef struct lts_ridge_column {
    const real *values; /**< value of row t at values[t * stride]; NaN = missing              */
    int64_t stride;
    int64_t train_end; /**< training windows are in the rows before it                        */
    int64_t valid_end; /**< the targets of validation windows are rows train_end .. valid_end - 1 */
    double offset, scale;
    const uint64_t
        *filled; /**< bit first + t * stride: the value of row t counts as missing, since it
                                 was filled. NULL = none                                      */
    int64_t first;
} lts_ridge_column;

/** The value of row t; NaN if it is missing. */
static inline double lts_ridge_value(const lts_ridge_column *column, int64_t t)
{
    int64_t bit = column->first + t * column->stride;
    bool is_filled = column->filled != NULL && (column->filled[bit / 64] >> (bit % 64) & 1) != 0;
    return is_filled ? (double)NAN : (double)column->values[t * column->stride];
}

/** Receives a run [n], the values of rows first .. first + n - 1; n may be 0. */
typedef void lts_ridge_run_fn(void *user, const double *run, int64_t first, int64_t n);

/**
 * The runs without a long gap in rows first .. end - 1 of a column.
 * @param run  [end] workspace
 */
void lts_ridge_runs(const lts_ridge_column *column, int64_t longest_gap, int64_t first, int64_t end,
                    double *run, lts_ridge_run_fn *take, void *user);

/** A fitted regression. Any number of threads may read it. */
typedef struct lts_ridge {
    lts_ridge_options options;
    const lts_kernels *kernels;
    double *weights;   /**< [L + 1, H]; the last row are the intercepts */
    double *penalties; /**< [n_block], of each block                    */
} lts_ridge;

/** First step of block `block`; steps of a block end where the next one begins. */
int64_t lts_ridge_block(const lts_ridge_options *options, int64_t block);

/**
 * @param[out] ridge  free it with lts_ridge_free().
 * @param columns     [n_column]; not kept.
 * @return LSTM_OK; LSTM_E_SHAPE if a block has no training window; LSTM_E_NUMERIC if the penalty is
 *         too small for the rounding of the sums; LSTM_E_LIMIT; LSTM_E_NOMEM.
 */
lstm_status lts_ridge_fit(lts_ridge **ridge, const lts_ridge_options *options, int64_t n_column,
                          const lts_ridge_column *columns);
void lts_ridge_free(lts_ridge *ridge);

/**
 * Make a regression of given options, with all weights and penalties 0.
 * @return LSTM_OK; LSTM_E_ARGUMENT naming an option out of its range; LSTM_E_LIMIT; LSTM_E_NOMEM.
 */
lstm_status lts_ridge_new(lts_ridge **ridge, const lts_ridge_options *options);

/**
 * Forecast m contexts x [m, L], from which the base is subtracted in place: y [m, H]. A missing
 * value in a context makes its forecast missing.
 */
void lts_ridge_predict(const lts_ridge *ridge, int64_t m, double *x, double *y);

#endif
