/* SPDX-License-Identifier: MIT */
/*
 * Products with packed matrices in every set that can run here.
 */
#include "kernels_fixture.h"

/* C = S + A B: A in both layouts, with gaps behind its rows. */
typedef struct product {
    int64_t m, n, n_inner, lda, lda_t;
    real *a, *a_t, *b; /* [m, n_inner], [n_inner, m], [n_inner, n] */
    sum *want;         /* [m, n] without S                        */
} product;

static void lay_transposed(const product *p)
{
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t k = 0; k < p->n_inner; k++)
            p->a_t[k * p->lda_t + i] = p->a[i * p->lda + k];
}

/* The reference of what a and b are now. */
static void sum_up(const product *p)
{
    memset(p->want, 0, (size_t)(p->m * p->n) * sizeof *p->want);
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t k = 0; k < p->n_inner; k++)
            for (int64_t j = 0; j < p->n; j++)
                sum_add(&p->want[i * p->n + j], p->a[i * p->lda + k], p->b[k * p->n + j]);
}

static product make_product(int64_t m, int64_t n, int64_t n_inner)
{
    product p = {.m = m, .n = n, .n_inner = n_inner, .lda = n_inner + n % 2, .lda_t = m + n % 2};
    p.a = random_array(m * p.lda);
    p.a_t = zeros(n_inner * p.lda_t);
    p.b = random_array(n_inner * n);
    p.want = calloc((size_t)(m * n) + 1, sizeof *p.want);
    assert_non_null(p.want);
    fill_gaps(m, n_inner, p.lda, p.a);
    fill_gaps(n_inner, m, p.lda_t, p.a_t);
    lay_transposed(&p);
    return p;
}

static void free_product(product *p)
{
    FREE(p->a, p->a_t, p->b);
    free(p->want);
}

/* Where a product begins: at 0, at C itself, at one row for all. */
enum start { FROM_ZERO, FROM_C, FROM_A_ROW, N_START };

/* What the kernel makes of it in C [m, ldc]; `row` [n] is the row for all. */
static void multiply(const lts_kernels *kernels, const product *p, bool transposed, enum start from,
                     const real *row, real *c, int64_t ldc)
{
    real *packed = zeros(p->n_inner * lts_padded(kernels, p->n));
    lts_pack(kernels, p->n_inner, p->n, p->b, p->n, 1, packed);
    const real *start = from == FROM_C ? c : from == FROM_A_ROW ? row : NULL;
    int64_t start_row = from == FROM_C ? ldc : 0;
    if (transposed)
        kernels->multiply_transposed(p->m, p->n, p->n_inner, p->a_t, p->lda_t, packed, start,
                                     start_row, c, ldc);
    else
        kernels->multiply(p->m, p->n, p->n_inner, p->a, p->lda, packed, start, start_row, c, ldc);
    free(packed);
}

/* Rows of C have a gap behind them that must stay. */
static void check_product(const lts_kernels *kernels, const product *p, bool transposed,
                          enum start from)
{
    int64_t ldc = p->n + p->m % 3;
    real *c = random_array(p->m * ldc), *row = random_array(p->n);
    real *before = copy_of(p->m * ldc, c);
    multiply(kernels, p, transposed, from, row, c, ldc);
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t j = 0; j < ldc; j++) {
            real old = before[i * ldc + j];
            if (j >= p->n) {
                assert_same("gap", i, j, c[i * ldc + j], old);
                continue;
            }
            sum want = p->want[i * p->n + j];
            if (from != FROM_ZERO)
                sum_add(&want, from == FROM_C ? old : row[j], 1);
            assert_sum(kernels->name, i, j, c[i * ldc + j], &want, p->n_inner);
        }
    FREE(c, row, before);
}

static void check_all_ways(int64_t m, int64_t n, int64_t n_inner)
{
    product p = make_product(m, n, n_inner);
    sum_up(&p);
    for (int i = 0; set_here(i) != NULL; i++)
        for (int k = 0; k < 2 * N_START; k++)
            check_product(set_here(i), &p, k % 2 == 0, (enum start)(k / 2));
    free_product(&p);
}

