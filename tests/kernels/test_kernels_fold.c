/* SPDX-License-Identifier: MIT */
/*
 * The fold's product and its adjoint in every set that can run here. Both are summed in double, so
 * the error of an element is only its rounding to float.
 */
#include "kernels_fixture.h"

/* A [rows, n], B [D, n], add [rows]; C by fold(), and by unfold() the columns of A^T C. */
typedef struct folded {
    int64_t rows, n, D;
    real *a, *b, *add;
    real *c, *back, *last;
} folded;

static folded make_folded(int64_t rows, int64_t n, int64_t D)
{
    return (folded){.rows = rows,
                    .n = n,
                    .D = D,
                    .a = random_array(rows * n),
                    .b = random_array(D * n),
                    .add = random_array(rows),
                    .c = random_array(rows * D),
                    .back = zeros(n * D),
                    .last = zeros(n)};
}

static void free_folded(folded *f)
{
    FREE(f->a, f->b, f->add, f->c, f->back, f->last);
}

static void fold(const lts_kernels *kernels, const folded *f)
{
    kernels->fold->forward(f->rows, f->n, f->D, f->a, f->b, f->add, f->c);
}

static void unfold(const lts_kernels *kernels, const folded *f)
{
    lts_training_kernels_of(kernels)->fold->backward(f->rows, f->n, f->D, f->a, f->c, f->back,
                                                     f->last);
}

static real unfolded(const folded *f, int64_t j, int64_t d)
{
    return d == f->D - 1 ? f->last[j] : f->back[j * (f->D - 1) + d];
}

static void check_fold(const lts_kernels *kernels, int64_t rows, int64_t n, int64_t D)
{
    folded f = make_folded(rows, n, D);
    fold(kernels, &f);
    unfold(kernels, &f);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t d = 0; d < D; d++) {
            sum want = {0};
            if (d == D - 1)
                sum_add(&want, f.add[i], 1);
            for (int64_t p = 0; p < n; p++)
                sum_add(&want, f.a[i * n + p], f.b[d * n + p]);
            assert_sum("fold", i, d, f.c[i * D + d], &want, 2);
        }
    for (int64_t j = 0; j < n; j++)
        for (int64_t d = 0; d < D; d++) {
            sum want = {0};
            for (int64_t i = 0; i < rows; i++)
                sum_add(&want, f.a[i * n + j], f.c[i * D + d]);
            assert_sum("unfold", j, d, unfolded(&f, j, d), &want, 2);
        }
    free_folded(&f);
}

static void check_fold_sizes(const lts_kernels *kernels)
{
    for (int64_t n = 1; n <= 70; n++)
        check_fold(kernels, 4 * (1 + n % 5), n, 1 + n % 11);
    check_fold(kernels, 400, 100, 3);
    check_fold(kernels, 508, 127, 1);
    check_fold(kernels, 516, 129, 2);
}

static void folding_and_its_adjoint_are_right_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_fold_sizes);
}

/* NaN or infinity at each place: in fold() it affects a row of A, a row of B or the last column. */
static void check_specials_of_fold(const lts_kernels *kernels)
{
    enum { ROWS = 8, N = 37, D = 6 };
    static const real bad[] = {NAN, INFINITY, -INFINITY};
    folded f = make_folded(ROWS, N, D);
    fold(kernels, &f);
    real *clean = copy_of(ROWS * D, f.c);
    for (int64_t k = 0; k < 3 * (ROWS * N + D * N + ROWS); k++) {
        int64_t at = k / 3, row = -1, column = -1;
        real *place = &f.a[at];
        if (at < ROWS * N)
            row = at / N;
        else if ((at -= ROWS * N) < D * N) {
            place = &f.b[at];
            column = at / N;
        } else {
            place = &f.add[at -= D * N];
            row = at;
            column = D - 1;
        }
        real before = *place;
        *place = bad[k % 3];
        fold(kernels, &f);
        *place = before;
        for (int64_t i = 0; i < ROWS; i++)
            for (int64_t d = 0; d < D; d++)
                if ((row < 0 || i == row) && (column < 0 || d == column))
                    assert_true(!isfinite(f.c[i * D + d]));
                else
                    assert_same("fold", i, d, f.c[i * D + d], clean[i * D + d]);
    }
    free(clean);
    free_folded(&f);
}

