/* SPDX-License-Identifier: MIT */
/*
 * Products with packed matrices in every set that can run here.
 */
#include "kernels_fixture.h"

/* C = S + A B, with gaps after A's rows. */
typedef struct product {
    int64_t m, n, n_inner, lda;
    real *a, *b; /* [m, n_inner], [n_inner, n] */
    sum *want;   /* [m, n] without S           */
} product;

/* The layout of A: rows, packed like B, or its transpose in strips. */
enum lie { IN_ROWS, PACKED, IN_STRIPS, N_LIE };

/* The reference for the present a and b. */
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
    product p = {.m = m, .n = n, .n_inner = n_inner, .lda = n_inner + n % 2};
    p.a = random_array(m * p.lda);
    p.b = random_array(n_inner * n);
    p.want = calloc((size_t)(m * n) + 1, sizeof *p.want);
    assert_non_null(p.want);
    fill_gaps(m, n_inner, p.lda, p.a);
    return p;
}

static void free_product(product *p)
{
    FREE(p->a, p->b);
    free(p->want);
}

/* The initial value S of a product: 0, C itself, or one row for all. */
enum start { FROM_ZERO, FROM_C, FROM_A_ROW, N_START };

/* Strips of A's columns; the padding of the last one is NaN. */
static real *in_strips(const product *p)
{
    int64_t n_strip = (p->m + LTS_STRIP - 1) / LTS_STRIP;
    real *strips = filled(n_strip * LTS_STRIP * p->n_inner, NAN);
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t k = 0; k < p->n_inner; k++)
            strips[(i / LTS_STRIP * p->n_inner + k) * LTS_STRIP + i % LTS_STRIP] =
                p->a[i * p->lda + k];
    return strips;
}

/* There are further rows before and after those that count. */
enum { BEFORE = 3, AROUND = 5 };

static real *packed_among_others(const lts_kernels *kernels, int64_t rows, int64_t columns,
                                 const real *from, int64_t stride)
{
    int64_t n = lts_padded(kernels, columns);
    real *taller = filled((rows + AROUND) * n, NAN), *packed = zeros((rows + AROUND) * n);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < n; j++)
            taller[(BEFORE + i) * n + j] = j < columns ? from[i * stride + j] : 0;
    lts_pack(kernels, rows + AROUND, n, taller, n, 1, packed);
    free(taller);
    return packed;
}

/* B, with rows of 0 where A has whole vectors of inner indices. */
static real *packed_b(const lts_kernels *kernels, const product *p, int64_t n_inner)
{
    real *b = zeros(n_inner * p->n), *packed = zeros(n_inner * lts_padded(kernels, p->n));
    memcpy(b, p->b, (size_t)(p->n_inner * p->n) * sizeof *b);
    lts_pack(kernels, n_inner, p->n, b, p->n, 1, packed);
    free(b);
    return packed;
}

/* The kernel's result in C [m, ldc]; `row` [n] is the row for all. */
static void multiply(const lts_kernels *kernels, const product *p, enum lie lie, enum start from,
                     const real *row, real *c, int64_t ldc)
{
    const real *start = from == FROM_C ? c : from == FROM_A_ROW ? row : NULL;
    int64_t start_row = from == FROM_C ? ldc : 0, inner = p->n_inner;
    real *a = NULL, *b;
    if (lie == PACKED && inner > 0) { /* it takes whole vectors of them, one at least */
        inner = lts_padded(kernels, inner);
        a = packed_among_others(kernels, p->m, p->n_inner, p->a, p->lda);
        b = packed_b(kernels, p, inner);
        lts_training_kernels_of(kernels)->products->multiply_packed(
            p->m, p->n, inner, &(lts_rows){a, p->m + AROUND, BEFORE}, b, start, start_row, c, ldc);
    } else if (lie == IN_STRIPS) {
        a = in_strips(p);
        b = packed_among_others(kernels, inner, p->n, p->b, p->n);
        lts_training_kernels_of(kernels)->products->multiply_transposed(
            p->m, p->n, inner, a, &(lts_rows){b, inner + AROUND, BEFORE}, start, start_row, c, ldc);
    } else {
        b = packed_b(kernels, p, inner);
        kernels->products->multiply(p->m, p->n, inner, p->a, p->lda, b, start, start_row, c, ldc);
    }
    FREE(a, b);
}