static void packed_products_are_right_in_every_set(void **fixture)
{
    (void)fixture;
    static const int64_t inner[] = {0, 1, 7, 100, 513, 1030};
    for (int64_t m = 0; m <= 17; m++)
        for (int64_t n = 1; n <= 70; n += 3)
            check_all_ways(m, n, (m * n) % 23);
    for (int i = 0; i < 6; i++)
        check_all_ways(13, 127, inner[i]);
    for (int64_t n = 100; n <= 129; n += n == 100 ? 27 : 2)
        check_all_ways(53, n, 40);
}

/* Rows first .. first + count - 1 computed for themselves, against c of all rows. */
static void check_block_of_rows(const lts_kernels *kernels, const product *p, bool transposed,
                                int64_t first, int64_t count, const real *c)
{
    product block = *p;
    block.m = count;
    block.a = p->a + first * p->lda;
    block.a_t = p->a_t + first;
    real *alone = zeros(count * p->n);
    multiply(kernels, &block, transposed, FROM_ZERO, NULL, alone, p->n);
    assert_memory_equal(alone, c + first * p->n, (size_t)(count * p->n) * sizeof *alone);
    free(alone);
}

static void check_rows_alone(const lts_kernels *kernels)
{
    static const int64_t columns[] = {3, 11, 27, 41, 85};
    static const int64_t counts[] = {1, 2, 3, 4, 5, 6, 7, 13, 24, 25, 31, 48};
    enum { M = 53 };
    for (int k = 0; k < 10; k++) {
        int64_t n = columns[k / 2];
        product p = make_product(M, n, 37);
        real *c = zeros(M * n);
        multiply(kernels, &p, k % 2 == 0, FROM_ZERO, NULL, c, n);
        for (int64_t first = 0; first < M; first++)
            for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
                if (first + counts[i] <= M)
                    check_block_of_rows(kernels, &p, k % 2 == 0, first, counts[i], c);
        free(c);
        free_product(&p);
    }
}

/* Over so many inner indices that they are taken in blocks. */
static void check_long_rows_alone(const lts_kernels *kernels)
{
    enum { M = 17, N = 85 };
    product p = make_product(M, N, 600);
    real *c = zeros(M * N);
    for (int transposed = 0; transposed < 2; transposed++) {
        multiply(kernels, &p, transposed == 1, FROM_ZERO, NULL, c, N);
        for (int64_t i = 0; i < M; i++)
            check_block_of_rows(kernels, &p, transposed == 1, i, 1, c);
    }
    free(c);
    free_product(&p);
}

static void a_row_of_a_product_has_the_same_bits_in_any_block_of_rows_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_rows_alone);
    with_every_set(check_long_rows_alone);
}

/*
 * A special element in A or B against the product with 1 in its place: what is not in the row of the
 * one or the column of the other keeps its bits. What it meets is 0 in one place, where inf makes NaN.
 */
enum { M = 13, N = 37, INNER = 29, ZERO_COLUMN = 22, ZERO_ROW = 5 };

static product make_special(int64_t inner)
{
    product p = make_product(M, N, INNER);
    for (int64_t j = 0; j < N; j++)
        p.b[inner * N + j] = j == ZERO_COLUMN ? 0 : j % 2 == 0 ? 2 : -2;
    return p;
}

static void multiply_both(const lts_kernels *kernels, const product *p, real *c[2])
{
    for (int transposed = 0; transposed < 2; transposed++) {
        c[transposed] = filled(M * (N + 2), -7); /* a gap of 2 */
        multiply(kernels, p, transposed == 1, FROM_ZERO, NULL, c[transposed], N + 2);
    }
}

/* What row i of C must be where A has `bad` in it; the largest number times 2 is infinite. */
static real in_the_row(real bad, int64_t j)
{
    if (isnan(bad) || (isinf(bad) && j == ZERO_COLUMN))
        return NAN;
    return j % 2 == 0 ? (bad > 0 ? INFINITY : -INFINITY) : (bad > 0 ? -INFINITY : INFINITY);
}

