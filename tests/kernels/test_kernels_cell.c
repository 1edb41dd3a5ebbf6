/* SPDX-License-Identifier: MIT */
/*
 * A step of cells in every set that can run here.
 */
#include "kernels_step.h"

static void check_forward(const lts_kernels *kernels, const step *s)
{
    laid_out l = lay_out(kernels, s);
    run_forward(kernels, s, &l);
    assert_step_is_right(kernels, s, &l);
    free_laid_out(&l);
}

static void check_forward_in_every_set(int64_t B, int64_t H, int64_t D)
{
    step s = make_step(B, H, D);
    step_by_the_formulas(&s);
    for (int i = 0; set_here(i) != NULL; i++)
        check_forward(set_here(i), &s);
    free_step(&s);
}

static void a_step_of_cells_is_right_in_every_set(void **fixture)
{
    (void)fixture;
    at_all_sizes(check_forward_in_every_set);
}

/* All at once, and row by row without gates. */
static void check_rows(const lts_kernels *kernels, int64_t H)
{
    enum { B = 7, D = 3 };
    step s = make_step(B, H, D);
    laid_out l = lay_out(kernels, &s);
    lts_cell_weights weights = {l.in, l.h, l.bias};
    size_t bytes = (size_t)(B * l.Hp) * sizeof(real);
    run_forward(kernels, &s, &l);
    real *c = copy_of(B * l.Hp, l.c_new), *h = copy_of(B * l.Hp, l.h_new);
    memset(l.c_new, 0, bytes);
    memset(l.h_new, 0, bytes);
    for (int64_t b = 0; b < B; b++) {
        lts_cells row = cells_of(&s, &l, b, 1);
        row.gates = NULL;
        kernels->cells->forward(&row, &weights, 0, l.Hp);
    }
    assert_memory_equal(c, l.c_new, bytes);
    assert_memory_equal(h, l.h_new, bytes);
    FREE(c, h);
    free_laid_out(&l);
    free_step(&s);
}

/* The units of a step in two parts, the second one first. */
static void check_parts_of_units(const lts_kernels *kernels, int64_t H)
{
    enum { B = 7, D = 3 };
    step s = make_step(B, H, D);
    laid_out l = lay_out(kernels, &s);
    lts_cell_weights weights = {l.in, l.h, l.bias};
    size_t bytes = (size_t)(B * l.Hp) * sizeof(real);
    run_forward(kernels, &s, &l);
    real *c = copy_of(B * l.Hp, l.c_new), *h = copy_of(B * l.Hp, l.h_new);
    memset(l.c_new, 0, bytes);
    memset(l.h_new, 0, bytes);
    lts_cells all = cells_of(&s, &l, 0, B);
    kernels->cells->forward(&all, &weights, kernels->lanes, l.Hp);
    assert_true(l.c_new[0] == 0);
    kernels->cells->forward(&all, &weights, 0, kernels->lanes);
    assert_memory_equal(c, l.c_new, bytes);
    assert_memory_equal(h, l.h_new, bytes);
    FREE(c, h);
    free_laid_out(&l);
    free_step(&s);
}

/* A missing h_prev gives the bits of one of zeros; gates do not depend on the number of rows. */
static void check_zero_and_rows(const lts_kernels *kernels, int64_t H)
{
    enum { B = 7, D = 3 };
    step s = make_step(B, H, D);
    memset(s.h_prev, 0, (size_t)(B * H) * sizeof *s.h_prev);
    laid_out with = lay_out(kernels, &s), without = lay_out(kernels, &s);
    lts_cell_weights weights = {with.in, with.h, with.bias};
    run_forward(kernels, &s, &with);
    for (int64_t b = 0; b < B; b++) {
        lts_cells row = cells_of(&s, &without, b, 1);
        row.h_prev = NULL;
        kernels->cells->forward(&row, &weights, 0, with.Hp);
    }
    size_t bytes = (size_t)(B * with.Hp) * sizeof(real);
    assert_memory_equal(with.h_new, without.h_new, bytes);
    assert_memory_equal(with.c_new, without.c_new, bytes);
    assert_memory_equal(with.gates, without.gates,
                        (size_t)((B + CALLS_AROUND) * with.G) * sizeof(real));
    lts_cells all = cells_of(&s, &without, 0, B);
    all.h_prev = NULL;
    kernels->cells->forward(&all, &weights, 0, with.Hp);
    assert_memory_equal(with.h_new, without.h_new, bytes);
    free_laid_out(&with);
    free_laid_out(&without);
    free_step(&s);
}

