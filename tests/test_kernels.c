/* SPDX-License-Identifier: MIT */
#include "assert_status.h"

#include "base/rng.h"
#include "kernels/gates.h"
#include "kernels/gemm.h"
#include "kernels/sweep.h"

#include <float.h>
#include <stdlib.h>

static real random_value(uint64_t *counter)
{
    return (real)lts_rng_normal(3, 0, (*counter)++);
}

static real *random_matrix(int64_t rows, int64_t columns, uint64_t *counter)
{
    real *a = calloc((size_t)(rows * columns + 1), sizeof *a);
    assert_non_null(a);
    for (int64_t i = 0; i < rows * columns; i++)
        a[i] = random_value(counter);
    return a;
}

/*
 * One product against sums in double. Rows in memory are `gap` longer than the matrix; what lies in
 * the gap of C must stay. The bound is that of a sum of n_inner + 1 rounded products in any order.
 */
static void check_gemm(enum lts_transpose ta, enum lts_transpose tb, int64_t m, int64_t n,
                       int64_t n_inner, int64_t gap, bool accumulate)
{
    uint64_t counter = 0;
    int64_t lda = (ta == LTS_PLAIN ? n_inner : m) + gap,
            ldb = (tb == LTS_PLAIN ? n : n_inner) + gap;
    int64_t ldc = n + gap;
    real *a = random_matrix(ta == LTS_PLAIN ? m : n_inner, lda, &counter);
    real *b = random_matrix(tb == LTS_PLAIN ? n_inner : n, ldb, &counter);
    real *c = random_matrix(m, ldc, &counter), *before = calloc((size_t)(m * ldc + 1), sizeof *c);
    memcpy(before, c, (size_t)(m * ldc) * sizeof *c);
    double eps = sizeof(real) == 4 ? FLT_EPSILON : DBL_EPSILON;
    lts_gemm(ta, tb, m, n, n_inner, a, lda, b, ldb, accumulate, c, ldc);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < ldc; j++) {
            double old = (double)before[i * ldc + j], got = (double)c[i * ldc + j];
            long double sum = accumulate || j >= n ? old : 0, size = fabsl(sum);
            for (int64_t p = 0; p < n_inner && j < n; p++) {
                long double x = a[ta == LTS_PLAIN ? i * lda + p : p * lda + i];
                long double y = b[tb == LTS_PLAIN ? p * ldb + j : j * ldb + p];
                sum += x * y;
                size += fabsl(x * y);
            }
            if (!(fabsl(got - sum) <= eps * (double)(n_inner + 1) * size))
                fail_msg("C[%d][%d] of %d x %d x %d is %g, not %g", (int)i, (int)j, (int)m, (int)n,
                         (int)n_inner, got, (double)sum);
        }
    free(a);
    free(b);
    free(c);
    free(before);
}

static void products_of_every_form_and_awkward_size_are_right(void **fixture)
{
    (void)fixture;
    static const int64_t sizes[] = {1, 2, 3, 5, 8, 17, 63, 64, 65, 130};
    enum { N = sizeof sizes / sizeof *sizes };
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            for (int k = 0; k < N; k++)
                for (int form = 0; form < 4; form++)
                    check_gemm(form & 1 ? LTS_TRANSPOSED : LTS_PLAIN,
                               form & 2 ? LTS_TRANSPOSED : LTS_PLAIN, sizes[i], sizes[j], sizes[k],
                               (i + j + k) % 3, (i + j) % 2 == 0);
}

static void a_product_over_nothing_is_zero_or_leaves_the_sum(void **fixture)
{
    (void)fixture;
    for (int form = 0; form < 4; form++)
        for (int accumulate = 0; accumulate < 2; accumulate++)
            check_gemm(form & 1 ? LTS_TRANSPOSED : LTS_PLAIN, form & 2 ? LTS_TRANSPOSED : LTS_PLAIN,
                       7, 9, 0, 1, accumulate);
}

#ifndef LSTMTS_TEST_DOUBLE

static double ulps(float got, double want)
{
    float next = nextafterf((float)fabs(want), INFINITY);
    return fabs((double)got - want) / ((double)next - (double)(float)fabs(want));
}

/* Every 97th float of both signs up to `limit`: from denormals on, all exponents. */
static void check_function(float (*f)(float), double (*reference)(double), float limit)
{
    uint32_t last;
    memcpy(&last, &limit, sizeof last);
    for (uint32_t bits = 0; bits <= last; bits += 97)
        for (int sign = 0; sign < 2; sign++) {
            float x;
            memcpy(&x, &bits, sizeof x);
            x = sign ? -x : x;
            double want = reference((double)x);
            float got = f(x);
            if (!(fabs((double)got - want) <= 3e-7) || !(ulps(got, want) <= 4))
                fail_msg("f(%.9g) is %.9g, not %.9g: %.2f ulp", (double)x, (double)got, want,
                         ulps(got, want));
        }
}

static double sigmoid_reference(double x)
{
    return 1 / (1 + exp(-x));
}

static void sigmoid_is_within_4_ulp(void **fixture)
{
    (void)fixture;
    check_function(lts_sigmoid, sigmoid_reference, 86.0f);
}

static void tanh_is_within_4_ulp(void **fixture)
{
    (void)fixture;
    check_function(lts_tanh, tanh, 86.0f);
}

static void gates_saturate_and_pass_on_nan(void **fixture)
{
    (void)fixture;
    static const float large[] = {90.0f, 1000.0f, FLT_MAX, INFINITY};
    for (int i = 0; i < 4; i++) {
        assert_true(lts_sigmoid(large[i]) == 1.0f);
        assert_true(lts_sigmoid(-large[i]) >= 0.0f && lts_sigmoid(-large[i]) < 1e-37f);
        assert_true(lts_tanh(large[i]) == 1.0f);
        assert_true(lts_tanh(-large[i]) == -1.0f);
    }
    assert_true(isnan(lts_sigmoid(NAN)));
    assert_true(isnan(lts_tanh(NAN)));
    assert_true(lts_tanh(-0.0f) == 0.0f);
}

#endif

static void a_sum_of_squares_is_summed_in_double(void **fixture)
{
    (void)fixture;
    for (int64_t n = 0; n < 40; n++) {
        real values[40];
        double want = 0;
        for (int64_t i = 0; i < n; i++) {
            values[i] = (real)(i + 1) * (real)1e19; /* the squares overflow a float */
            want += (double)values[i] * (double)values[i];
        }
        assert_true(fabs(lts_sum_of_squares(n, values) - want) <= 1e-14 * want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_of_every_form_and_awkward_size_are_right),
        cmocka_unit_test(a_product_over_nothing_is_zero_or_leaves_the_sum),
#ifndef LSTMTS_TEST_DOUBLE
        cmocka_unit_test(sigmoid_is_within_4_ulp),
        cmocka_unit_test(tanh_is_within_4_ulp),
        cmocka_unit_test(gates_saturate_and_pass_on_nan),
#endif
        cmocka_unit_test(a_sum_of_squares_is_summed_in_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
