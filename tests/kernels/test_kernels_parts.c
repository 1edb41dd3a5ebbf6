/* SPDX-License-Identifier: MIT */
/*
 * Products in parts (kernels/parts.h): by the C twin wherever AVX-512 is, by AMX where that is
 * permitted too.
 */
#include "kernels_parts.h"

#include <errno.h>

/* C [m, n] = S + A B; n_inner is a multiple of 16, since dz is a left operand. */
typedef struct product {
    int64_t m, n, n_inner;
    real *a, *b, *start; /* [m, n_inner], [n_inner, n], [m, n] */
} product;

enum { LANES = 16, BEFORE = 3, AROUND = 5 };

static product make_product(int64_t m, int64_t n, int64_t n_inner)
{
    return (product){
        m, n, n_inner, random_array(m * n_inner), random_array(n_inner * n), random_array(m * n)};
}

static void free_product(product *p)
{
    FREE(p->a, p->b, p->start);
}

/* [rows, columns] in panels with further rows, which are NaN, before and after. */
static real *among_others(const lts_kernels *kernels, int64_t rows, int64_t columns,
                          const real *from)
{
    real *taller = filled((rows + AROUND) * columns, NAN),
         *packed = zeros((rows + AROUND) * columns);
    memcpy(taller + BEFORE * columns, from, (size_t)(rows * columns) * sizeof *from);
    lts_pack(kernels, rows + AROUND, columns, taller, columns, 1, packed);
    free(taller);
    return packed;
}

/* The product of dh: rows first .. first + m - 1 of A, packed. */
static void multiply_packed(const lts_kernels *kernels, int n_part, const product *p, int64_t first,
                            int64_t m, const real *start, real *c, int64_t ldc)
{
    real *a = among_others(kernels, p->m, p->n_inner, p->a), *b = zeros(p->n_inner * p->n);
    lts_part *b_parts = new_parts(lts_part_inner(p->n_inner) * p->n * n_part);
    lts_part *workspace = new_parts(lts_min(m, LTS_PART_ROWS_AT_ONCE) * n_part *
                                    lts_min(lts_part_inner(p->n_inner), LTS_PART_INNER_AT_ONCE));
    lts_pack(kernels, p->n_inner, p->n, p->b, p->n, 1, b);
    parts_of(kernels)->split_right(n_part, p->n_inner, p->n, b, b_parts);
    parts_of(kernels)->multiply_packed(n_part, m, p->n, p->n_inner,
                                       &(lts_rows){a, p->m + AROUND, BEFORE + first}, b_parts,
                                       start, p->n, c, ldc, workspace);
    FREE(a, b);
    free(b_parts);
    free(workspace);
}

/* C of multiply_transposed(): columns 16 j .. 16 j + 15 with a row more than C has, which stays. */
static int64_t in_columns(const product *p, int64_t i, int64_t j)
{
    return (j / 16 * (p->m + 1) + i) * 16 + j % 16;
}

/* The product of dW: all rows of A, whose transpose lies in strips; split in two goes. */

static void multiply_strips(const lts_kernels *kernels, int n_part, const product *p,
                            const real *start, real *c, int64_t ldc)
{
    int64_t n_strip = (p->m + LTS_STRIP - 1) / LTS_STRIP, inner = lts_part_inner(p->n_inner);
    real *strips = filled(n_strip * LTS_STRIP * p->n_inner, NAN);
    real *b = among_others(kernels, p->n_inner, p->n, p->b);
    lts_part *a_parts = new_parts(p->m * inner * n_part);
    lts_part *workspace = new_parts(lts_min(p->n, 64) * inner * n_part);
    real *columns = filled(p->n * (p->m + 1), NAN);
    for (int64_t i = 0; start != NULL && i < p->m; i++)
        for (int64_t j = 0; j < p->n; j++)
            columns[in_columns(p, i, j)] = start[i * p->n + j];
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t k = 0; k < p->n_inner; k++)
            strips[(i / LTS_STRIP * p->n_inner + k) * LTS_STRIP + i % LTS_STRIP] =
                p->a[i * p->n_inner + k];
    int64_t half = p->m / 2 / 16 * 16;
    parts_of(kernels)->split_strips(n_part, half, p->m, p->n_inner, strips, a_parts);
    parts_of(kernels)->split_strips(n_part, 0, half, p->n_inner, strips, a_parts);
    parts_of(kernels)->multiply_transposed(n_part, p->m, p->n, p->n_inner, a_parts,
                                           &(lts_rows){b, p->n_inner + AROUND, BEFORE},
                                           start != NULL, columns, 16 * (p->m + 1), workspace);
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t j = 0; j < p->n; j++)
            c[i * ldc + j] = columns[in_columns(p, i, j)];
    for (int64_t j = 0; j < p->n; j++)
        assert_true(isnan(columns[in_columns(p, p->m, j)]));
    FREE(strips, b, columns);
    free(a_parts);
    free(workspace);
}

