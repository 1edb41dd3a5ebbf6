/* SPDX-License-Identifier: MIT */
#ifndef LTS_SCORE_LOSS_H
#define LTS_SCORE_LOSS_H

#include "base/real.h"

/**
 * Returns the mean of (y - target)^2 over all n elements, summed in double, and writes its gradient
 * dy = 2/n (y - target).
 */
double lts_mean_squared_error(int64_t n, const real *y, const real *target, real *dy);

#endif