/* In unfold() it affects a column of A or of C. */
static void check_specials_of_unfold(const lts_kernels *kernels)
{
    enum { ROWS = 5, N = 37, D = 6 };
    static const real bad[] = {NAN, INFINITY, -INFINITY};
    folded f = make_folded(ROWS, N, D);
    unfold(kernels, &f);
    real *back = copy_of(N * (D - 1), f.back), *last = copy_of(N, f.last);
    const folded clean = {.D = D, .back = back, .last = last};
    for (int64_t k = 0; k < 3 * (ROWS * N + ROWS * D); k++) {
        int64_t at = k / 3;
        bool in_a = at < ROWS * N;
        real *place = in_a ? &f.a[at] : &f.c[at - ROWS * N];
        real before = *place;
        *place = bad[k % 3];
        unfold(kernels, &f);
        *place = before;
        for (int64_t j = 0; j < N; j++)
            for (int64_t d = 0; d < D; d++)
                if (in_a ? j == at % N : d == (at - ROWS * N) % D)
                    assert_true(!isfinite(unfolded(&f, j, d)));
                else
                    assert_same("unfold", j, d, unfolded(&f, j, d), unfolded(&clean, j, d));
    }
    FREE(back, last);
    free_folded(&f);
}

static void what_is_not_finite_stays_in_its_row_or_column_of_a_fold_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_specials_of_fold);
    with_every_set(check_specials_of_unfold);
}

/* Multiples of `unit`, with integers: sums are exact, whatever part of the range they lie in. */
static void check_multiples_of(const lts_kernels *kernels, real unit)
{
    enum { ROWS = 8, N = 37, D = 6 };
    folded f = make_folded(ROWS, N, D);
    for (int64_t i = 0; i < ROWS * N; i++)
        f.a[i] = (real)(i % 5) * unit;
    for (int64_t i = 0; i < D * N; i++)
        f.b[i] = (real)(i % 3 - 1);
    for (int64_t i = 0; i < ROWS; i++)
        f.add[i] = (real)i * unit;
    fold(kernels, &f);
    for (int64_t i = 0; i < ROWS; i++)
        for (int64_t d = 0; d < D; d++) {
            int64_t want = d == D - 1 ? i : 0;
            for (int64_t p = 0; p < N; p++)
                want += (i * N + p) % 5 * ((d * N + p) % 3 - 1);
            assert_true(f.c[i * D + d] == (real)want * unit);
        }
    free_folded(&f);
}

static void check_ends_of_the_range(const lts_kernels *kernels)
{
    real large = 1; /* a power of two; no sum exceeds 1024 times it */
    while (large < LARGEST / 8192)
        large *= 2;
    check_multiples_of(kernels, LEAST);
    check_multiples_of(kernels, 1);
    check_multiples_of(kernels, large);
}

static void a_fold_is_right_at_the_ends_of_the_range_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_ends_of_the_range);
}

#ifndef LSTMTS_TEST_DOUBLE

/* Sums whose partial sums overflow float, but not their result. */
static void check_detour(const lts_kernels *kernels)
{
    enum { ROWS = 4, N = 32, D = 2 };
    folded f = make_folded(ROWS, N, D);
    for (int64_t i = 0; i < ROWS * N; i++)
        f.a[i] = LARGEST;
    for (int64_t i = 0; i < D * N; i++)
        f.b[i] = i % N < N / 2 ? LARGEST : -LARGEST;
    fold(kernels, &f);
    for (int64_t i = 0; i < ROWS; i++)
        assert_true(f.c[i * D] == 0 && f.c[i * D + 1] == f.add[i]);
    free_folded(&f);
}

static void a_fold_may_leave_float_on_its_way_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_detour);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folding_and_its_adjoint_are_right_in_every_set),
        cmocka_unit_test(what_is_not_finite_stays_in_its_row_or_column_of_a_fold_in_every_set),
        cmocka_unit_test(a_fold_is_right_at_the_ends_of_the_range_in_every_set),
#ifndef LSTMTS_TEST_DOUBLE
        cmocka_unit_test(a_fold_may_leave_float_on_its_way_in_every_set),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