/*
 * The bound of docs/numerics.md, section 15, as a multiple of the sum of magnitudes: the products of
 * parts that are left out, and the roundings of those that are added.
 */
static double bound(int n_part, int64_t n_inner)
{
    static const double left_out[] = {0, 0x1p-7 + 0x1p-15, 0x1p-14, 0x1p-23 + 0x1p-30};
    static const int products[] = {0, 1, 3, 6};
    double blocks = (double)(n_inner + 31) / 32;
    return left_out[n_part] + (18 + products[n_part] * blocks) * 0x1p-24 * 1.02;
}

/* The greatest error as a multiple of the sum of magnitudes. */
static double worst_of(const product *p, const real *start, const real *c, int64_t ldc)
{
    double worst = 0;
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t j = 0; j < p->n; j++) {
            sum want = {0};
            if (start != NULL)
                sum_add(&want, start[i * p->n + j], 1);
            for (int64_t k = 0; k < p->n_inner; k++)
                sum_add(&want, p->a[i * p->n_inner + k], p->b[k * p->n + j]);
            double error = fabs(((double)c[i * ldc + j] - want.high) - want.low) / want.size;
            worst = error > worst || isnan(error) ? error : worst;
        }
    return worst;
}

/* Both kinds of products, from 0 and from S; what follows a row of C stays. */
static void check_product(const lts_kernels *kernels, const product *p)
{
    int64_t ldc = p->n + 3;
    for (int way = 0; way < 12; way++) {
        int n_part = 1 + way % 3;
        const real *start = way % 2 == 0 ? NULL : p->start;
        real *c = filled(p->m * ldc, -7);
        if (way < 6)
            multiply_packed(kernels, n_part, p, 0, p->m, start, c, ldc);
        else
            multiply_strips(kernels, n_part, p, start, c, ldc);
        double worst = worst_of(p, start, c, ldc);
        if (!(worst <= bound(n_part, p->n_inner)))
            fail_msg("%s, %d parts, %d x %d x %d: off by %g", kernels->name, n_part, (int)p->m,
                     (int)p->n, (int)p->n_inner, worst);
        for (int64_t i = 0; i < p->m; i++)
            for (int64_t j = p->n; j < ldc; j++)
                assert_true(c[i * ldc + j] == -7);
        free(c);
    }
}

static void products_in_parts_are_within_the_bound(void **fixture)
{
    (void)fixture;
    static const int64_t rows[] = {1, 2, 15, 16, 17, 31, 32, 33, 49, 63};
    static const int64_t sizes[][3] = {{130, 16, 64}, {64, 208, 256}, {5, 64, 1024},
                                       {3, 48, 2096}, {265, 64, 96},  {40, 400, 112}};
    for (int set = 0; parts_here(set) != NULL; set++) {
        for (int64_t k = 0; k < 10; k++) {
            product p = make_product(rows[k], 16 + k * 16, 16 + (k * 3) % 8 * 16);
            check_product(parts_here(set), &p);
            free_product(&p);
        }
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            product p = make_product(sizes[k][0], sizes[k][1], sizes[k][2]);
            check_product(parts_here(set), &p);
            free_product(&p);
        }
    }
}

