/* SPDX-License-Identifier: MIT */
/* The part of packing that takes time: see kernels/pack.h. Included by body.h. */

/*
 * to [n_inner][stride], of which the first n_row columns are written = the transpose of a [n_row][lda],
 * n_row <= LTS_LANES.
 */
static void transpose(int64_t n_row, int64_t n_inner, const real *a, int64_t lda, real *to,
                      int64_t stride)
{
    if (n_row == LTS_LANES) {
        for (int64_t p = 0; p < n_inner; p++)
            UNROLL_LANES for (int64_t q = 0; q < LTS_LANES; q++) to[p * stride + q] =
                a[q * lda + p];
        return;
    }
    for (int64_t p = 0; p < n_inner; p++)
        for (int64_t q = 0; q < n_row; q++)
            to[p * stride + q] = a[q * lda + p];
}

/* to [n_row][stride] = a [n_row][lda], their first n_column <= LTS_LANES columns. */
static void copy_columns(int64_t n_column, int64_t n_row, const real *a, int64_t lda, real *to,
                         int64_t stride)
{
    if (n_column == LTS_LANES) {
        for (int64_t r = 0; r < n_row; r++)
            store(to + r * stride, load(a + r * lda));
        return;
    }
    for (int64_t r = 0; r < n_row; r++)
        for (int64_t q = 0; q < n_column; q++)
            to[r * stride + q] = a[r * lda + q];
}
