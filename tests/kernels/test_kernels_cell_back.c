/* SPDX-License-Identifier: MIT */
/*
 * The backward pass of a step of cells in every set that can run here.
 */
#include "kernels_step.h"

/*
 * Inputs of a backward pass as `real`: gates, c, dh and dc [B, H]; and its results by the formulas.
 */
typedef struct way_back {
    real *gates, *c, *dh, *dc;
    wide *d, *dz, *dc_prev; /* d: dc with what dh adds to it */
} way_back;

static way_back make_way_back(const step *s)
{
    int64_t n = s->B * s->H;
    way_back w = {random_array(4 * n), random_array(n),   random_array(n), random_array(n),
                  wide_zeros(n),       wide_zeros(4 * n), wide_zeros(n)};
    for (int64_t i = 0; i < 4 * n; i++)
        w.gates[i] =
            (real)(i / s->H % 4 == 2 ? wide_tanh((wide)w.gates[i]) : sigmoid((wide)w.gates[i]));
    for (int64_t b = 0; b < s->B; b++)
        for (int64_t j = 0; j < s->H; j++) {
            int64_t at = b * s->H + j;
            const real *gate = w.gates + b * 4 * s->H + j;
            wide i = gate[0], f = gate[s->H], g = gate[2 * s->H], o = gate[3 * s->H];
            wide t = wide_tanh((wide)w.c[at]), d = w.dc[at] + w.dh[at] * o * (1 - t * t);
            wide *dz = w.dz + b * 4 * s->H + j;
            dz[0] = d * g * i * (1 - i);
            dz[s->H] = d * s->c_prev[at] * f * (1 - f);
            dz[2 * s->H] = d * i * (1 - g * g);
            dz[3 * s->H] = w.dh[at] * t * o * (1 - o);
            w.d[at] = d;
            w.dc_prev[at] = d * f;
        }
    return w;
}

static void free_way_back(way_back *w)
{
    FREE(w->gates, w->c, w->dh, w->dc);
    wide *wides[] = {w->d, w->dz, w->dc_prev};
    for (int i = 0; i < 3; i++)
        free(wides[i]);
}

/* Runs the backward pass in the layout of a set; dh and dc are padded copies. */
static void run_backward(const lts_kernels *kernels, const step *s, const way_back *w,
                         const laid_out *l, real *dh, real *dc)
{
    for (int64_t b = 0; b < s->B; b++)
        for (int64_t k = 0; k < 4 * s->H; k++)
            *gate_of(kernels, s, l, b, k / s->H, k % s->H) = w->gates[b * 4 * s->H + k];
    for (int64_t b = 0; b < s->B; b++)
        memcpy(l->c_new + b * l->Hp, w->c + b * s->H, (size_t)s->H * sizeof *w->c);
    lts_cells cells = cells_of(s, l, 0, s->B);
    lts_training_kernels_of(kernels)->cells->backward(&cells, dh, dc);
}

static void check_backward(const lts_kernels *kernels, const step *s, const way_back *w)
{
    laid_out l = lay_out(kernels, s);
    real *dh = pad_rows(s->B, s->H, l.Hp, w->dh), *dc = pad_rows(s->B, s->H, l.Hp, w->dc);
    run_backward(kernels, s, w, &l, dh, dc);
    for (int64_t b = 0; b < s->B; b++)
        for (int64_t j = 0; j < l.Hp; j++) {
            if (j >= s->H) {
                assert_true(dc[b * l.Hp + j] == 0);
                for (int64_t g = 0; g < 4 && j < l.G / 4; g++)
                    assert_true(*gate_of(kernels, s, &l, b, g, j) == 0);
                continue;
            }
            int64_t at = b * s->H + j;
            wide size = 2 + wide_abs(w->d[at]) * (1 + wide_abs((wide)s->c_prev[at])) +
                        wide_abs((wide)w->dh[at]) + wide_abs((wide)w->dc[at]);
            for (int64_t g = 0; g < 4; g++)
                assert_near("dz", b, j, *gate_of(kernels, s, &l, b, g, j),
                            w->dz[(b * 4 + g) * s->H + j], size, 8);
            assert_near("dc", b, j, dc[b * l.Hp + j], w->dc_prev[at], size, 8);
        }
    assert_other_calls_untouched(kernels, s, &l);
    FREE(dh, dc);
    free_laid_out(&l);
}

static void check_backward_in_every_set(int64_t B, int64_t H, int64_t D)
{
    step s = make_step(B, H, D);
    way_back w = make_way_back(&s);
    for (int i = 0; set_here(i) != NULL; i++)
        check_backward(set_here(i), &s, &w);
    free_way_back(&w);
    free_step(&s);
}

static void a_step_backward_is_right_in_every_set(void **fixture)
{
    (void)fixture;
    at_all_sizes(check_backward_in_every_set);
}

/* One input of the backward pass is not finite: it affects no other unit. */
static void check_spread_backward(const lts_kernels *kernels)
{
    enum { B = 5, H = 21, AT = 2 * H + 17, N_PLACE = 5 };
    static const real bad[] = {NAN, INFINITY, -INFINITY};
    step s = make_step(B, H, 2);
    way_back w = make_way_back(&s);
    laid_out clean = lay_out(kernels, &s);
    int64_t Hp = clean.Hp;
    real *dh = pad_rows(B, H, Hp, w.dh), *dc = pad_rows(B, H, Hp, w.dc);
    run_backward(kernels, &s, &w, &clean, dh, dc);
    real *places[N_PLACE] = {&w.dh[AT], &w.dc[AT], &w.c[AT], &s.c_prev[AT],
                             &w.gates[2 * 4 * H + 17]};
    for (int i = 0; i < 3 * N_PLACE; i++) {
        real before = *places[i / 3];
        *places[i / 3] = bad[i % 3];
        laid_out spoilt = lay_out(kernels, &s);
        real *dh_2 = pad_rows(B, H, Hp, w.dh), *dc_2 = pad_rows(B, H, Hp, w.dc);
        run_backward(kernels, &s, &w, &spoilt, dh_2, dc_2);
        for (int64_t k = 0; k < B * H; k++)
            for (int64_t g = 0; g < 4 && k != AT; g++) {
                int64_t b = k / H, j = k % H;
                assert_same("dz", b, j, *gate_of(kernels, &s, &spoilt, b, g, j),
                            *gate_of(kernels, &s, &clean, b, g, j));
                assert_same("dc", b, j, dc_2[b * Hp + j], dc[b * Hp + j]);
            }
        *places[i / 3] = before;
        FREE(dh_2, dc_2);
        free_laid_out(&spoilt);
    }
    FREE(dh, dc);
    free_laid_out(&clean);
    free_way_back(&w);
    free_step(&s);
}

static void what_is_not_finite_stays_in_its_unit_on_the_way_back_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_spread_backward);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_backward_is_right_in_every_set),
        cmocka_unit_test(what_is_not_finite_stays_in_its_unit_on_the_way_back_in_every_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