/* C = A B by multiply-adds in the order of the inner indices. */
static real *by_floats(const product *p)
{
    real *c = zeros(p->m * p->n);
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t k = 0; k < p->n_inner; k++)
            for (int64_t j = 0; j < p->n; j++)
                c[i * p->n + j] =
                    fmaf(p->a[i * p->n_inner + k], p->b[k * p->n + j], c[i * p->n + j]);
    return c;
}

static void three_parts_are_more_exact_than_a_sum_of_floats(void **fixture)
{
    (void)fixture;
    for (int set = 0; parts_here(set) != NULL; set++)
        for (int64_t inner = 128; inner <= 1024; inner *= 2) {
            product p = make_product(24, 64, inner);
            real *c = zeros(p.m * p.n), *floats = by_floats(&p);
            multiply_packed(parts_here(set), 3, &p, 0, p.m, NULL, c, p.n);
            double in_parts = worst_of(&p, NULL, c, p.n),
                   in_floats = worst_of(&p, NULL, floats, p.n);
            if (!(in_parts < in_floats))
                fail_msg("%s, %d inner indices: %g, by floats %g", parts_here(set)->name,
                         (int)inner, in_parts, in_floats);
            FREE(c, floats);
            free_product(&p);
        }
}

static void a_row_has_the_same_bits_in_any_block_of_rows(void **fixture)
{
    (void)fixture;
    static const int64_t counts[] = {1, 2, 15, 16, 17, 33, 48};
    for (int set = 0; parts_here(set) != NULL; set++) {
        product p = make_product(53, 80, 112);
        real *all = zeros(p.m * p.n), *some = zeros(p.m * p.n);
        multiply_packed(parts_here(set), 3, &p, 0, p.m, NULL, all, p.n);
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
            for (int64_t first = 0; first + counts[k] <= p.m; first += 1 + first % 3) {
                multiply_packed(parts_here(set), 3, &p, first, counts[k], NULL, some, p.n);
                assert_memory_equal(some, all + first * p.n,
                                    (size_t)(counts[k] * p.n) * sizeof *all);
            }
        FREE(all, some);
        free_product(&p);
    }
}

/* Row 3 of A has `bad` where B is 0, 2 or -2; other rows keep their bits. */
static void check_special(const lts_kernels *kernels, int n_part, real bad)
{
    enum { ROW = 3, AT = 21, ZERO = 5 };
    product p = make_product(19, 48, 64);
    real *clean = zeros(p.m * p.n), *spoilt = zeros(p.m * p.n);
    for (int64_t j = 0; j < p.n; j++)
        p.b[AT * p.n + j] = j == ZERO ? 0 : j % 2 == 0 ? 2 : -2;
    multiply_packed(kernels, n_part, &p, 0, p.m, NULL, clean, p.n);
    p.a[ROW * p.n_inner + AT] = bad;
    multiply_packed(kernels, n_part, &p, 0, p.m, NULL, spoilt, p.n);
    for (int64_t i = 0; i < p.m; i++)
        for (int64_t j = 0; j < p.n; j++) {
            real got = spoilt[i * p.n + j];
            if (i != ROW)
                assert_same(kernels->name, i, j, got, clean[i * p.n + j]);
            else
                assert_true(!isfinite(got) == (j != ZERO || !isfinite(bad)));
        }
    FREE(clean, spoilt);
    free_product(&p);
}

static void what_is_not_finite_stays_in_its_row(void **fixture)
{
    (void)fixture;
    static const real bad[] = {INFINITY, -INFINITY, NAN, -NAN, LARGEST, -LARGEST};
    for (int set = 0; parts_here(set) != NULL; set++)
        for (int k = 0; k < 18; k++)
            check_special(parts_here(set), 1 + k % 3, bad[k / 3]);
}