/* The gaps after the rows of C must not change. */
static void check_product(const lts_kernels *kernels, const product *p, enum lie lie,
                          enum start from)
{
    int64_t ldc = p->n + p->m % 3;
    real *c = random_array(p->m * ldc), *row = random_array(p->n);
    real *before = copy_of(p->m * ldc, c);
    multiply(kernels, p, lie, from, row, c, ldc);
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
        for (int k = 0; k < N_LIE * N_START; k++)
            check_product(set_here(i), &p, (enum lie)(k % N_LIE), (enum start)(k / N_LIE));
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
    check_all_ways(631, 5, 9); /* more strips than are computed at once */
}

/* Compares rows first .. first + count - 1, computed alone, with c of all rows. */
static void check_block_of_rows(const lts_kernels *kernels, const product *p, enum lie lie,
                                int64_t first, int64_t count, const real *c)
{
    product block = *p;
    block.m = count;
    block.a = p->a + first * p->lda;
    real *alone = zeros(count * p->n);
    multiply(kernels, &block, lie, FROM_ZERO, NULL, alone, p->n);
    assert_memory_equal(alone, c + first * p->n, (size_t)(count * p->n) * sizeof *alone);
    free(alone);
}

static void check_rows_alone(const lts_kernels *kernels)
{
    static const int64_t columns[] = {3, 11, 27, 41, 85};
    static const int64_t counts[] = {1, 2, 3, 4, 5, 6, 7, 13, 24, 25, 31, 48};
    enum { M = 53 };
    for (int k = 0; k < 5 * N_LIE; k++) {
        int64_t n = columns[k / N_LIE];
        enum lie lie = (enum lie)(k % N_LIE);
        product p = make_product(M, n, 37);
        real *c = zeros(M * n);
        multiply(kernels, &p, lie, FROM_ZERO, NULL, c, n);
        for (int64_t first = 0; first < M; first++)
            for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
                if (first + counts[i] <= M)
                    check_block_of_rows(kernels, &p, lie, first, counts[i], c);
        free(c);
        free_product(&p);
    }
}

/* So many inner indices that they are summed in blocks; few columns may use other code. */
static void check_long_rows_alone(const lts_kernels *kernels)
{
    enum { M = 17 };
    static const int64_t sizes[][2] = {{85, 600}, {2, 300}, {9, 500}, {16, 257}, {60, 130}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        int64_t n = sizes[k][0];
        product p = make_product(M, n, sizes[k][1]);
        real *c = zeros(M * n);
        for (int lie = 0; lie < N_LIE; lie++) {
            multiply(kernels, &p, (enum lie)lie, FROM_ZERO, NULL, c, n);
            for (int64_t i = 0; i < M; i++)
                check_block_of_rows(kernels, &p, (enum lie)lie, i, 1, c);
        }
        free(c);
        free_product(&p);
    }
}

static void
a_row_of_a_product_has_the_same_bits_in_any_block_of_rows_in_every_own_set(void **fixture)
{
    (void)fixture;
    with_every_own_set(check_rows_alone);
    with_every_own_set(check_long_rows_alone);
}

/*
 * A special value in A or B, compared with the product with 1 in its place: elements outside the
 * row of A or the column of B keep their bits. One of its factors is 0, with which inf gives NaN.
 */
enum { M = 13, N = 37, INNER = 29, ZERO_COLUMN = 22, ZERO_ROW = 5 };

static product make_special(int64_t inner)
{
    product p = make_product(M, N, INNER);
    for (int64_t j = 0; j < N; j++)
        p.b[inner * N + j] = j == ZERO_COLUMN ? 0 : j % 2 == 0 ? 2 : -2;
    return p;
}

