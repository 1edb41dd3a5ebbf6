/* SPDX-License-Identifier: MIT */
/* The inner loops of packing (kernels/pack.h). Included by body.h. */

typedef real quad __attribute__((vector_size(4 * sizeof(real))));

/* Four by four elements: pairs of rows are interleaved, then pairs of pairs. */
KERNEL void transpose_quad(const real *a, int64_t lda, real *to, int64_t stride)
{
    quad row[4], pair[4];
    UNROLL for (int r = 0; r < 4; r++) memcpy(&row[r], a + r * lda, sizeof row[r]);
    UNROLL for (int r = 0; r < 4; r += 2)
    {
        pair[r] = __builtin_shufflevector(row[r], row[r + 1], 0, 4, 1, 5);
        pair[r + 1] = __builtin_shufflevector(row[r], row[r + 1], 2, 6, 3, 7);
    }
    UNROLL for (int p = 0; p < 2; p++)
    {
        quad first = __builtin_shufflevector(pair[p], pair[p + 2], 0, 1, 4, 5);
        quad second = __builtin_shufflevector(pair[p], pair[p + 2], 2, 3, 6, 7);
        memcpy(to + 2 * p * stride, &first, sizeof first);
        memcpy(to + (2 * p + 1) * stride, &second, sizeof second);
    }
}

/*
 * to [n_inner][stride], of which the first n_row columns are written = the transpose of a
 * [n_row][lda]
 */
static void transpose(int64_t n_row, int64_t n_inner, const real *a, int64_t lda, real *to,
                      int64_t stride)
{
    int64_t rows = n_row - n_row % 4, inner = n_inner - n_inner % 4;
    for (int64_t p = 0; p < inner; p += 4)
        for (int64_t q = 0; q < rows; q += 4)
            transpose_quad(a + q * lda + p, lda, to + p * stride + q, stride);
    for (int64_t p = 0; p < n_inner; p++)
        for (int64_t q = p < inner ? rows : 0; q < n_row; q++)
            to[p * stride + q] = a[q * lda + p];
}

/* The last n < LTS_LANES elements of a row, in moves of 8, 4, 2 and 1. */
KERNEL void copy_rest(int64_t n, const real *from, real *to)
{
    UNROLL for (int size = LTS_LANES / 2; size > 0; size /= 2)
    {
        if ((n & size) == 0)
            continue;
        memcpy(to, from, (size_t)size * sizeof *to);
        from += size;
        to += size;
    }
}

/* to [n_row][stride] = a [n_row][lda], their first n_column columns. */
static void copy_columns(int64_t n_column, int64_t n_row, const real *a, int64_t lda, real *to,
                         int64_t stride)
{
    int64_t whole = n_column - n_column % LTS_LANES;
    if (n_column == LTS_LANES) { /* nearly always when weights are packed */
        for (int64_t r = 0; r < n_row; r++)
            store(to + r * stride, load(a + r * lda));
        return;
    }
    for (int64_t r = 0; r < n_row; r++, a += lda, to += stride) {
        for (int64_t q = 0; q < whole; q += LTS_LANES)
            store(to + q, load(a + q));
        copy_rest(n_column - whole, a + whole, to + whole);
    }
}