/* With last blocks of any width. */
static void check_rows_of_cells(const lts_kernels *kernels)
{
    for (int64_t H = kernels->lanes + 1; H <= 3 * kernels->lanes; H++)
        check_rows(kernels, H), check_zero_and_rows(kernels, H);
    check_rows(kernels, 100);
    check_zero_and_rows(kernels, 100);
}

static void check_units_of_cells(const lts_kernels *kernels)
{
    for (int64_t H = kernels->lanes + 1; H <= 3 * kernels->lanes; H++)
        check_parts_of_units(kernels, H);
    check_parts_of_units(kernels, 100);
}

static void cells_have_the_same_bits_alone_in_own_sets_and_in_parts_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_own_set(check_rows_of_cells);
    with_every_set(check_units_of_cells);
}

/*
 * The entry `gates` alone: all weights are 0, so the sums are the bias. Sums and gates share
 * memory, or some rows have sums of their own and their gates are not kept.
 */
static void check_gates_of_sums(const lts_kernels *kernels, int64_t H)
{
    enum { B = 7, D = 3, FIRST = 2, ROWS = 5 };
    step s = make_step(B, H, D);
    memset(s.W_in, 0, (size_t)(4 * H * D) * sizeof *s.W_in);
    memset(s.W_h, 0, (size_t)(4 * H * H) * sizeof *s.W_h);
    laid_out want = lay_out(kernels, &s), got = lay_out(kernels, &s), apart = lay_out(kernels, &s);
    run_forward(kernels, &s, &want);
    lts_cells in_place = cells_of(&s, &got, 0, B), not_kept = cells_of(&s, &apart, 0, B);
    not_kept.gates = NULL;
    for (int64_t unit = 0; unit < H; unit += kernels->lanes) {
        int64_t width = 4 * lts_block_units(kernels->lanes, H, unit);
        real *z = gate_at(kernels, &s, &got, 0, 4 * unit), *sums = zeros(ROWS * width);
        for (int64_t b = 0; b < B; b++)
            memcpy(z + b * width, got.bias + 4 * unit, (size_t)width * sizeof *z);
        memcpy(sums, z, (size_t)(ROWS * width) * sizeof *z);
        kernels->cells->gates(&in_place, unit, 0, B, z);
        kernels->cells->gates(&not_kept, unit, FIRST, ROWS, sums);
        free(sums);
    }
    size_t all = (size_t)(B * want.Hp) * sizeof(real),
           some = (size_t)(ROWS * want.Hp) * sizeof(real);
    assert_memory_equal(want.gates, got.gates,
                        (size_t)((B + CALLS_AROUND) * want.G) * sizeof(real));
    assert_memory_equal(want.c_new, got.c_new, all);
    assert_memory_equal(want.h_new, got.h_new, all);
    assert_memory_equal(want.c_new + FIRST * want.Hp, apart.c_new + FIRST * want.Hp, some);
    assert_memory_equal(want.h_new + FIRST * want.Hp, apart.h_new + FIRST * want.Hp, some);
    assert_true(apart.h_new[0] == 0); /* a row before them */
    free_laid_out(&want);
    free_laid_out(&got);
    free_laid_out(&apart);
    free_step(&s);
}

