/* SPDX-License-Identifier: MIT */
/*
 * Elementwise kernels in every set that can run here, for every n up to N: whole vectors, parts of
 * one, and none. Elements after the last must not change.
 */
#include "kernels_fixture.h"

enum { N = 70 };

static const real specials[] = {NAN, INFINITY, -INFINITY};

static void check_all_finite(const lts_kernels *kernels)
{
    const real bad[] = {NAN, -NAN, INFINITY, -INFINITY};
    real *values = random_array(N);
    for (int64_t i = 0; i < N; i += 3) /* barely finite */
        values[i] = i % 2 == 0 ? LARGEST : -LEAST;
    for (int64_t n = 0; n <= N; n++) {
        assert_true(kernels->elementwise->all_finite(n, values));
        for (int64_t i = 0; i < N; i++)
            for (int k = 0; k < 4; k++) {
                real before = values[i];
                values[i] = bad[k];
                assert_int_equal(kernels->elementwise->all_finite(n, values), i >= n);
                values[i] = before;
            }
    }
    free(values);
}

static void values_that_are_not_finite_are_found_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_all_finite);
}

static void check_sum_of_squares(const lts_kernels *kernels)
{
    real values[N] = {0};
    for (int64_t n = 0; n <= N; n++) {
        double want = 0;
        for (int64_t i = 0; i < n; i++) {
            values[i] = (real)(i + 1) * (real)1e19; /* the squares overflow a float */
            want += (double)values[i] * (double)values[i];
        }
        assert_true(fabs(lts_training_kernels_of(kernels)->elementwise->sum_of_squares(n, values) -
                         want) <= 1e-14 * want);
        for (int64_t i = 0; i < N; i++)
            for (int k = 0; k < 3; k++) {
                real before = values[i];
                values[i] = specials[k];
                double got =
                    lts_training_kernels_of(kernels)->elementwise->sum_of_squares(n, values);
                assert_true(i >= n ? isfinite(got) : k == 0 ? isnan(got) : got == INFINITY);
                values[i] = before;
            }
    }
}

static void a_sum_of_squares_is_summed_in_double_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_sum_of_squares);
}

#ifndef LSTMTS_TEST_DOUBLE

/* The squares of these are far below any float, but not below any double. */
static void check_small_squares(const lts_kernels *kernels)
{
    real values[N];
    for (int64_t n = 0; n <= N; n++) {
        double want = 0;
        for (int64_t i = 0; i < n; i++) {
            values[i] = (real)(i + 1) * LEAST;
            want += (double)values[i] * (double)values[i];
        }
        assert_true(lts_training_kernels_of(kernels)->elementwise->sum_of_squares(n, values) ==
                    want);
    }
}

static void squares_of_denormals_are_summed_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_small_squares);
}

#endif

/* values *= factor: rounded once, so every set has the same bits. */
static void check_scale(const lts_kernels *kernels)
{
    static const real factors[] = {0.3f, -1, 0, LEAST, LARGEST, INFINITY, NAN};
    for (int64_t n = 0; n <= N; n++)
        for (size_t k = 0; k < sizeof factors / sizeof *factors; k++) {
            real *values = random_array(N);
            for (int64_t i = 0; i < N; i += 3)
                values[i] *= i % 2 == 0 ? LEAST * 1024 : LARGEST / 1024;
            real *scaled = copy_of(N, values);
            lts_training_kernels_of(kernels)->elementwise->scale(n, factors[k], scaled);
            for (int64_t i = 0; i < N; i++) {
                real want = i < n ? values[i] * factors[k] : values[i];
                real in_vectors = flushed(flushed(values[i]) * flushed(factors[k]));
                if (i < n && flushes(kernels) &&
                    (scaled[i] == in_vectors || (isnan(scaled[i]) && isnan(in_vectors))))
                    continue;
                assert_same("scaled", n, i, scaled[i], want);
            }
            FREE(values, scaled);
        }
}

/* y += factor x, with a special value at each place of x or y. */
static void check_add_scaled(const lts_kernels *kernels, int64_t n)
{
    const real factor = (real)-0.7;
    real *x = random_array(N), *y = random_array(N), *sums = copy_of(N, y);
    lts_training_kernels_of(kernels)->elementwise->add_scaled(n, factor, x, sums);
    for (int64_t i = 0; i < N; i++) {
        if (i >= n) {
            assert_same("after the last", n, i, sums[i], y[i]);
            continue;
        }
        sum want = {0};
        sum_add(&want, y[i], 1);
        sum_add(&want, factor, x[i]);
        assert_sum(kernels->name, n, i, sums[i], &want, 0);
    }
    for (int64_t k = 0; k < 6 * n; k++) {
        int64_t at = k / 6;
        real *spoilt = k % 2 == 0 ? x : y, before = spoilt[at], *again;
        spoilt[at] = specials[k / 2 % 3];
        again = copy_of(N, y);
        lts_training_kernels_of(kernels)->elementwise->add_scaled(n, factor, x, again);
        for (int64_t i = 0; i < N; i++)
            assert_same(kernels->name, at, i, again[i], i == at ? y[i] + factor * x[i] : sums[i]);
        spoilt[at] = before;
        free(again);
    }
    FREE(x, y, sums);
}

static void check_add_scaled_sizes(const lts_kernels *kernels)
{
    for (int64_t n = 0; n <= N; n++)
        check_add_scaled(kernels, n);
}

static void values_are_scaled_and_added_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_scale);
    with_every_set(check_add_scaled_sizes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_that_are_not_finite_are_found_in_every_set),
        cmocka_unit_test(a_sum_of_squares_is_summed_in_double_in_every_set),
#ifndef LSTMTS_TEST_DOUBLE
        cmocka_unit_test(squares_of_denormals_are_summed_in_every_set),
#endif
        cmocka_unit_test(values_are_scaled_and_added_in_every_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
