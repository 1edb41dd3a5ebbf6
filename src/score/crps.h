/* SPDX-License-Identifier: MIT */
#ifndef LTS_SCORE_CRPS_H
#define LTS_SCORE_CRPS_H

#include "base/real.h"

/** Pinball loss of the quantile q. */
static inline double lts_pinball(double level, double y, double q)
{
    return y >= q ? level * (y - q) : (1 - level) * (q - y);
}

/** CRPS of y under the quantiles at levels [n]: twice the mean pinball loss. */
double lts_crps_of_quantiles(int64_t n, const double *levels, const real *quantiles, double y);

/**
 * CRPS of y under samples [m]. `sorted` [m] is workspace; pairs of samples are divided by
 * m (m - 1) if fair, which needs m >= 2, else by m^2.
 */
double lts_crps_of_samples(int64_t m, const real *samples, double y, bool fair, double *sorted);

#endif
