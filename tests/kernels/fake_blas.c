/* SPDX-License-Identifier: MIT */
/*
 * The fake BLAS: a shared library with the name of the real one. Loading it changes errno and the
 * rounding mode, as initialization may.
 */
#include "fake_blas.h"

#include <errno.h>
#include <fenv.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

fake_blas the_fake_blas;

int openblas_get_parallel(void);
void cblas_sgemm(int order, int a_transposed, int b_transposed, int m, int n, int n_inner,
                 float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                 float *c, int ldc);
void cblas_sgemv(int order, int a_transposed, int m, int n, float alpha, const float *a, int lda,
                 const float *x, int x_step, float beta, float *y, int y_step);

static void change_state(void)
{
    errno = ERANGE;
    fesetround(FE_UPWARD);
}

__attribute__((constructor)) static void initialize(void)
{
    the_fake_blas.rounding_when_loaded = fegetround();
    change_state();
}

int openblas_get_parallel(void)
{
    return the_fake_blas.parallel;
}

static void expect(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "the fake BLAS was called with wrong arguments: %s\n", what);
    abort();
}

static void enter(void)
{
    fake_blas *fake = &the_fake_blas;
    int now = atomic_fetch_add(&fake->inside, 1) + 1, most = atomic_load(&fake->most_inside);
    while (now > most && !atomic_compare_exchange_weak(&fake->most_inside, &most, now))
        ;
    sched_yield();
}

static void leave(void)
{
    fake_blas *fake = &the_fake_blas;
    if (fake->mode == FAKE_BLAS_CHANGES_STATE)
        change_state();
    while ((fake->mode == FAKE_BLAS_MEETS && fake->most_inside < 2) ||
           (fake->mode == FAKE_BLAS_STAYS && !fake->may_leave))
        sched_yield();
    atomic_fetch_add(&fake->called, 1);
    atomic_fetch_sub(&fake->inside, 1);
}

void cblas_sgemm(int order, int a_transposed, int b_transposed, int m, int n, int n_inner,
                 float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                 float *c, int ldc)
{
    enter();
    expect(order == ROW_MAJOR && b_transposed == NO_TRANS, "the order");
    expect(a_transposed == NO_TRANS || a_transposed == TRANS, "the transposition");
    expect(m > 0 && n > 0 && n_inner > 0, "a size");
    expect(alpha == 1 && beta == 1, "alpha or beta");
    expect(lda >= (a_transposed == TRANS ? m : n_inner) && ldb >= n && ldc >= n, "a row");
    for (ptrdiff_t i = 0; i < m; i++)
        for (ptrdiff_t p = 0; p < n_inner; p++) {
            float factor = a_transposed == TRANS ? a[p * lda + i] : a[i * lda + p];
            for (ptrdiff_t j = 0; j < n; j++)
                c[i * ldc + j] += factor * b[p * ldb + j];
        }
    leave();
}

void cblas_sgemv(int order, int a_transposed, int m, int n, float alpha, const float *a, int lda,
                 const float *x, int x_step, float beta, float *y, int y_step)
{
    enter();
    expect(order == ROW_MAJOR && a_transposed == TRANS, "the order");
    expect(m > 0 && n > 0, "a size");
    expect(alpha == 1 && beta == 1, "alpha or beta");
    expect(lda >= n && x_step == 1 && y_step == 1, "a row");
    for (ptrdiff_t p = 0; p < m; p++)
        for (ptrdiff_t j = 0; j < n; j++)
            y[j] += x[p] * a[p * lda + j];
    leave();
}
