/* SPDX-License-Identifier: MIT */
/*
 * Effects of known covariates on columns: a column is y_t = b . u_t + r_t with covariates u_t that
 * are known in advance, and ridge regression forecasts the rest r. One vector b for each target,
 * pooled over the series.
 *
 * The rest is autocorrelated, and may be a random walk: least squares of levels would take one
 * walk for the effect of another. So rows are whitened first (Cochrane and Orcutt 1949): of y and
 * of each covariate the errors e of one and the same forecast of the next row are taken. It is
 * linear, so that
 *
 *     e(y)_t = b . e(u)_t + e(r)_t
 *
 * with errors e(r) that are nearly independent. The forecast is a ridge regression of the next row,
 * first on the column, then on its rest by the first b.
 *
 * The penalty of b is in proportion to the squares of e(u), so that units do not matter. Each
 * target takes the one with the least squared error e(y) - b . e(u) on its validation part; or no
 * effects, unless the error is clearly less with them.
 */
#ifndef LTS_METHOD_EFFECTS_H
#define LTS_METHOD_EFFECTS_H

#include "method/ridge.h"

typedef struct lts_effects {
    int64_t n;         /**< covariates; 0 = no effects                        */
    int64_t n_target;  /**< K                                                 */
    double *values;    /**< [K, n] b                                          */
    double *penalties; /**< [K] per row, in parts of the mean square; 0 = b is 0 */
} lts_effects;

/** Columns and the covariates of their rows. */
typedef struct lts_effects_data {
    int64_t n_series, n_target, n;
    lts_ridge_column *columns; /**< [n_series, n_target]; columns of a series have the same parts */
    const real *known; /**< of one series after the other [max(train_end, valid_end), n]; finite */
} lts_effects_data;

/**
 * Fit effects, and take them away from the columns.
 * @param[out] effects  clear it with lts_effects_clear(). Without effects n is 0, and the columns
 *                      keep their bits.
 * @param options       of the ridge regression of the rest
 * @param like          effects whose penalties are taken; NULL = by the validation part, or .01 if
 *                      there is none
 * @param[out] rest     values that the columns of `data` point to from now on, or NULL: free it
 * @return LSTM_OK, also if there are too few rows for effects; LSTM_E_LIMIT; LSTM_E_NOMEM.
 */
lstm_status lts_effects_fit(lts_effects *effects, const lts_ridge_options *options,
                            const lts_effects_data *data, const lts_effects *like, real **rest);

/** Effects that are 0, of penalties 0. LSTM_E_NOMEM; then there is nothing to clear. */
lstm_status lts_effects_new(lts_effects *effects, int64_t n_target, int64_t n);
void lts_effects_clear(lts_effects *effects);

/** What covariates u [n] of a row add to a target. */
static inline double lts_effects_sum(const lts_effects *effects, int64_t target, const real *u)
{
    double sum = 0;
    const double *b = effects->values + target * effects->n;
    for (int64_t i = 0; i < effects->n; i++)
        sum += b[i] * (double)u[i];
    return sum;
}

#endif