static void multiply_all(const lts_kernels *kernels, const product *p, real *c[N_LIE])
{
    for (int lie = 0; lie < N_LIE; lie++) {
        c[lie] = filled(M * (N + 2), -7); /* a gap of 2 */
        multiply(kernels, p, (enum lie)lie, FROM_ZERO, NULL, c[lie], N + 2);
    }
}

/* Row i of C if A has `bad` in it; the largest number times 2 is infinite. */
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
    real *clean[N_LIE], *spoilt[N_LIE];
    multiply_all(kernels, &p, clean);
    p.a[row * p.lda + inner] = bad;
    multiply_all(kernels, &p, spoilt);
    for (int t = 0; t < N_LIE; t++)
        for (int64_t i = 0; i < M; i++)
            for (int64_t j = 0; j < N + 2; j++) {
                real got = spoilt[t][i * (N + 2) + j], want = clean[t][i * (N + 2) + j];
                if (i == row && j < N && (j != ZERO_COLUMN || !isfinite(bad)))
                    want = in_the_row(bad, j);
                assert_same(kernels->name, i, j, got, want);
            }
    free_arrays(N_LIE, clean);
    free_arrays(N_LIE, spoilt);
    free_product(&p);
}

static void check_special_in_b(const lts_kernels *kernels, int64_t inner, int64_t column, real bad)
{
    product p = make_product(M, N, INNER);
    for (int64_t i = 0; i < M; i++)
        p.a[i * p.lda + inner] = i == ZERO_ROW ? 0 : i % 2 == 0 ? 2 : -2;
    real *clean[N_LIE], *spoilt[N_LIE];
    multiply_all(kernels, &p, clean);
    p.b[inner * N + column] = bad;
    multiply_all(kernels, &p, spoilt);
    for (int t = 0; t < N_LIE; t++)
        for (int64_t i = 0; i < M; i++)
            for (int64_t j = 0; j < N + 2; j++) {
                real got = spoilt[t][i * (N + 2) + j], want = clean[t][i * (N + 2) + j];
                if (j == column && (i != ZERO_ROW || !isfinite(bad)))
                    want = i == ZERO_ROW ? NAN : in_the_row(bad, i);
                assert_same(kernels->name, i, j, got, want);
            }
    free_arrays(N_LIE, clean);
    free_arrays(N_LIE, spoilt);
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

/*
 * Multiples of LEAST, times small integers: sums are exact, and no product counts as 0 but where
 * vectors always flush.
 */
static void denormals_are_summed_exactly_in_every_set(void **fixture)
{
    (void)fixture;
    product p = make_product(M, N, INNER);
    for (int64_t i = 0; i < M; i++)
        for (int64_t k = 0; k < INNER; k++)
            p.a[i * p.lda + k] = (real)(1 + (i + k) % 7) * LEAST;
    for (int64_t k = 0; k < INNER * N; k++)
        p.b[k] = (real)(k % 5 - 1);
    for (int set = 0; set_here(set) != NULL; set++) {
        real *c[N_LIE];
        multiply_all(set_here(set), &p, c);
        for (int t = 0; t < N_LIE; t++)
            for (int64_t i = 0; i < M; i++)
                for (int64_t j = 0; j < N; j++) {
                    int64_t want = 0;
                    for (int64_t k = 0; k < INNER; k++)
                        want += (1 + (i + k) % 7) * ((k * N + j) % 5 - 1);
                    if (flushes(set_here(set)))
                        want = 0;
                    assert_true(c[t][i * (N + 2) + j] == (real)want * LEAST);
                }
        free_arrays(N_LIE, c);
    }
    free_product(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_products_are_right_in_every_set),
        cmocka_unit_test(
            a_row_of_a_product_has_the_same_bits_in_any_block_of_rows_in_every_own_set),
        cmocka_unit_test(what_is_not_finite_stays_in_its_row_or_column_of_a_product_in_every_set),
        cmocka_unit_test(denormals_are_summed_exactly_in_every_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