static void check_gates_entry(const lts_kernels *kernels)
{
    for (int64_t H = 1; H <= 3 * kernels->lanes; H++)
        check_gates_of_sums(kernels, H);
}

static void gates_of_given_sums_are_those_of_a_step_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_gates_entry);
}

/* The units whose c and h may differ: one, or with -1 all of a row or all rows of a unit. */
static void assert_others_same(const step *s, const laid_out *l, const laid_out *clean, int64_t row,
                               int64_t unit)
{
    for (int64_t b = 0; b < s->B; b++)
        for (int64_t j = 0; j < s->H; j++) {
            int64_t at = b * l->Hp + j;
            if ((row < 0 || b == row) && (unit < 0 || j == unit)) {
                assert_true(isnan(l->c_new[at]) && isnan(l->h_new[at]));
                continue;
            }
            assert_same("c", b, j, l->c_new[at], clean->c_new[at]);
            assert_same("h", b, j, l->h_new[at], clean->h_new[at]);
        }
}

static void check_spread_forward(const lts_kernels *kernels)
{
    enum { B = 7, H = 37, D = 2, ROW = 4, UNIT = 33 };
    step s = make_step(B, H, D);
    laid_out clean = lay_out(kernels, &s);
    run_forward(kernels, &s, &clean);
    const struct {
        real *place;
        int64_t row, unit; /* -1: all */
    } cases[] = {
        {&s.in[ROW * s.in_row + 1], ROW, -1},    {&s.h_prev[ROW * H + UNIT], ROW, -1},
        {&s.c_prev[ROW * H + UNIT], ROW, UNIT},  {&s.W_h[UNIT * H + 5], -1, UNIT},
        {&s.W_in[(2 * H + UNIT) * D], -1, UNIT}, {&s.bias[H + UNIT], -1, UNIT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        real before = *cases[i].place;
        *cases[i].place = NAN;
        laid_out l = lay_out(kernels, &s);
        run_forward(kernels, &s, &l);
        assert_others_same(&s, &l, &clean, cases[i].row, cases[i].unit);
        *cases[i].place = before;
        free_laid_out(&l);
    }
    free_laid_out(&clean);
    free_step(&s);
}

/*
 * Each sum of one row is infinite or the largest number: its gates are 0 or 1, its c and h finite.
 */
static void check_saturated_row(const lts_kernels *kernels)
{
    enum { B = 7, H = 37, D = 1, ROW = 4 };
    const real inputs[] = {INFINITY, -INFINITY, LARGEST, -LARGEST};
    step s = make_step(B, H, D);
    for (int i = 0; i < 4; i++) {
        s.in[ROW * s.in_row] = inputs[i];
        laid_out l = lay_out(kernels, &s);
        run_forward(kernels, &s, &l);
        for (int64_t j = 0; j < H; j++) {
            bool on[4];
            for (int64_t g = 0; g < 4; g++)
                on[g] = (s.W_in[(g * H + j) * D] > 0) == (inputs[i] > 0);
            real c = (on[1] ? s.c_prev[ROW * H + j] : 0) + (on[0] ? (on[2] ? 1 : -1) : 0);
            wide h = on[3] ? wide_tanh((wide)c) : 0;
            assert_near("c", ROW, j, l.c_new[ROW * l.Hp + j], c, 1 + wide_abs((wide)c), 4);
            assert_near("h", ROW, j, l.h_new[ROW * l.Hp + j], h, 1, 4);
        }
        free_laid_out(&l);
    }
    free_step(&s);
}

static void what_is_not_finite_stays_in_its_row_or_unit_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_spread_forward);
    with_every_set(check_saturated_row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_of_cells_is_right_in_every_set),
        cmocka_unit_test(cells_have_the_same_bits_alone_in_own_sets_and_in_parts_in_every_set),
        cmocka_unit_test(gates_of_given_sums_are_those_of_a_step_in_every_set),
        cmocka_unit_test(what_is_not_finite_stays_in_its_row_or_unit_in_every_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
