/* SPDX-License-Identifier: MIT */
/* Sums over windows against the same sums taken window by window; and Cholesky by its residual. */
#include "assert_close.h"

#include "base/rng.h"
#include "failing_allocator.h"
#include "method/cholesky.h"
#include "method/gram.h"

#include <stdlib.h>

static double *random_doubles(int64_t n, uint64_t seed)
{
    double *a = malloc((size_t)n * sizeof *a);
    assert_non_null(a);
    for (int64_t i = 0; i < n; i++)
        a[i] = lts_rng_normal(seed, 0, (uint64_t)i);
    return a;
}

/* Adds to `want` what a window contributes: products, then squares, then sums. */
static void add_window(const lts_gram *gram, int64_t base_len, const double *x, double *want)
{
    int64_t L = gram->L, N = gram->N;
    double base = 0;
    for (int64_t i = L - base_len; i < L; i++)
        base += x[i] / (double)base_len;
    for (int64_t j = 0; j < N; j++) {
        for (int64_t i = 0; i < L; i++)
            want[i * N + j] += (x[i] - base) * (x[j] - base);
        want[L * N + j] += (x[j] - base) * (x[j] - base);
        want[L * N + N + j] += x[j] - base;
    }
}

static void assert_gram(const lts_gram *gram, int64_t n, const double *want)
{
    int64_t L = gram->L, N = gram->N;
    double tolerance = 1e-12 * (double)n;
    assert_int_equal(gram->n, n);
    for (int64_t k = 0; k < L * N; k++)
        assert_close("gram", "products", k, gram->products[k], want[k], tolerance);
    for (int64_t j = 0; j < N; j++) {
        assert_close("gram", "squares", j, gram->squares[j], want[L * N + j], tolerance);
        assert_close("gram", "sums", j, gram->sums[j], want[L * N + N + j], tolerance);
    }
}

static void check_gram(lts_gram *gram, int64_t H, int64_t base_len)
{
    const int64_t lengths[] = {1, 40, gram->L + H - 1, gram->L + H, gram->L + H + 1, 150};
    double *want = calloc((size_t)((gram->L + 2) * (gram->L + H)), sizeof *want);
    int64_t n = 0;
    assert_non_null(want);
    lts_gram_clear(gram, H);
    for (size_t r = 0; r < sizeof lengths / sizeof *lengths; r++) {
        double *x = random_doubles(lengths[r], r);
        lts_gram_add(gram, x, lengths[r]);
        for (int64_t s = 0; s + gram->N <= lengths[r]; s++, n++)
            add_window(gram, base_len, x + s, want);
        free(x);
    }
    lts_gram_finish(gram, base_len);
    assert_gram(gram, n, want);
    free(want);
}

static void sums_over_runs_are_the_sums_over_their_windows(void **fixture)
{
    (void)fixture;
    for (int64_t L = 1; L <= 17; L += 4) {
        lts_gram gram;
        assert_ok(lts_gram_new(&gram, L, 20));
        for (int64_t H = 1; H <= 20; H += 3)
            for (int64_t base_len = 0; base_len <= L; base_len++)
                check_gram(&gram, H, base_len);
        lts_gram_free(&gram);
    }
}

static void without_windows_all_sums_are_zero(void **fixture)
{
    (void)fixture;
    lts_gram gram;
    const double want[(3 + 2) * 5] = {0}, short_run[] = {1, 2, 3, 4};
    assert_ok(lts_gram_new(&gram, 3, 2));
    lts_gram_clear(&gram, 2);
    lts_gram_add(&gram, short_run, 4);
    lts_gram_finish(&gram, 3);
    assert_gram(&gram, 0, want);
    lts_gram_free(&gram);
}

static lstm_status attempt(void *unused)
{
    (void)unused;
    lts_gram gram;
    lstm_status status = lts_gram_new(&gram, 7, 5);
    lts_gram_free(&gram);
    return status;
}

static void sums_without_memory_leak_nothing(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    failing_allocator_sweep(&memory, attempt, NULL);
    failing_allocator_remove(&memory);
}

/* A = M^T M + I; its least eigenvalue is above 1. */
static double *positive_definite(int64_t n)
{
    double *m = random_doubles(n * n, 5), *a = malloc((size_t)(n * n) * sizeof *a);
    assert_non_null(a);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            a[i * n + j] = i == j;
            for (int64_t p = 0; p < n; p++)
                a[i * n + j] += m[p * n + i] * m[p * n + j];
        }
    free(m);
    return a;
}

static void check_solution(int64_t n, int64_t m)
{
    double *a = positive_definite(n), *b = random_doubles(n * (m + 1), 6);
    double *r = malloc((size_t)(n * n) * sizeof *r), *x = random_doubles(n * (m + 1), 6);
    assert_non_null(r);
    for (int64_t k = 0; k < n * n; k++)
        r[k] = k / n <= k % n ? a[k] : (double)NAN; /* the lower triangle is not read */
    assert_true(lts_cholesky_factor(lts_kernels_own(), n, r));
    lts_cholesky_solve(lts_kernels_own(), n, r, m, x, m + 1);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < m; j++) {
            double sum = 0;
            for (int64_t p = 0; p < n; p++)
                sum += a[i * n + p] * x[p * (m + 1) + j];
            assert_close("A x", "b", i, sum, b[i * (m + 1) + j], 1e-11 * (double)n);
        }
        assert_true(x[i * (m + 1) + m] == b[i * (m + 1) + m]); /* beyond a row */
    }
    free(a);
    free(b);
    free(r);
    free(x);
}

static void a_solution_satisfies_its_equations(void **fixture)
{
    (void)fixture;
    for (int64_t n = 1; n <= 100; n += n < 8 ? 1 : 23)
        check_solution(n, 1 + n % 9);
    check_solution(65, 40);
}

static void a_matrix_that_is_not_positive_definite_has_no_factor(void **fixture)
{
    (void)fixture;
    double negative[] = {1, 2, 0, 1}, missing[] = {1, 2, 0, (double)NAN}, zero[] = {0},
           huge[] = {(double)INFINITY};
    assert_false(lts_cholesky_factor(lts_kernels_own(), 2, negative));
    assert_false(lts_cholesky_factor(lts_kernels_own(), 2, missing));
    assert_false(lts_cholesky_factor(lts_kernels_own(), 1, zero));
    assert_false(lts_cholesky_factor(lts_kernels_own(), 1, huge));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_over_runs_are_the_sums_over_their_windows),
        cmocka_unit_test(without_windows_all_sums_are_zero),
        cmocka_unit_test(sums_without_memory_leak_nothing),
        cmocka_unit_test(a_solution_satisfies_its_equations),
        cmocka_unit_test(a_matrix_that_is_not_positive_definite_has_no_factor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
