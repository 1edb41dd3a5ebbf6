/* SPDX-License-Identifier: MIT */
#ifndef LTS_VIEW_ORDER_H
#define LTS_VIEW_ORDER_H

#include "base/real.h"

/** Part of a column: n values, each `stride` elements after the one before. NaN is ignored. */
typedef struct lts_stretch {
    const real *values;
    int64_t stride, n;
} lts_stretch;

/**
 * The values of rank `rank` and rank + 1 among all values of the stretches in ascending order, exactly
 * and without a copy of them. The rank is 0 .. number of values - 1; above the last one, pair[1] is
 * pair[0].
 */
void lts_order_pair(const lts_stretch *stretches, int64_t n_stretch, int64_t rank, real pair[2]);

#endif
