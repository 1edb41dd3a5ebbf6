/* SPDX-License-Identifier: MIT */
/*
 * The products of the fold (docs/numerics.md, 7), summed in double: K_x stands for two rounded
 * matrices, and should not be worse than either. They are few beside those of an update. Included
 * by body.h.
 */
enum { DOUBLES = LTS_LANES * sizeof(real) / sizeof(double) }; /* of a vector of the set */

typedef double dvec __attribute__((vector_size(DOUBLES * sizeof(double))));
typedef real narrow __attribute__((vector_size(DOUBLES * sizeof(real))));

KERNEL dvec load_doubles(const real *p)
{
    narrow v;
    memcpy(&v, p, sizeof v);
    return __builtin_convertvector(v, dvec);
}

/* Columns that are summed side by side, so that a row is loaded and widened once for all of them. */
enum { COLUMNS = 4 };

/* c[d] = the dot product of a [n] with row d of b, of `columns` rows that are n long, plus `add` */
KERNEL void dots(const int columns, int64_t n, const real *restrict a, const real *restrict b,
                 double add, real *restrict c)
{
    int64_t whole = n - n % DOUBLES;
    dvec sums[COLUMNS];
    UNROLL for (int d = 0; d < columns; d++) sums[d] = (dvec){0};
    for (int64_t p = 0; p < whole; p += DOUBLES) {
        dvec left = load_doubles(a + p);
        UNROLL for (int d = 0; d < columns; d++) sums[d] += left * load_doubles(b + d * n + p);
    }
    UNROLL for (int d = 0; d < columns; d++)
    {
        double sum = add;
        for (int q = 0; q < DOUBLES; q++)
            sum += sums[d][q];
        for (int64_t p = whole; p < n; p++)
            sum += (double)a[p] * (double)b[d * n + p];
        c[d] = (real)sum;
    }
}

static void fold(int64_t rows, int64_t n, int64_t D, const real *a, const real *b, const real *add,
                 int64_t ldc, real *c)
{
    for (int64_t r = 0; r < rows; r++) {
        double first = add == NULL ? 0 : (double)add[r];
        int64_t d = 0;
        for (; d + COLUMNS <= D; d += COLUMNS)
            dots(COLUMNS, n, a + r * n, b + d * n, first, c + r * ldc + d);
        for (; d + 2 <= D; d += 2)
            dots(2, n, a + r * n, b + d * n, first, c + r * ldc + d);
        for (; d < D; d++)
            dots(1, n, a + r * n, b + d * n, first, c + r * ldc + d);
    }
}

/* Some columns of c [n, D] = a^T p, for all rows of c that fill whole vectors; the last ones singly. */
KERNEL void columns_of_product(const int columns, int64_t rows, int64_t n, int64_t D,
                               const real *restrict a, const real *restrict p, int64_t ldp,
                               real *restrict c)
{
    int64_t whole = n - n % DOUBLES;
    for (int64_t j = 0; j < whole; j += DOUBLES) {
        dvec sums[COLUMNS];
        UNROLL for (int d = 0; d < columns; d++) sums[d] = (dvec){0};
        for (int64_t r = 0; r < rows; r++) {
            dvec left = load_doubles(a + r * n + j);
            UNROLL for (int d = 0; d < columns; d++) sums[d] += left * (double)p[r * ldp + d];
        }
        UNROLL for (int d = 0; d < columns; d++)
        {
            for (int q = 0; q < DOUBLES; q++)
                c[(j + q) * D + d] = (real)sums[d][q];
        }
    }
    for (int64_t j = whole; j < n; j++)
        for (int d = 0; d < columns; d++) {
            double sum = 0;
            for (int64_t r = 0; r < rows; r++)
                sum += (double)a[r * n + j] * (double)p[r * ldp + d];
            c[j * D + d] = (real)sum;
        }
}

static void unfold(int64_t rows, int64_t n, int64_t D, const real *a, const real *p, int64_t ldp,
                   real *c)
{
    int64_t d = 0;
    for (; d + COLUMNS <= D; d += COLUMNS)
        columns_of_product(COLUMNS, rows, n, D, a, p + d, ldp, c + d);
    for (; d + 2 <= D; d += 2)
        columns_of_product(2, rows, n, D, a, p + d, ldp, c + d);
    for (; d < D; d++)
        columns_of_product(1, rows, n, D, a, p + d, ldp, c + d);
}
