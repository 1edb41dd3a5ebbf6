/* SPDX-License-Identifier: MIT */
/* Forecasts that may not depend on how many others are computed with them. */
#ifndef TESTS_SAME_ROWS_H
#define TESTS_SAME_ROWS_H

#include "assert_status.h"

#include "kernels/kernels.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <string.h>

/* With a BLAS, a row may be summed in another order if there are more rows. */
static inline bool by_blas(void)
{
    return lts_kernels_select(1)->forbids_threads;
}

/* Asserts that the n values of series `number` have the same bits; with a BLAS, nearly the same. */
static inline void assert_same_rows(const char *what, int64_t number, const lstm_real *got,
                                    const lstm_real *want, int64_t n)
{
    const double allowed = sizeof *got == sizeof(float) ? 1e-5 : 1e-12; /* as of golden cases */
    for (int64_t i = 0; i < n; i++)
        if (by_blas() ? !(fabs((double)got[i] - (double)want[i]) <= allowed)
                      : memcmp(&got[i], &want[i], sizeof *got) != 0)
            fail_msg("%s: element %d of series %d is %.17g, not %.17g", what, (int)i, (int)number,
                     (double)got[i], (double)want[i]);
}

#endif
