/* SPDX-License-Identifier: MIT */
/*
 * Shared by the tests of kernels: the sets that can run here, arrays, and sums of so many digits
 * more than `real` that their own rounding is negligible.
 *
 * A test computes its reference once and compares every set with it. So two sets differ by at most
 * twice the error that is allowed for one.
 */
#ifndef TESTS_KERNELS_FIXTURE_H
#define TESTS_KERNELS_FIXTURE_H

#include "assert_status.h"

#include "base/rng.h"
#include "kernels/pack.h"
#include "kernels/training.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef LSTMTS_TEST_DOUBLE
typedef long double wide;
#define wide_abs  fabsl
#define wide_exp  expl
#define wide_tanh tanhl
#define EPS       DBL_EPSILON
#define LEAST     DBL_TRUE_MIN
#define LARGEST   DBL_MAX
#else
typedef double wide;
#define wide_abs  fabs
#define wide_exp  exp
#define wide_tanh tanh
#define EPS       ((double)FLT_EPSILON)
#define LEAST     FLT_TRUE_MIN
#define LARGEST   FLT_MAX
#endif

/** Set number i of those that can run here, generic first; NULL after the last. */
static inline const lts_kernels *set_here(int i)
{
    static const char *const names[] = {"generic", "avx2", "avx512", "sse3", "neon", "cblas"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (lts_kernels_find(names[k]) != NULL && i-- == 0)
            return lts_kernels_find(names[k]);
    return NULL;
}

static inline void with_every_set(void (*check)(const lts_kernels *kernels))
{
    assert_non_null(set_here(0));
    for (int i = 0; set_here(i) != NULL; i++)
        check(set_here(i));
}

/** Every set except those that call a BLAS, whose sums may depend on the number of rows. */
static inline void with_every_own_set(void (*check)(const lts_kernels *kernels))
{
    for (int i = 0; set_here(i) != NULL; i++)
        if (!set_here(i)->forbids_threads)
            check(set_here(i));
}

/** Whether a set takes denormals for 0 in any environment. The vectors of ARMv7 do. */
static inline bool flushes(const lts_kernels *kernels)
{
#ifdef __arm__
    return strcmp(kernels->name, "neon") == 0;
#else
    (void)kernels;
    return false;
#endif
}

static inline real flushed(real x)
{
    return fpclassify(x) == FP_SUBNORMAL ? 0 : x;
}

static inline real *zeros(int64_t n)
{
    real *a = calloc((size_t)n + 1, sizeof *a);
    assert_non_null(a);
    return a;
}

static inline real *filled(int64_t n, real value)
{
    real *a = zeros(n);
    for (int64_t i = 0; i < n; i++)
        a[i] = value;
    return a;
}

/** Normally distributed numbers, different ones in each call. */
static inline real *random_array(int64_t n)
{
    static uint64_t counter;
    real *a = zeros(n);
    for (int64_t i = 0; i < n; i++)
        a[i] = (real)lts_rng_normal(3, 0, counter++);
    return a;
}

static inline real *copy_of(int64_t n, const real *values)
{
    real *a = zeros(n);
    memcpy(a, values, (size_t)n * sizeof *a);
    return a;
}

static inline void free_arrays(size_t n, real *const *arrays)
{
    for (size_t i = 0; i < n; i++)
        free(arrays[i]);
}
#define FREE(...)                                                                                  \
    free_arrays(sizeof((real *[]){__VA_ARGS__}) / sizeof(real *), (real *[]){__VA_ARGS__})

/** The values between rows: NaN, so that a kernel that reads them is detected. */
static inline void fill_gaps(int64_t n_row, int64_t n, int64_t stride, real *a)
{
    for (int64_t r = 0; r < n_row; r++)
        for (int64_t q = n; q < stride; q++)
            a[r * stride + q] = NAN;
}

/**
 * A sum of products as high + low, and the sum of their magnitudes. `wide` would suffice, but is
 * slow where the processor has no such type.
 */
typedef struct sum {
    double high, low, size;
} sum;

static inline void sum_add(sum *s, real x, real y)
{
    double product = (double)x * (double)y;
    double rest = sizeof(real) == 4 ? 0 : fma((double)x, (double)y, -product);
    double high = s->high + product, back = high - s->high;
    s->low += (s->high - (high - back)) + (product - back) + rest;
    s->high = high;
    s->size += fabs(product);
}

/**
 * The error of a sum of n + 1 rounded products, in any order, is at most eps n times the sum of
 * their magnitudes.
 */
static inline void assert_sum(const char *what, int64_t i, int64_t j, real got, const sum *want,
                              int64_t n)
{
    double error = ((double)got - want->high) - want->low;
    if (!(fabs(error) <= EPS * (double)(n + 1) * want->size))
        fail_msg("%s[%d][%d] is %g, not %g", what, (int)i, (int)j, (double)got, want->high);
}

/** The same for a value whose error grows with `size`. */
static inline void assert_near(const char *what, int64_t i, int64_t j, real got, wide want,
                               wide size, int64_t n)
{
    if (!(wide_abs((wide)got - want) <= (wide)EPS * (wide)(n + 1) * size))
        fail_msg("%s[%d][%d] is %g, not %g", what, (int)i, (int)j, (double)got, (double)want);
}

/** Equal bits; all NaNs count as equal. */
static inline void assert_same(const char *what, int64_t i, int64_t j, real got, real want)
{
    if (isnan(want) ? !isnan(got) : memcmp(&got, &want, sizeof got) != 0)
        fail_msg("%s[%d][%d] is %.9g, not %.9g", what, (int)i, (int)j, (double)got, (double)want);
}

#endif
