/* SPDX-License-Identifier: MIT */
/*
 * One step of a layer's cells for the tests of kernels: by the formulas, and in the layout of a
 * set.
 */
#ifndef TESTS_KERNELS_STEP_H
#define TESTS_KERNELS_STEP_H

#include "kernels_fixture.h"

/** B cells without padding, with weights in gate blocks, and the results of the step. */
typedef struct step {
    int64_t B, H, D, in_row;
    real *W_in, *W_h, *bias;    /**< [4H, D], [4H, H], [4H]           */
    real *in, *h_prev, *c_prev; /**< [B, D] rows in_row apart, [B, H] */
    wide *gates, *size;         /**< [B, 4, H], and sums of sizes     */
    wide *c, *h;                /**< [B, H]                           */
} step;

static inline wide *wide_zeros(int64_t n)
{
    wide *a = calloc((size_t)n, sizeof *a);
    assert_non_null(a);
    return a;
}

static inline wide sigmoid(wide x)
{
    return 1 / (1 + wide_exp(-x));
}

static inline step make_step(int64_t B, int64_t H, int64_t D)
{
    step s = {.B = B, .H = H, .D = D, .in_row = D + B % 2};
    s.W_in = random_array(4 * H * D);
    s.W_h = random_array(4 * H * H);
    s.bias = random_array(4 * H);
    s.in = random_array(B * s.in_row);
    fill_gaps(B, D, s.in_row, s.in);
    s.h_prev = random_array(B * H);
    s.c_prev = random_array(B * H);
    s.gates = wide_zeros(4 * B * H);
    s.size = wide_zeros(4 * B * H);
    s.c = wide_zeros(B * H);
    s.h = wide_zeros(B * H);
    return s;
}

static inline void free_step(step *s)
{
    FREE(s->W_in, s->W_h, s->bias, s->in, s->h_prev, s->c_prev);
    wide *wides[] = {s->gates, s->size, s->c, s->h};
    for (int i = 0; i < 4; i++)
        free(wides[i]);
}

/** The pre-activation of gate `g` of unit j in row b. */
static inline sum z_of(const step *s, int64_t b, int64_t g, int64_t j)
{
    sum z = {0};
    int64_t row = g * s->H + j;
    sum_add(&z, s->bias[row], 1);
    for (int64_t k = 0; k < s->D; k++)
        sum_add(&z, s->W_in[row * s->D + k], s->in[b * s->in_row + k]);
    for (int64_t k = 0; k < s->H; k++)
        sum_add(&z, s->W_h[row * s->H + k], s->h_prev[b * s->H + k]);
    return z;
}

static inline void step_by_the_formulas(const step *s)
{
    for (int64_t b = 0; b < s->B; b++)
        for (int64_t j = 0; j < s->H; j++) {
            wide *gate = s->gates + b * 4 * s->H + j;
            for (int64_t g = 0; g < 4; g++) {
                sum z = z_of(s, b, g, j);
                wide x = (wide)z.high + (wide)z.low;
                gate[g * s->H] = g == 2 ? wide_tanh(x) : sigmoid(x);
                s->size[(b * 4 + g) * s->H + j] = (wide)z.size;
            }
            int64_t at = b * s->H + j;
            s->c[at] = gate[s->H] * s->c_prev[at] + gate[0] * gate[2 * s->H];
            s->h[at] = gate[3 * s->H] * wide_tanh(s->c[at]);
        }
}

/** Rows of gates of other calls that lie before and after those of a step. */
enum { CALLS_BEFORE = 2, CALLS_AROUND = 5 };

/** The same step in the layout of a set. */
typedef struct laid_out {
    int64_t Hp, G;
    real *in, *h, *bias; /**< packed weights */
    real *h_prev, *c_prev;
    real *gates, *c_new, *h_new;
} laid_out;

static inline real *pad_rows(int64_t B, int64_t H, int64_t Hp, const real *rows)
{
    real *padded = zeros(B * Hp);
    for (int64_t b = 0; b < B; b++)
        memcpy(padded + b * Hp, rows + b * H, (size_t)H * sizeof *rows);
    return padded;
}

/** Column `column` of row b of the gates; b may be a row of another call. */
static inline real *gate_at(const lts_kernels *kernels, const step *s, const laid_out *l, int64_t b,
                            int64_t column)
{
    int64_t unit = column / (4 * kernels->lanes) * kernels->lanes;
    int64_t width = 4 * lts_block_units(kernels->lanes, s->H, unit);
    return l->gates + 4 * unit * (s->B + CALLS_AROUND) + (CALLS_BEFORE + b) * width +
           (column - 4 * unit);
}

static inline real *gate_of(const lts_kernels *kernels, const step *s, const laid_out *l, int64_t b,
                            int64_t g, int64_t j)
{
    return gate_at(kernels, s, l, b, lts_gate_column(kernels, s->H, g, j));
}

