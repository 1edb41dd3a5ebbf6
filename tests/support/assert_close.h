/* SPDX-License-Identifier: MIT */
/*
 * Compares two numbers within an absolute tolerance. A failure names the array, the element and the
 * difference.
 */
#ifndef TESTS_ASSERT_CLOSE_H
#define TESTS_ASSERT_CLOSE_H

#include "assert_status.h"
#include <inttypes.h>
#include <lstmts/export.h>
#include <math.h>

/** Tolerances of both builds against values computed in double. */
#ifdef LSTMTS_TEST_DOUBLE
#define TOLERANCE 1e-12
#else
#define TOLERANCE 1e-5
#endif

/**
 * Fails unless |got - want| <= tolerance, or both are NaN. `context` and `what` name the case and
 * the array.
 * @return |got - want|, 0 for two NaN.
 */
static inline double assert_close(const char *context, const char *what, int64_t element,
                                  double got, double want, double tolerance)
{
    if (isnan(got) && isnan(want))
        return 0;
    double error = fabs(got - want);
    if (!(error <= tolerance))
        fail_msg("%s: %s[%" PRId64 "] is %.17g, not %.17g: off by %.3g, allowed %.3g", context,
                 what, element, got, want, error, tolerance);
    return error;
}

#endif
