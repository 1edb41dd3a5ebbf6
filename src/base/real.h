/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_REAL_H
#define LTS_BASE_REAL_H

#include <lstmts/export.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

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

/** Position of the first value that is not finite, or -1. */
static inline int64_t lts_first_nonfinite(const real *values, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return i;
    return -1;
}

#endif
