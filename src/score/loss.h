/* SPDX-License-Identifier: MIT */
#ifndef LTS_SCORE_LOSS_H
#define LTS_SCORE_LOSS_H

#include "base/real.h"

/**
 * Mean of (y - target)^2 over all n elements, which is returned, and dy = 2/n (y - target), its
 * gradient. Summed in double.
 */
double lts_mean_squared_error(int64_t n, const real *y, const real *target, real *dy);

#endif
