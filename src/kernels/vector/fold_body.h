/* SPDX-License-Identifier: MIT */
/*
 * The products of the fold (docs/numerics.md, 7), summed in double: K_x replaces two rounded
 * matrices, and should be no less accurate than either. They take little of the time of an update.
 * Included by body.h.
 */
enum { DOUBLES = LTS_LANES * sizeof(real) / sizeof(double) }; /* of a vector of the set */

typedef double dvec __attribute__((vector_size(DOUBLES * sizeof(double))));
typedef real narrow __attribute__((vector_size(DOUBLES * sizeof(real))));

/* A set may define LTS_WIDEN by an instruction: GCC 12 widens half a vector at a time. */
#ifndef LTS_WIDEN
KERNEL dvec widen(const real *p)
{
    narrow v;
    memcpy(&v, p, sizeof v);
    return __builtin_convertvector(v, dvec);
}
#define LTS_WIDEN widen
#endif

/* Columns, and rows, that are summed at the same time. */
enum { COLUMNS = 4, ROWS = 4 };

/* The sum of a vector's elements, halves added to halves. */
KERNEL double sum_of_elements(dvec v)
{
    double parts[DOUBLES];
    memcpy(parts, &v, sizeof parts);
    UNROLL for (int half = DOUBLES / 2; half > 0; half /= 2)
    {
        UNROLL for (int q = 0; q < half; q++) parts[q] += parts[q + half];
    }
    return parts[0];
}

/*
 * c [rows][COLUMNS] = the dot products of `rows` rows of a with `columns` rows of b, all of length
 * n. Each element of b is widened once for all rows.
 */
KERNEL void dots(const int rows, const int columns, int64_t n, const real *restrict a,
                 const real *restrict b, double c[][COLUMNS])
{
    int64_t whole = n - n % DOUBLES;
    dvec sums[ROWS][COLUMNS];
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int d = 0; d < columns; d++) sums[r][d] = (dvec){0};
    }
    for (int64_t p = 0; p < whole; p += DOUBLES) {
        dvec right[COLUMNS];
        UNROLL for (int d = 0; d < columns; d++) right[d] = LTS_WIDEN(b + d * n + p);
        UNROLL for (int r = 0; r < rows; r++)
        {
            dvec left = LTS_WIDEN(a + r * n + p);
            UNROLL for (int d = 0; d < columns; d++) sums[r][d] += left * right[d];
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int d = 0; d < columns; d++)
        {
            c[r][d] = sum_of_elements(sums[r][d]);
            for (int64_t p = whole; p < n; p++)
                c[r][d] += (double)a[r * n + p] * (double)b[d * n + p];
        }
    }
}

/* As many columns at a time as are left, up to COLUMNS. */
#define BY_COLUMNS(D, d, CALL)                                                                     \
    do {                                                                                           \
        if ((D) - (d) >= 4)                                                                        \
            CALL(4);                                                                               \
        else if ((D) - (d) == 3)                                                                   \
            CALL(3);                                                                               \
        else if ((D) - (d) == 2)                                                                   \
            CALL(2);                                                                               \
        else                                                                                       \
            CALL(1);                                                                               \
    } while (0)

/* `rows` rows of fold_forward()'s C. */
KERNEL void fold_rows(const int rows, int64_t n, int64_t D, const real *a, const real *b,
                      const real *add, real *c)
{
    for (int64_t d = 0; d < D; d += COLUMNS) {
        double sums[ROWS][COLUMNS];
#define DOTS(columns) dots(rows, columns, n, a, b + d * n, sums)
        BY_COLUMNS(D, d, DOTS);
#undef DOTS
        for (int r = 0; r < rows; r++)
            for (int64_t k = d; k < D && k < d + COLUMNS; k++)
                c[r * D + k] = (real)(sums[r][k - d] + (k == D - 1 ? (double)add[r] : 0));
    }
}

static void fold_forward(int64_t rows, int64_t n, int64_t D, const real *a, const real *b,
                         const real *add, real *c)
{
    int64_t r = 0;
    for (; r + ROWS <= rows; r += ROWS)
        fold_rows(ROWS, n, D, a + r * n, b, add + r, c + r * D);
    for (; r < rows; r++)
        fold_rows(1, n, D, a + r * n, b, add + r, c + r * D);
}

/* Columns of `a` in one pass, for which an element of p is widened once. */
enum { VECTORS = 3, PASS = VECTORS * DOUBLES };

/* sums [PASS][COLUMNS] = the transpose of PASS columns of a, times `columns` columns of p */
KERNEL void column_sums(const int columns, int64_t rows, int64_t n, int64_t D,
                        const real *restrict a, const real *restrict p, double sums[][COLUMNS])
{
    dvec by_column[COLUMNS][VECTORS];
    UNROLL for (int d = 0; d < columns; d++)
    {
        UNROLL for (int v = 0; v < VECTORS; v++) by_column[d][v] = (dvec){0};
    }
    for (int64_t r = 0; r < rows; r++) {
        dvec left[VECTORS];
        UNROLL for (int v = 0; v < VECTORS; v++) left[v] = LTS_WIDEN(a + r * n + v * DOUBLES);
        UNROLL for (int d = 0; d < columns; d++)
        {
            double factor = (double)p[r * D + d];
            UNROLL for (int v = 0; v < VECTORS; v++) by_column[d][v] += left[v] * factor;
        }
    }
    UNROLL for (int d = 0; d < columns; d++)
    {
        for (int j = 0; j < PASS; j++)
            sums[j][d] = by_column[d][j / DOUBLES][j % DOUBLES];
    }
}

/* The same for fewer columns of a. */
static void odd_column_sums(int64_t rows, int64_t n, int64_t n_j, int64_t D, int64_t n_d,
                            const real *a, const real *p, double sums[][COLUMNS])
{
    memset(sums, 0, (size_t)n_j * sizeof *sums);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t j = 0; j < n_j; j++)
            for (int64_t d = 0; d < n_d; d++)
                sums[j][d] += (double)a[r * n + j] * (double)p[r * D + d];
}

static void fold_backward(int64_t rows, int64_t n, int64_t D, const real *a, const real *p, real *c,
                          real *last)
{
    for (int64_t d = 0; d < D; d += COLUMNS)
        for (int64_t at = 0; at < n; at += PASS) {
            double sums[PASS][COLUMNS];
            /* the last pass repeats some columns, so that all passes are whole */
            int64_t j = at + PASS <= n || n < PASS ? at : n - PASS;
            int64_t n_d = D - d < COLUMNS ? D - d : COLUMNS, n_j = n < PASS ? n : PASS;
#define SUMS(columns) column_sums(columns, rows, n, D, a + j, p + d, sums)
            if (n_j == PASS)
                BY_COLUMNS(D, d, SUMS);
            else
                odd_column_sums(rows, n, n_j, D, n_d, a + j, p + d, sums);
#undef SUMS
            for (int64_t q = 0; q < n_j; q++)
                for (int64_t k = 0; k < n_d; k++)
                    *(d + k < D - 1 ? &c[(j + q) * (D - 1) + d + k] : &last[j + q]) =
                        (real)sums[q][k];
        }
}