/** Asserts that gates of other calls still have the values of lay_out(). */
static inline void assert_other_calls_untouched(const lts_kernels *kernels, const step *s,
                                                const laid_out *l)
{
    for (int64_t b = -CALLS_BEFORE; b < s->B + CALLS_AROUND - CALLS_BEFORE; b++)
        for (int64_t column = 0; column < l->G && (b < 0 || b >= s->B); column++)
            assert_true(*gate_at(kernels, s, l, b, column) == -9);
}

/** Asserts that gates, c and h are those of the formulas, and that nothing else was written. */
static inline void assert_step_is_right(const lts_kernels *kernels, const step *s,
                                        const laid_out *l)
{
    int64_t n = s->H + s->D + 2;
    for (int64_t b = 0; b < s->B; b++)
        for (int64_t j = 0; j < l->Hp; j++) {
            int64_t at = b * s->H + j, padded = b * l->Hp + j;
            if (j >= s->H) { /* padded units stay zero */
                assert_true(l->c_new[padded] == 0 && l->h_new[padded] == 0);
                continue;
            }
            wide largest = 1;
            for (int64_t g = 0; g < 4; g++) {
                int64_t gate = (b * 4 + g) * s->H + j;
                largest = s->size[gate] > largest ? s->size[gate] : largest;
                assert_near("gate", b, j, *gate_of(kernels, s, l, b, g, j), s->gates[gate],
                            s->size[gate] + 2, n);
            }
            wide scale = (largest + 2) * (1 + wide_abs((wide)s->c_prev[at]));
            assert_near("c", b, j, l->c_new[padded], s->c[at], scale, 2 * n);
            assert_near("h", b, j, l->h_new[padded], s->h[at], scale, 3 * n);
        }
    assert_other_calls_untouched(kernels, s, l);
}

static inline laid_out lay_out(const lts_kernels *kernels, const step *s)
{
    int64_t Hp = lts_padded(kernels, s->H);
    int64_t G = lts_gate_row(kernels->lanes, s->H);
    laid_out l = {.Hp = Hp, .G = G};
    l.in = zeros(s->D * G);
    l.h = zeros(s->H * G);
    l.bias = zeros(G);
    lts_pack_gates(kernels, s->H, s->D, s->W_in, s->D, l.in, NULL);
    lts_pack_gates(kernels, s->H, s->H, s->W_h, s->H, l.h, NULL);
    lts_spread_gates(kernels, s->H, s->bias, l.bias);
    l.h_prev = pad_rows(s->B, s->H, Hp, s->h_prev);
    l.c_prev = pad_rows(s->B, s->H, Hp, s->c_prev);
    l.gates = filled((s->B + CALLS_AROUND) * G, -9);
    for (int64_t k = 0; k < s->B * G; k++) /* padded units of the step itself begin as 0 */
        *gate_at(kernels, s, &l, k / G, k % G) = 0;
    l.c_new = zeros(s->B * Hp);
    l.h_new = zeros(s->B * Hp);
    return l;
}

static inline void free_laid_out(laid_out *l)
{
    FREE(l->in, l->h, l->bias, l->h_prev, l->c_prev, l->gates, l->c_new, l->h_new);
}

/** Rows `row` .. row + n - 1 of the step. */
static inline lts_cells cells_of(const step *s, const laid_out *l, int64_t row, int64_t n)
{
    int64_t at = row * l->Hp;
    return (lts_cells){.B = n,
                       .H = s->H,
                       .Hp = l->Hp,
                       .n_in = s->D,
                       .in = s->in + row * s->in_row,
                       .in_row = s->in_row,
                       .c_prev = l->c_prev + at,
                       .h_prev = l->h_prev + at,
                       .gates = l->gates,
                       .gate_rows = s->B + CALLS_AROUND,
                       .gate_row = CALLS_BEFORE + row,
                       .c = l->c_new + at,
                       .h = l->h_new + at};
}

static inline void run_forward(const lts_kernels *kernels, const step *s, const laid_out *l)
{
    lts_cells cells = cells_of(s, l, 0, s->B);
    kernels->cells->forward(&cells, &(lts_cell_weights){l->in, l->h, l->bias}, 0, l->Hp);
}

/** Every B with every H. */
static inline void at_all_sizes(void (*check)(int64_t B, int64_t H, int64_t D))
{
    static const int64_t large[] = {100, 127, 129};
    for (int64_t B = 1; B <= 17; B++) {
        for (int64_t H = 1; H <= 40; H++)
            check(B, H, 1 + (B + H) % 5);
        for (int i = 0; i < 3; i++)
            check(B, large[i], 1 + (B + large[i]) % 5);
    }
    check(3, 129, 129);
    check(50, 20, 3);
}

#endif
