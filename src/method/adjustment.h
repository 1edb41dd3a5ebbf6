/* SPDX-License-Identifier: MIT */
/*
 * Seasonal adjustment by classical decomposition: a centred moving average of m rows is the trend;
 * the mean ratio of x to the trend, by phase, divided by the mean over all phases, is the index. If
 * a value or an index is not positive, differences take the place of ratios.
 */
#ifndef LTS_METHOD_ADJUSTMENT_H
#define LTS_METHOD_ADJUSTMENT_H

#include "base/real.h"
#include <lstmts/status.h>

/** A season of m rows that was removed; m = 0: none was. */
typedef struct lts_adjustment {
    int64_t m;
    const double *index; /**< [m] of each phase; row 0 has phase 0 */
    bool ratios;         /**< else differences                     */
} lts_adjustment;

/**
 * Whether a season of m >= 2 rows is significant at 90 %: with the autocorrelations r_k of x [n],
 * n r_m^2 / (1 + weight (r_1^2 + ... + r_(m-1)^2)) > 2.7055, the quantile .9 of chi-square(1).
 * Bartlett's variance of r_m has the weight 2, as the M4 competition; statsmodels' ThetaModel has
 * 1.
 */
bool lts_has_season(int64_t n, const double *x, int64_t m, double weight);

/** Remove the season from x [n], n >= 2 m. index [m] must outlive the adjustment. */
lts_adjustment lts_adjust(int64_t n, double *x, int64_t m, double *index);

/** Give a value of a row, which may be after the last one, its season again. */
double lts_readjust(const lts_adjustment *season, int64_t row, double value);

/**
 * A method: forecasts y [H] from `gap` rows after the last of n >= 1 values x, none of which is
 * missing; it may change them. m: rows of a season, or 0; index [m]: workspace.
 */
typedef void (*lts_adjusted_fn)(int64_t n, double *x, int64_t m, int64_t gap, int64_t H, double *y,
                                double *index);

/**
 * Forecast x [n], n >= 0, with NaN for missing values: rows between two observed ones are
 * interpolated linearly, those before the first are left out, and those after the last are
 * predicted.
 *
 * @param n_season  seasons that the context must have; with fewer m is 0
 * @param[out] y    [H]; NaN if no value is observed.
 * @return LSTM_OK; LSTM_E_NOMEM.
 */
lstm_status lts_adjusted_forecast(lts_adjusted_fn method, int64_t n_season, int64_t n,
                                  const double *x, int64_t m, int64_t H, double *y);

#endif
