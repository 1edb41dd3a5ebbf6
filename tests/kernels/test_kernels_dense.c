/* SPDX-License-Identifier: MIT */
/* Products of doubles in every set that can run here, against sums in order. */
#include "kernels_fixture.h"

static double *random_doubles(int64_t n)
{
    static uint64_t counter;
    double *a = malloc((size_t)(n + 1) * sizeof *a);
    assert_non_null(a);
    for (int64_t i = 0; i < n; i++)
        a[i] = lts_rng_normal(7, 0, counter++);
    return a;
}

typedef struct product {
    int64_t m, n, n_inner, lda, ldb, ldc;
    bool transposed; /**< A is stored as its transpose [n_inner, m] */
    double *a, *b, *c, *start;
} product;

static double a_of(const product *p, int64_t i, int64_t q)
{
    return p->transposed ? p->a[q * p->lda + i] : p->a[i * p->lda + q];
}

static void multiply(const lts_kernels *kernels, const product *p, double factor)
{
    memcpy(p->c, p->start, (size_t)(p->m * p->ldc) * sizeof *p->c);
    kernels->dense->add_product(p->m, p->n, p->n_inner, p->a, p->transposed ? 1 : p->lda,
                                p->transposed ? p->lda : 1, p->b, p->ldb, factor, p->c, p->ldc);
}

static void assert_product(const product *p, double factor)
{
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t j = 0; j < p->ldc; j++) {
            double want = p->start[i * p->ldc + j], size = fabs(want);
            for (int64_t q = 0; q < p->n_inner && j < p->n; q++) {
                double term = factor * a_of(p, i, q) * p->b[q * p->ldb + j];
                want += term;
                size += fabs(term);
            }
            double error = fabs(p->c[i * p->ldc + j] - want);
            /* both sums are rounded once a term; beyond a row of C nothing is written */
            assert_true(error <=
                        (j < p->n ? 2 * (double)(p->n_inner + 2) : 0) * DBL_EPSILON * size);
        }
}

static void check_product(const lts_kernels *kernels, int64_t m, int64_t n, int64_t n_inner,
                          bool transposed)
{
    product p = {.m = m,
                 .n = n,
                 .n_inner = n_inner,
                 .lda = (transposed ? m : n_inner) + 2,
                 .ldb = n + 1,
                 .ldc = n + 3,
                 .transposed = transposed};
    p.a = random_doubles((transposed ? n_inner : m) * p.lda);
    p.b = random_doubles(n_inner * p.ldb);
    p.c = random_doubles(m * p.ldc);
    p.start = random_doubles(m * p.ldc);
    const double factors[] = {1, -1, 0.25};
    for (int f = 0; f < 3; f++) {
        multiply(kernels, &p, factors[f]);
        assert_product(&p, factors[f]);
    }
    free(p.a);
    free(p.b);
    free(p.c);
    free(p.start);
}

static void check_sizes(const lts_kernels *kernels)
{
    for (int64_t n = 1; n <= 50; n++)
        for (int transposed = 0; transposed <= 1; transposed++) {
            check_product(kernels, 1 + n % 10, n, (n * 7) % 20, transposed);
            check_product(kernels, 1 + (n * 3) % 13, n, 125 + n, transposed);
        }
}

static void products_of_doubles_are_right_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_sizes);
}

/* Rows that are computed alone, and together in tiles. */
static void check_rows(const lts_kernels *kernels)
{
    enum { M = 9, N = 61, INNER = 200 };
    double *a = random_doubles(M * INNER), *b = random_doubles(INNER * N);
    double together[M * N] = {0}, alone[M * N] = {0};
    kernels->dense->add_product(M, N, INNER, a, INNER, 1, b, N, 1, together, N);
    for (int64_t i = 0; i < M; i++)
        kernels->dense->add_product(1, N, INNER, a + i * INNER, INNER, 1, b, N, 1, alone + i * N,
                                    N);
    assert_memory_equal(together, alone, sizeof together);
    free(a);
    free(b);
}

static void a_row_has_the_same_bits_beside_any_others(void **fixture)
{
    (void)fixture;
    with_every_set(check_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_of_doubles_are_right_in_every_set),
        cmocka_unit_test(a_row_has_the_same_bits_beside_any_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