static void check_special_in_a(const lts_kernels *kernels, int64_t row, int64_t inner, real bad)
{
    product p = make_special(inner);
    p.a[row * p.lda + inner] = 1;
    lay_transposed(&p);
    real *clean[2], *spoilt[2];
    multiply_both(kernels, &p, clean);
    p.a[row * p.lda + inner] = bad;
    lay_transposed(&p);
    multiply_both(kernels, &p, spoilt);
    for (int t = 0; t < 2; t++)
        for (int64_t i = 0; i < M; i++)
            for (int64_t j = 0; j < N + 2; j++) {
                real got = spoilt[t][i * (N + 2) + j], want = clean[t][i * (N + 2) + j];
                if (i == row && j < N && (j != ZERO_COLUMN || !isfinite(bad)))
                    want = in_the_row(bad, j);
                assert_same(kernels->name, i, j, got, want);
            }
    FREE(clean[0], clean[1], spoilt[0], spoilt[1]);
    free_product(&p);
}

static void check_special_in_b(const lts_kernels *kernels, int64_t inner, int64_t column, real bad)
{
    product p = make_product(M, N, INNER);
    for (int64_t i = 0; i < M; i++)
        p.a[i * p.lda + inner] = i == ZERO_ROW ? 0 : i % 2 == 0 ? 2 : -2;
    lay_transposed(&p);
    real *clean[2], *spoilt[2];
    multiply_both(kernels, &p, clean);
    p.b[inner * N + column] = bad;
    multiply_both(kernels, &p, spoilt);
    for (int t = 0; t < 2; t++)
        for (int64_t i = 0; i < M; i++)
            for (int64_t j = 0; j < N + 2; j++) {
                real got = spoilt[t][i * (N + 2) + j], want = clean[t][i * (N + 2) + j];
                if (j == column && (i != ZERO_ROW || !isfinite(bad)))
                    want = i == ZERO_ROW ? NAN : in_the_row(bad, i);
                assert_same(kernels->name, i, j, got, want);
            }
    FREE(clean[0], clean[1], spoilt[0], spoilt[1]);
    free_product(&p);
}

static void check_specials(const lts_kernels *kernels)
{
    static const real bad[] = {INFINITY, -INFINITY, NAN, LARGEST, -LARGEST};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        for (int64_t row = 0; row < M; row++)
            check_special_in_a(kernels, row, (row * 7) % INNER, bad[k]);
        for (int64_t column = 0; column < N; column++)
            check_special_in_b(kernels, (column * 5) % INNER, column, bad[k]);
    }
}

static void what_is_not_finite_stays_in_its_row_or_column_of_a_product_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_specials);
}

/* Multiples of the least number, times small integers: sums are exact, and nothing is taken for 0. */
static void denormals_are_summed_exactly_in_every_set(void **fixture)
{
    (void)fixture;
    product p = make_product(M, N, INNER);
    for (int64_t i = 0; i < M; i++)
        for (int64_t k = 0; k < INNER; k++)
            p.a[i * p.lda + k] = (real)(1 + (i + k) % 7) * LEAST;
    for (int64_t k = 0; k < INNER * N; k++)
        p.b[k] = (real)(k % 5 - 1);
    lay_transposed(&p);
    for (int set = 0; set_here(set) != NULL; set++) {
        real *c[2];
        multiply_both(set_here(set), &p, c);
        for (int t = 0; t < 2; t++)
            for (int64_t i = 0; i < M; i++)
                for (int64_t j = 0; j < N; j++) {
                    int64_t want = 0;
                    for (int64_t k = 0; k < INNER; k++)
                        want += (1 + (i + k) % 7) * ((k * N + j) % 5 - 1);
                    assert_true(c[t][i * (N + 2) + j] == (real)want * LEAST);
                }
        FREE(c[0], c[1]);
    }
    free_product(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_products_are_right_in_every_set),
        cmocka_unit_test(a_row_of_a_product_has_the_same_bits_in_any_block_of_rows_in_every_set),
        cmocka_unit_test(what_is_not_finite_stays_in_its_row_or_column_of_a_product_in_every_set),
        cmocka_unit_test(denormals_are_summed_exactly_in_every_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
