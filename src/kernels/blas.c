/* SPDX-License-Identifier: MIT */
#include "kernels/blas.h"

#include "base/float_env.h"
#include "base/keep_errno.h"

#include <cblas.h>
#include <limits.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

/*
 * 0: no threads, 1: threads of its own, 2: OpenMP. Weak, since the library behind -lblas may be
 * another one at run time than at build time: Debian's alternatives replace it.
 */
#ifndef LTS_BLAS_OPENBLAS
__attribute__((weak))
#endif
extern int
openblas_get_parallel(void);

bool lts_blas_is_openblas(void)
{
#ifdef LTS_BLAS_OPENBLAS
    return true;
#else
    return openblas_get_parallel != NULL;
#endif
}

static bool blas_has_threads(void)
{
    return lts_blas_is_openblas() && openblas_get_parallel() > 0;
}

/*
 * The process whose thread is in the BLAS, or 0. A mutex that another thread held would stay locked
 * in a forked child forever; an owner that is not this process is gone.
 */
static atomic_int owner;

/* Yields first, since most products take microseconds; then sleeps, so that a waiting thread of
 * high priority lets the owner run. */
static void wait_for_owner(int *turns)
{
    const struct timespec pause = {0, 50000};
    if (++*turns < 100)
        sched_yield();
    else
        nanosleep(&pause, NULL);
}

static void lock_blas(void)
{
    int self = getpid(), turns = 0;
    for (;;) {
        int found = 0;
        if (atomic_compare_exchange_strong(&owner, &found, self))
            return;
        if (found != self && atomic_compare_exchange_strong(&owner, &found, self))
            return;
        wait_for_owner(&turns);
    }
}

static void unlock_blas(void)
{
    atomic_store(&owner, 0);
}

#ifdef LSTMTS_TEST_DOUBLE
#define GEMM cblas_dgemm
#define GEMV cblas_dgemv
#else
#define GEMM cblas_sgemm
#define GEMV cblas_sgemv
#endif

/* All sizes fit int. One row is a product with a vector: for it, gemm would first copy B. */
static void call_blas(bool a_transposed, int64_t m, int64_t n, int64_t n_inner, const real *a,
                      int64_t lda, const real *b, int64_t ldb, real *c, int64_t ldc)
{
    LTS_KEEP_ERRNO();
    bool alone = !blas_has_threads();
    if (alone)
        lock_blas();
    if (m == 1 && !a_transposed)
        GEMV(CblasRowMajor, CblasTrans, (int)n_inner, (int)n, 1, b, (int)ldb, a, 1, 1, c, 1);
    else
        GEMM(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, (int)m, (int)n,
             (int)n_inner, 1, a, (int)lda, b, (int)ldb, 1, c, (int)ldc);
    if (alone)
        unlock_blas();
    if (!lts_float_is_default()) {
        lts_float_env changed;
        lts_float_set_default(&changed);
    }
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void lts_blas_add_product(bool a_transposed, int64_t m, int64_t n, int64_t n_inner, const real *a,
                          int64_t lda, const real *b, int64_t ldb, real *c, int64_t ldc)
{
    const int64_t most = 1 << 24; /* fits int, also as the distance of two rows */
    /* rows that are further apart than an int can tell are multiplied one by one */
    int64_t rows = ldc > INT_MAX || (!a_transposed && lda > INT_MAX) ? 1 : most;
    int64_t inner = ldb > INT_MAX || (a_transposed && lda > INT_MAX) ? 1 : most;
    for (int64_t p = 0; p < n_inner; p += inner)
        for (int64_t i = 0; i < m; i += rows)
            for (int64_t j = 0; j < n; j += most) {
                int64_t now_m = smaller(rows, m - i), now_n = smaller(most, n - j),
                        now_inner = smaller(inner, n_inner - p);
                int64_t a_columns = a_transposed ? now_m : now_inner;
                int64_t a_rows = a_transposed ? now_inner : now_m;
                call_blas(a_transposed, now_m, now_n, now_inner,
                          a_transposed ? a + p * lda + i : a + i * lda + p,
                          a_rows == 1 ? a_columns : lda, b + p * ldb + j,
                          now_inner == 1 ? now_n : ldb, c + i * ldc + j, now_m == 1 ? now_n : ldc);
            }
}
