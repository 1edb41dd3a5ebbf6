/* SPDX-License-Identifier: MIT */
#include "network/linear.h"

#include "kernels/gemm.h"
#include "kernels/sweep.h"

#include <string.h>

void lts_linear_forward(int64_t rows, int64_t n_in, int64_t n_out, const real *W, const real *b,
                        const real *x, real *y)
{
    for (int64_t i = 0; i < rows; i++)
        memcpy(y + i * n_out, b, (size_t)n_out * sizeof(real));
    lts_gemm(LTS_PLAIN, LTS_TRANSPOSED, rows, n_out, n_in, x, n_in, W, n_in, true, y, n_out);
}

void lts_linear_backward(int64_t rows, int64_t n_in, int64_t n_out, const real *W, const real *dy,
                         real *dx)
{
    lts_gemm(LTS_PLAIN, LTS_PLAIN, rows, n_in, n_out, dy, n_out, W, n_in, false, dx, n_in);
}

void lts_linear_gradient(int64_t rows, int64_t n_in, int64_t n_out, const real *x, const real *dy,
                         real *dW, real *db)
{
    lts_gemm(LTS_TRANSPOSED, LTS_PLAIN, n_out, n_in, rows, dy, n_out, x, n_in, true, dW, n_in);
    if (db != NULL)
        lts_add_column_sums(rows, n_out, dy, db);
}
