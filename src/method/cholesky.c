/* SPDX-License-Identifier: MIT */
/*
 * All matrices are cut into blocks of rows. What the blocks before contribute to a block is one
 * product, which takes nearly all of the time; what is left is within the block.
 */
#include "method/cholesky.h"

enum { BLOCK = 32 };

/* y -= factor x */
static void subtract(int64_t n, double factor, const double *restrict x, double *restrict y)
{
    for (int64_t j = 0; j < n; j++)
        y[j] -= factor * x[j];
}

static void scale(int64_t n, double factor, double *x)
{
    for (int64_t j = 0; j < n; j++)
        x[j] *= factor;
}

/* Rows first .. end - 1 of R, from their diagonal on; rows before `first` are subtracted already.
   */
static bool factor_rows(int64_t n, double *a, int64_t first, int64_t end)
{
    for (int64_t i = first; i < end; i++) {
        double *row = a + i * n;
        if (!(row[i] > 0) || !isfinite(row[i]))
            return false;
        scale(n - i, 1 / sqrt(row[i]), row + i);
        for (int64_t r = i + 1; r < end; r++)
            subtract(n - r, row[r], row + r, a + r * n + r);
    }
    return true;
}

bool lts_cholesky_factor(const lts_kernels *kernels, int64_t n, double *a)
{
    for (int64_t k = 0; k < n; k += BLOCK) {
        int64_t end = lts_min(k + BLOCK, n);
        kernels->dense->add_product(end - k, n - k, k, a + k, 1, n, a + k, n, -1, a + k * n + k, n);
        if (!factor_rows(n, a, k, end))
            return false;
    }
    return true;
}

/* R^T Z = B */
static void solve_forward(const lts_kernels *kernels, int64_t n, const double *r, int64_t m,
                          double *b, int64_t ldb)
{
    for (int64_t k = 0; k < n; k += BLOCK) {
        int64_t end = lts_min(k + BLOCK, n);
        kernels->dense->add_product(end - k, m, k, r + k, 1, n, b, ldb, -1, b + k * ldb, ldb);
        for (int64_t i = k; i < end; i++) {
            scale(m, 1 / r[i * n + i], b + i * ldb);
            for (int64_t q = i + 1; q < end; q++)
                subtract(m, r[i * n + q], b + i * ldb, b + q * ldb);
        }
    }
}

/* R X = Z */
static void solve_backward(const lts_kernels *kernels, int64_t n, const double *r, int64_t m,
                           double *b, int64_t ldb)
{
    for (int64_t k = (n - 1) / BLOCK * BLOCK; k >= 0; k -= BLOCK) {
        int64_t end = lts_min(k + BLOCK, n);
        kernels->dense->add_product(end - k, m, n - end, r + k * n + end, n, 1, b + end * ldb, ldb,
                                    -1, b + k * ldb, ldb);
        for (int64_t i = end - 1; i >= k; i--) {
            for (int64_t q = i + 1; q < end; q++)
                subtract(m, r[i * n + q], b + q * ldb, b + i * ldb);
            scale(m, 1 / r[i * n + i], b + i * ldb);
        }
    }
}

void lts_cholesky_solve(const lts_kernels *kernels, int64_t n, const double *r, int64_t m,
                        double *b, int64_t ldb)
{
    solve_forward(kernels, n, r, m, b, ldb);
    solve_backward(kernels, n, r, m, b, ldb);
}
