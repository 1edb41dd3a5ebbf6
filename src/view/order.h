/* SPDX-License-Identifier: MIT */
#ifndef LTS_VIEW_ORDER_H
#define LTS_VIEW_ORDER_H

#include "base/real.h"

/** Part of a column: n values, each `stride` elements after the one before. NaN and values whose
 * bit is set are ignored. */
typedef struct lts_stretch {
    const real *values;
    int64_t stride, n;
    const uint64_t
        *filled; /**< bit first + i stride of value i, as in lts_dataset_series; NULL = none */
    int64_t first;
} lts_stretch;

/** Value i; NaN if it is ignored. */
static inline real lts_stretch_value(const lts_stretch *stretch, int64_t i)
{
    int64_t bit = stretch->first + i * stretch->stride;
    bool ignored = stretch->filled != NULL && (stretch->filled[bit / 64] >> (bit % 64) & 1) != 0;
    return ignored ? (real)NAN : stretch->values[i * stretch->stride];
}

/**
 * The values of rank `rank` and rank + 1 among all values of the stretches in ascending order,
 * exactly and without a copy of them. The rank is 0 .. number of values - 1; above the last one,
 * pair[1] is pair[0].
 */
void lts_order_pair(const lts_stretch *stretches, int64_t n_stretch, int64_t rank, real pair[2]);

#endif
