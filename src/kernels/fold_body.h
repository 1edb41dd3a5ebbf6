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

/* c[d] = the dot product of a [n] with row d of b, for `columns` rows that are n long */
KERNEL void dots(const int columns, int64_t n, const real *restrict a, const real *restrict b,
                 double c[COLUMNS])
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
        c[d] = 0;
        for (int q = 0; q < DOUBLES; q++)
            c[d] += sums[d][q];
        for (int64_t p = whole; p < n; p++)
            c[d] += (double)a[p] * (double)b[d * n + p];
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

static void fold(int64_t rows, int64_t n, int64_t D, const real *a, const real *b, const real *add,
                 real *c)
{
    for (int64_t r = 0; r < rows; r++)
        for (int64_t d = 0; d < D; d += COLUMNS) {
            double sums[COLUMNS];
#define DOTS(columns) dots(columns, n, a + r * n, b + d * n, sums)
            BY_COLUMNS(D, d, DOTS);
#undef DOTS
            if (d + COLUMNS >= D)
                sums[D - 1 - d] += (double)add[r];
            for (int64_t k = d; k < D && k < d + COLUMNS; k++)
                c[r * D + k] = (real)sums[k - d];
        }
}

/* sums[d] [DOUBLES] = those columns of a, from j on, times column d of p */
KERNEL void column_sums(const int columns, int64_t rows, int64_t n, int64_t D,
                        const real *restrict a, const real *restrict p, double sums[][DOUBLES])
{
    dvec by_column[COLUMNS];
    UNROLL for (int d = 0; d < columns; d++) by_column[d] = (dvec){0};
    for (int64_t r = 0; r < rows; r++) {
        dvec left = load_doubles(a + r * n);
        UNROLL for (int d = 0; d < columns; d++) by_column[d] += left * (double)p[r * D + d];
    }
    UNROLL for (int d = 0; d < columns; d++) memcpy(sums[d], &by_column[d], sizeof by_column[d]);
}

/* The same for the columns of a that do not fill a vector. */
static void odd_column_sums(int64_t rows, int64_t n, int64_t n_column, int64_t D, int64_t n_d,
                            const real *a, const real *p, double sums[][DOUBLES])
{
    memset(sums, 0, COLUMNS * sizeof *sums);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t d = 0; d < n_d; d++)
            for (int64_t q = 0; q < n_column; q++)
                sums[d][q] += (double)a[r * n + q] * (double)p[r * D + d];
}

static void unfold(int64_t rows, int64_t n, int64_t D, const real *a, const real *p, real *c,
                   real *last)
{
    for (int64_t d = 0; d < D; d += COLUMNS)
        for (int64_t j = 0; j < n; j += DOUBLES) {
            double sums[COLUMNS][DOUBLES];
            int64_t n_d = D - d < COLUMNS ? D - d : COLUMNS,
                    n_j = n - j < DOUBLES ? n - j : DOUBLES;
#define SUMS(columns) column_sums(columns, rows, n, D, a + j, p + d, sums)
            if (n_j == DOUBLES)
                BY_COLUMNS(D, d, SUMS);
            else
                odd_column_sums(rows, n, n_j, D, n_d, a + j, p + d, sums);
#undef SUMS
            for (int64_t q = 0; q < n_j; q++)
                for (int64_t k = 0; k < n_d; k++)
                    *(d + k < D - 1 ? &c[(j + q) * (D - 1) + d + k] : &last[j + q]) =
                        (real)sums[k][q];
        }
}
