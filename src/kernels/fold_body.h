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

/* The dot product of two arrays of n elements. */
static double dot(int64_t n, const real *restrict a, const real *restrict b)
{
    int64_t whole = n - n % DOUBLES;
    dvec sums = {0};
    for (int64_t p = 0; p < whole; p += DOUBLES)
        sums += load_doubles(a + p) * load_doubles(b + p);
    double sum = 0;
    for (int q = 0; q < DOUBLES; q++)
        sum += sums[q];
    for (int64_t p = whole; p < n; p++)
        sum += (double)a[p] * (double)b[p];
    return sum;
}

static void fold(int64_t rows, int64_t n, int64_t D, const real *a, const real *b, const real *add,
                 int64_t ldc, real *c)
{
    for (int64_t r = 0; r < rows; r++)
        for (int64_t d = 0; d < D; d++)
            c[r * ldc + d] =
                (real)(dot(n, a + r * n, b + d * n) + (add == NULL ? 0 : (double)add[r]));
}

static void unfold(int64_t rows, int64_t n, int64_t D, const real *restrict a,
                   const real *restrict p, int64_t ldp, real *restrict c)
{
    int64_t whole = n - n % DOUBLES;
    for (int64_t d = 0; d < D; d++) {
        for (int64_t j = 0; j < whole; j += DOUBLES) {
            dvec sums = {0};
            for (int64_t r = 0; r < rows; r++)
                sums += load_doubles(a + r * n + j) * (double)p[r * ldp + d];
            for (int q = 0; q < DOUBLES; q++)
                c[(j + q) * D + d] = (real)sums[q];
        }
        for (int64_t j = whole; j < n; j++) {
            double sum = 0;
            for (int64_t r = 0; r < rows; r++)
                sum += (double)a[r * n + j] * (double)p[r * ldp + d];
            c[j * D + d] = (real)sum;
        }
    }
}
