/* SPDX-License-Identifier: MIT */
/*
 * Products of matrices of doubles. B is not packed: within a block of inner indices a tile reads
 * short pieces of its rows, which stay in the first-level cache while all rows of A pass by.
 * Included by body.h.
 */
enum { INNER_BLOCK = 128 };

/* `rows` rows and `width` vectors of C += factor A B. */
KERNEL void dense_tile(const int rows, const int width, int64_t n_inner, const double *a,
                       int64_t a_row, int64_t a_inner, const double *b, int64_t ldb, double factor,
                       double *c, int64_t ldc)
{
    dvec sums[ROWS][VECTORS];
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++) sums[r][v] = (dvec){0};
    }
    for (int64_t p = 0; p < n_inner; p++) {
        dvec row[VECTORS];
        UNROLL for (int v = 0; v < width; v++)
            memcpy(&row[v], b + p * ldb + v * DOUBLES, sizeof row[v]);
        UNROLL for (int r = 0; r < rows; r++)
        {
            double left = a[r * a_row + p * a_inner];
            UNROLL for (int v = 0; v < width; v++) sums[r][v] += row[v] * left;
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++)
        {
            double *at = c + r * ldc + v * DOUBLES;
            dvec old;
            memcpy(&old, at, sizeof old);
            old += sums[r][v] * factor;
            memcpy(at, &old, sizeof old);
        }
    }
}

/* The columns that fill no vector. */
static void dense_column(int64_t m, int64_t n_inner, const double *a, int64_t a_row,
                         int64_t a_inner, const double *b, int64_t ldb, double factor, double *c,
                         int64_t ldc)
{
    for (int64_t i = 0; i < m; i++) {
        double sum = 0;
        for (int64_t p = 0; p < n_inner; p++)
            sum += a[i * a_row + p * a_inner] * b[p * ldb];
        c[i * ldc] += factor * sum;
    }
}

KERNEL void dense_columns(const int width, int64_t m, int64_t n_inner, const double *a,
                          int64_t a_row, int64_t a_inner, const double *b, int64_t ldb,
                          double factor, double *c, int64_t ldc)
{
    int64_t i = 0;
    for (; i + ROWS <= m; i += ROWS)
        dense_tile(ROWS, width, n_inner, a + i * a_row, a_row, a_inner, b, ldb, factor, c + i * ldc,
                   ldc);
    for (; i < m; i++)
        dense_tile(1, width, n_inner, a + i * a_row, a_row, a_inner, b, ldb, factor, c + i * ldc,
                   ldc);
}

static void add_product(int64_t m, int64_t n, int64_t n_inner, const double *a, int64_t a_row,
                        int64_t a_inner, const double *b, int64_t ldb, double factor, double *c,
                        int64_t ldc)
{
    for (int64_t p = 0; p < n_inner; p += INNER_BLOCK) {
        int64_t inner = lts_min(INNER_BLOCK, n_inner - p);
        const double *left = a + p * a_inner, *right = b + p * ldb;
        int64_t j = 0;
        for (; j + PASS <= n; j += PASS)
            dense_columns(VECTORS, m, inner, left, a_row, a_inner, right + j, ldb, factor, c + j,
                          ldc);
        for (; j + DOUBLES <= n; j += DOUBLES)
            dense_columns(1, m, inner, left, a_row, a_inner, right + j, ldb, factor, c + j, ldc);
        for (; j < n; j++)
            dense_column(m, inner, left, a_row, a_inner, right + j, ldb, factor, c + j, ldc);
    }
}
