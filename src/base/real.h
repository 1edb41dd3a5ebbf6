/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_REAL_H
#define LTS_BASE_REAL_H

#include <lstmts/export.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The engine is written once, in `real`; see LSTMTS_TEST_DOUBLE in lstmts/export.h. */
typedef lstm_real real;

#ifdef LSTMTS_TEST_DOUBLE
#define real_exp  exp
#define real_tanh tanh
#define real_sqrt sqrt
#else
#define real_exp  expf
#define real_tanh tanhf
#define real_sqrt sqrtf
#endif

#ifdef LSTMTS_TEST_DOUBLE
typedef uint64_t lts_bits;
#define LTS_INFINITY_BITS UINT64_C(0x7ff0000000000000)
#else
typedef uint32_t lts_bits;
#define LTS_INFINITY_BITS UINT32_C(0x7f800000)
#endif

/** Whether all values are finite: their exponents are not all ones. The loop has no branch. */
static inline bool lts_all_finite(const real *values, int64_t n)
{
    lts_bits bad = 0;
    for (int64_t i = 0; i < n; i++) {
        lts_bits bits;
        memcpy(&bits, &values[i], sizeof bits);
        bad |= (bits & LTS_INFINITY_BITS) == LTS_INFINITY_BITS;
    }
    return bad == 0;
}

/** Position of the first value that is not finite, or -1. */
static inline int64_t lts_first_nonfinite(const real *values, int64_t n)
{
    if (lts_all_finite(values, n))
        return -1;
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return i;
    return -1;
}

#endif
