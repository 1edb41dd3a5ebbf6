/* SPDX-License-Identifier: MIT */
/*
 * Matrix products: CBLAS where there is one and the product is large enough to repay the call,
 * plain loops elsewhere. A product's size alone decides, so that equal calls give equal bits.
 */
#include "kernels/gemm.h"

#include <string.h>

/*
 * Plain loops. Tiles of op(B) are packed row by row into `panel`, so that the inner loop runs along
 * a row of C and a row of the panel and vectorizes without reordering any sum; the sum over the
 * inner index always runs in its order.
 */
enum { TILE = 64 };

static void pack_panel(enum lts_transpose trans_b, const real *b, int64_t ldb, int64_t rows,
                       int64_t columns, real panel[TILE][TILE])
{
    for (int64_t p = 0; p < rows; p++)
        for (int64_t j = 0; j < columns; j++)
            panel[p][j] = trans_b == LTS_PLAIN ? b[p * ldb + j] : b[j * ldb + p];
}

static void multiply_panel(enum lts_transpose trans_a, const real *a, int64_t lda, int64_t m,
                           int64_t rows, int64_t columns, real panel[TILE][TILE], real *c,
                           int64_t ldc)
{
    for (int64_t i = 0; i < m; i++) {
        real *restrict out = c + i * ldc;
        for (int64_t p = 0; p < rows; p++) {
            real factor = trans_a == LTS_PLAIN ? a[i * lda + p] : a[p * lda + i];
            const real *restrict row = panel[p];
            for (int64_t j = 0; j < columns; j++)
                out[j] += factor * row[j];
        }
    }
}

static void gemm_tiled(enum lts_transpose trans_a, enum lts_transpose trans_b, int64_t m, int64_t n,
                       int64_t n_inner, const real *a, int64_t lda, const real *b, int64_t ldb,
                       real *c, int64_t ldc)
{
    real panel[TILE][TILE];
    for (int64_t p = 0; p < n_inner; p += TILE)
        for (int64_t j = 0; j < n; j += TILE) {
            int64_t rows = n_inner - p < TILE ? n_inner - p : TILE;
            int64_t columns = n - j < TILE ? n - j : TILE;
            const real *b_tile = trans_b == LTS_PLAIN ? b + p * ldb + j : b + j * ldb + p;
            const real *a_tile = trans_a == LTS_PLAIN ? a + p : a + p * lda;
            pack_panel(trans_b, b_tile, ldb, rows, columns, panel);
            multiply_panel(trans_a, a_tile, lda, m, rows, columns, panel, c + j, ldc);
        }
}

/*
 * Few rows times a transposed matrix, the product of a streaming step: packing would cost as much
 * as multiplying. Eight partial sums per dot product let it vectorize.
 */
enum { LANES = 8 };

static real dot(const real *restrict x, const real *restrict y, int64_t n)
{
    real lane[LANES] = {0};
    int64_t whole = n - n % LANES;
    for (int64_t p = 0; p < whole; p += LANES)
        for (int64_t q = 0; q < LANES; q++)
            lane[q] += x[p + q] * y[p + q];
    real sum =
        ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    for (int64_t p = whole; p < n; p++)
        sum += x[p] * y[p];
    return sum;
}

static void gemm_dots(int64_t m, int64_t n, int64_t n_inner, const real *a, int64_t lda,
                      const real *b, int64_t ldb, real *c, int64_t ldc)
{
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++)
            c[i * ldc + j] += dot(a + i * lda, b + j * ldb, n_inner);
}

static void gemm_plain(enum lts_transpose trans_a, enum lts_transpose trans_b, int64_t m, int64_t n,
                       int64_t n_inner, const real *a, int64_t lda, const real *b, int64_t ldb,
                       real *c, int64_t ldc)
{
    if (m < 4 && trans_a == LTS_PLAIN && trans_b == LTS_TRANSPOSED)
        gemm_dots(m, n, n_inner, a, lda, b, ldb, c, ldc);
    else
        gemm_tiled(trans_a, trans_b, m, n, n_inner, a, lda, b, ldb, c, ldc);
}

#ifdef LTS_HAVE_CBLAS

#include <cblas.h>
#include <pthread.h>

#ifdef LSTMTS_TEST_DOUBLE
#define cblas_gemm cblas_dgemm
#else
#define cblas_gemm cblas_sgemm
#endif

/* Below so many multiplications the plain loops are as fast, and rows below 4 have the dot
 * products. */
enum { CBLAS_MIN_ROWS = 4, CBLAS_MIN_WORK = 8192 };

/*
 * An OpenBLAS that was built without threads gives wrong results when several threads call it at
 * once. It says so itself: 0 means such a build. Other BLAS have no such function, and are safe.
 * The reference is weak where the BLAS may be exchanged after the build.
 */
#ifndef LTS_HAVE_OPENBLAS
__attribute__((weak))
#endif
int openblas_get_parallel(void);

static bool one_at_a_time(void)
{
#ifndef LTS_HAVE_OPENBLAS
    if (openblas_get_parallel == NULL)
        return false;
#endif
    return openblas_get_parallel() == 0;
}

static pthread_mutex_t serial_blas = PTHREAD_MUTEX_INITIALIZER;

static void gemm_cblas(enum lts_transpose trans_a, enum lts_transpose trans_b, int64_t m, int64_t n,
                       int64_t n_inner, const real *a, int64_t lda, const real *b, int64_t ldb,
                       real *c, int64_t ldc)
{
    bool locked = one_at_a_time();
    if (locked)
        pthread_mutex_lock(&serial_blas);
    cblas_gemm(CblasRowMajor, trans_a == LTS_PLAIN ? CblasNoTrans : CblasTrans,
               trans_b == LTS_PLAIN ? CblasNoTrans : CblasTrans, (int)m, (int)n, (int)n_inner, 1, a,
               (int)lda, b, (int)ldb, 1, c, (int)ldc);
    if (locked)
        pthread_mutex_unlock(&serial_blas);
}

static bool worth_cblas(int64_t m, int64_t n, int64_t n_inner)
{
    return m >= CBLAS_MIN_ROWS && m * n >= CBLAS_MIN_WORK / (n_inner > 0 ? n_inner : 1);
}

#endif

void lts_gemm(enum lts_transpose trans_a, enum lts_transpose trans_b, int64_t m, int64_t n,
              int64_t n_inner, const real *a, int64_t lda, const real *b, int64_t ldb,
              bool accumulate, real *c, int64_t ldc)
{
    if (!accumulate)
        for (int64_t i = 0; i < m; i++)
            memset(c + i * ldc, 0, (size_t)n * sizeof(real));
#ifdef LTS_HAVE_CBLAS
    if (worth_cblas(m, n, n_inner)) {
        gemm_cblas(trans_a, trans_b, m, n, n_inner, a, lda, b, ldb, c, ldc);
        return;
    }
#endif
    gemm_plain(trans_a, trans_b, m, n, n_inner, a, lda, b, ldb, c, ldc);
}
