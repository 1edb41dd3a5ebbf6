/* SPDX-License-Identifier: MIT */
/*
 * A step of cells whose products are in parts, against the formulas: by the C twin wherever AVX-512
 * is, by AMX where that is permitted too.
 */
#include "kernels_parts.h"

/* A step of cells. */
static void run_in_parts(const lts_kernels *kernels, const step *s, const laid_out *l,
                         const lts_cells *cells)
{
    const lts_part_kernels *parts = parts_of(kernels);
    int64_t H_inner = lts_part_inner(s->H), in_inner = lts_part_inner(s->D);
    lts_part *h = new_parts(3 * H_inner * l->G), *in = new_parts(3 * in_inner * l->G);
    lts_part *workspace =
        new_parts(3 * lts_min(cells->B, LTS_PART_ROWS_AT_ONCE) * (H_inner + in_inner));
    parts->split_right(3, s->H, l->G, l->h, h);
    parts->split_right(3, s->D, l->G, l->in, in);
    const lts_part_weights weights = {in, h, l->bias, 3};
    parts->forward(cells, &weights, workspace);
    free(h);
    free(in);
    free(workspace);
}

static void check_step(const lts_kernels *kernels, const step *s)
{
    laid_out l = lay_out(kernels, s);
    lts_cells cells = cells_of(s, &l, 0, s->B);
    run_in_parts(kernels, s, &l, &cells);
    assert_step_is_right(kernels, s, &l);
    free_laid_out(&l);
}

static void a_step_of_cells_in_parts_is_right(void **fixture)
{
    (void)fixture;
    static const int64_t sizes[][3] = {{1, 1, 1},    {10, 100, 2}, {17, 40, 40}, {64, 37, 3},
                                       {33, 24, 70}, {50, 20, 33}, {140, 17, 5}, {16, 129, 129}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        step s = make_step(sizes[k][0], sizes[k][1], sizes[k][2]);
        step_by_the_formulas(&s);
        for (int set = 0; parts_here(set) != NULL; set++)
            check_step(parts_here(set), &s);
        free_step(&s);
    }
}

/* Row by row as all at once; without h_prev as with one of zeros. */
static void check_rows_of_a_step(const lts_kernels *kernels, bool with_h)
{
    step s = make_step(37, 40, 35);
    if (!with_h)
        memset(s.h_prev, 0, (size_t)(s.B * s.H) * sizeof *s.h_prev);
    laid_out l = lay_out(kernels, &s);
    lts_cells cells = cells_of(&s, &l, 0, s.B);
    run_in_parts(kernels, &s, &l, &cells);
    size_t bytes = (size_t)(s.B * l.Hp) * sizeof(real);
    real *h = copy_of(s.B * l.Hp, l.h_new), *gates = copy_of((s.B + CALLS_AROUND) * l.G, l.gates);
    memset(l.h_new, 0, bytes);
    for (int64_t b = 0; b < s.B; b++) {
        cells = cells_of(&s, &l, b, 1);
        cells.h_prev = with_h ? cells.h_prev : NULL;
        run_in_parts(kernels, &s, &l, &cells);
    }
    assert_memory_equal(h, l.h_new, bytes);
    assert_memory_equal(gates, l.gates, (size_t)((s.B + CALLS_AROUND) * l.G) * sizeof *gates);
    FREE(h, gates);
    free_laid_out(&l);
    free_step(&s);
}

static void a_row_of_a_step_has_the_same_bits_alone(void **fixture)
{
    (void)fixture;
    for (int set = 0; parts_here(set) != NULL; set++) {
        check_rows_of_a_step(parts_here(set), true);
        check_rows_of_a_step(parts_here(set), false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_of_cells_in_parts_is_right),
        cmocka_unit_test(a_row_of_a_step_has_the_same_bits_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