/* The largest numbers are not rounded to infinity: LARGEST / 2 is exact. */
static void large_numbers_stay_finite(void **fixture)
{
    (void)fixture;
    for (int set = 0; parts_here(set) != NULL; set++) {
        product p = make_product(3, 16, 16);
        real *c = zeros(p.m * p.n);
        memset(p.a, 0, (size_t)(p.m * p.n_inner) * sizeof *p.a);
        p.a[p.n_inner + 7] = LARGEST;
        for (int64_t j = 0; j < p.n; j++)
            p.b[7 * p.n + j] = (real)0.5;
        multiply_packed(parts_here(set), 3, &p, 0, p.m, NULL, c, p.n);
        for (int64_t j = 0; j < p.n; j++)
            assert_true(c[p.n + j] == LARGEST / 2 && c[j] == 0);
        FREE(c);
        free_product(&p);
    }
}

/* The instructions against their twin: numbers of all sizes, denormals and products that are. */
static void the_instructions_are_what_the_twin_computes(void **fixture)
{
    (void)fixture;
    const lts_kernels *twin = lts_kernels_find("amx_twin"), *real_set = lts_kernels_find("amx");
    for (int k = 0; twin != NULL && real_set != NULL && k < 60; k++) {
        product p = make_product(1 + (k * 7) % 60, 16 + k % 5 * 16, 16 + k % 7 * 48);
        for (int64_t i = 0; i < p.m * p.n_inner; i++)
            p.a[i] = ldexpf(p.a[i], k % 3 == 0 ? 0 : (int)(i * 37 % 200) - 140);
        for (int64_t i = 0; i < p.n_inner * p.n; i++)
            p.b[i] = ldexpf(p.b[i], k % 3 != 2 ? 0 : (int)(i * 53 % 120) - 90);
        real *by_twin = zeros(p.m * p.n), *by_real = zeros(p.m * p.n);
        for (int n_part = 1; n_part <= 3; n_part++) {
            multiply_packed(twin, n_part, &p, 0, p.m, k % 2 == 0 ? NULL : p.start, by_twin, p.n);
            multiply_packed(real_set, n_part, &p, 0, p.m, k % 2 == 0 ? NULL : p.start, by_real,
                            p.n);
            for (int64_t i = 0; i < p.m * p.n; i++)
                assert_same("element", i / p.n, i % p.n, by_real[i], by_twin[i]);
        }
        FREE(by_twin, by_real);
        free_product(&p);
    }
}

/* The name of the set that is chosen if LSTMTS_KERNELS is `named`, or not set. */
static const char *chosen(const char *named)
{
    if (named == NULL)
        unsetenv("LSTMTS_KERNELS");
    else
        setenv("LSTMTS_KERNELS", named, 1);
    const char *name = lts_kernels_select(64)->name;
    unsetenv("LSTMTS_KERNELS");
    return name;
}

static void tiles_are_chosen_where_they_run_and_the_twin_by_name_alone(void **fixture)
{
    (void)fixture;
    errno = E2BIG;
    bool tiles = lts_kernels_find("amx") != NULL, wide_vectors = lts_kernels_find("avx512") != NULL;
    assert_int_equal(errno, E2BIG);
    assert_true(!tiles || wide_vectors);
    if (tiles)
        assert_string_equal(chosen(NULL), "amx");
    assert_string_equal(chosen("amx"), chosen(NULL));
    assert_string_not_equal(chosen(NULL), "amx_twin");
    assert_true((strcmp(chosen("amx_twin"), "amx_twin") == 0) ==
                (lts_kernels_find("amx_twin") != NULL));
    if (wide_vectors)
        assert_string_equal(chosen("avx512"), "avx512");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiles_are_chosen_where_they_run_and_the_twin_by_name_alone),
        cmocka_unit_test(products_in_parts_are_within_the_bound),
        cmocka_unit_test(three_parts_are_more_exact_than_a_sum_of_floats),
        cmocka_unit_test(a_row_has_the_same_bits_in_any_block_of_rows),
        cmocka_unit_test(what_is_not_finite_stays_in_its_row),
        cmocka_unit_test(large_numbers_stay_finite),
        cmocka_unit_test(the_instructions_are_what_the_twin_computes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
