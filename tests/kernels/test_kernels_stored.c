/* SPDX-License-Identifier: MIT */
/*
 * Weights in fewer bytes, and a step of cells from them, in every set that can run here.
 */
#include "kernels_step.h"

#include "kernels/stored_pack.h"

/** Stored weights of a step, and the weights that they stand for. */
typedef struct stored_step {
    lts_stored_weights weights;
    step rounded; /**< the same step with these weights */
} stored_step;

static lts_stored_matrix pack(const lts_kernels *kernels, int64_t H, int64_t n, const real *W,
                              int64_t format)
{
    size_t words = (size_t)lts_stored_words(kernels->lanes, H, n, format);
    lts_stored_matrix m = {.panels = calloc(words, sizeof(uint32_t))};
    assert_non_null(m.panels);
    if (format == LTS_STORED_INT8)
        m.scale = zeros(lts_gate_row(kernels->lanes, H));
    lts_stored_pack(kernels->lanes, H, n, W, format, &m);
    return m;
}

static void free_matrix(const lts_stored_matrix *m)
{
    free(m->panels);
    free(m->scale);
}

/* Element (row, p) of W [4H, n], read as stored.h has it: columns in vectors, vectors in words. */
static double element(const lts_kernels *kernels, int64_t H, int64_t n, const lts_stored_matrix *m,
                      int64_t format, int64_t row, int64_t p)
{
    int64_t lanes = kernels->lanes, in_word = format == LTS_STORED_BFLOAT16 ? 2 : 4;
    int64_t column = lts_gate_column(kernels, H, row / H, row % H);
    int64_t unit = row % H / lanes * lanes, in_block = column - 4 * unit;
    int64_t vector = in_block / lanes, vectors = 4 * lts_block_units(lanes, H, unit) / lanes;
    int64_t row_words = (vectors + in_word - 1) / in_word * lanes;
    const uint32_t *block = m->panels + (4 * unit * n) / in_word;
    uint32_t word = block[p * row_words + vector / in_word * lanes + in_block % lanes];
    uint32_t part = word << (32 - 32 / in_word * (vector % in_word + 1));
    float value;
    int32_t number;
    memcpy(&value, &part, sizeof value);
    memcpy(&number, &part, sizeof number);
    return format == LTS_STORED_BFLOAT16 ? (double)value
                                         : (double)number * 0x1p-24 * (double)m->scale[column];
}

/* The largest error that a row of W may have at one element. */
static double bound_at(int64_t n, const real *row, int64_t p, int64_t format)
{
    double most = 0, as_float = sizeof(real) == 8 ? 0x1p-24 : 0; /* a double is rounded twice */
    for (int64_t q = 0; q < n; q++)
        most = fabs((double)row[q]) > most ? fabs((double)row[q]) : most;
    return format == LTS_STORED_BFLOAT16 ? (0x1p-8 + as_float) * fabs((double)row[p]) + 0x1p-126
                                         : most / 127 * (0.5 + 0x1p-16) + 0x1p-119;
}

static real *rounded_weights(const lts_kernels *kernels, int64_t H, int64_t n, const real *W,
                             const lts_stored_matrix *m, int64_t format)
{
    real *rounded = zeros(4 * H * n);
    for (int64_t row = 0; row < 4 * H; row++)
        for (int64_t p = 0; p < n; p++) {
            double value = element(kernels, H, n, m, format, row, p);
            double error = fabs(value - (double)W[row * n + p]);
            if (!(error <= bound_at(n, W + row * n, p, format)))
                fail_msg("%s, format %lld: weight (%lld, %lld) is %g, stored as %g", kernels->name,
                         (long long)format, (long long)row, (long long)p, (double)W[row * n + p],
                         value);
            rounded[row * n + p] = (real)value;
        }
    return rounded;
}

/* With `in` as floats, or stored if it is as wide as h. */
static stored_step store(const lts_kernels *kernels, const step *s, const laid_out *l,
                         int64_t format)
{
    stored_step stored = {.weights = {.format = format, .bias = l->bias}, .rounded = *s};
    lts_stored_weights *w = &stored.weights;
    step *r = &stored.rounded;
    w->h = pack(kernels, s->H, s->H, s->W_h, format);
    r->W_h = rounded_weights(kernels, s->H, s->H, s->W_h, &w->h, format);
    r->W_in = copy_of(4 * s->H * s->D, s->W_in);
    if (s->D == s->H) {
        w->in_stored = pack(kernels, s->H, s->D, s->W_in, format);
        free(r->W_in);
        r->W_in = rounded_weights(kernels, s->H, s->D, s->W_in, &w->in_stored, format);
    } else {
        w->in = l->in;
    }
    r->gates = wide_zeros(4 * s->B * s->H);
    r->size = wide_zeros(4 * s->B * s->H);
    r->c = wide_zeros(s->B * s->H);
    r->h = wide_zeros(s->B * s->H);
    return stored;
}

static void free_stored(stored_step *stored)
{
    FREE(stored->rounded.W_in, stored->rounded.W_h);
    wide *wides[] = {stored->rounded.gates, stored->rounded.size, stored->rounded.c,
                     stored->rounded.h};
    for (int i = 0; i < 4; i++)
        free(wides[i]);
    free_matrix(&stored->weights.h);
    free_matrix(&stored->weights.in_stored);
}

static void check_step(const lts_kernels *kernels, const step *s, int64_t format)
{
    laid_out l = lay_out(kernels, s);
    stored_step stored = store(kernels, s, &l, format);
    lts_cells cells = cells_of(s, &l, 0, s->B);
    step_by_the_formulas(&stored.rounded);
    kernels->stored->forward(&cells, &stored.weights, 0, l.Hp);
    assert_step_is_right(kernels, &stored.rounded, &l);
    free_stored(&stored);
    free_laid_out(&l);
}

static void check_steps(const lts_kernels *kernels, int64_t B, int64_t H, int64_t D)
{
    step s = make_step(B, H, D);
    check_step(kernels, &s, LTS_STORED_BFLOAT16);
    check_step(kernels, &s, LTS_STORED_INT8);
    free_step(&s);
}

static void check_sizes(const lts_kernels *kernels)
{
    if (kernels->stored == NULL)
        return;
    for (int64_t H = 1; H <= 40; H++)
        for (int64_t B = 1; B <= 9; B += 4) {
            check_steps(kernels, B, H, 3 + (H == 3));
            check_steps(kernels, B, H, H);
        }
    check_steps(kernels, 1, 129, 129);
    check_steps(kernels, 30, 100, 100);
    check_steps(kernels, 3, 200, 200);
}

static void a_step_is_right_for_weights_within_the_bounds_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_sizes);
}

/* All rows at once, row by row without gates, and the units in two parts. */
static void check_bits(const lts_kernels *kernels, int64_t H, int64_t format)
{
    enum { B = 31 };
    step s = make_step(B, H, H);
    laid_out l = lay_out(kernels, &s);
    stored_step stored = store(kernels, &s, &l, format);
    size_t bytes = (size_t)(B * l.Hp) * sizeof(real);
    lts_cells all = cells_of(&s, &l, 0, B);
    kernels->stored->forward(&all, &stored.weights, 0, l.Hp);
    real *c = copy_of(B * l.Hp, l.c_new), *h = copy_of(B * l.Hp, l.h_new);
    memset(l.c_new, 0, bytes);
    memset(l.h_new, 0, bytes);
    for (int64_t b = 0; b < B; b++) {
        lts_cells row = cells_of(&s, &l, b, 1);
        row.gates = NULL;
        kernels->stored->forward(&row, &stored.weights, 0, l.Hp);
    }
    assert_memory_equal(c, l.c_new, bytes);
    assert_memory_equal(h, l.h_new, bytes);
    memset(l.h_new, 0, bytes);
    kernels->stored->forward(&all, &stored.weights, kernels->lanes, l.Hp);
    assert_true(l.h_new[0] == 0);
    kernels->stored->forward(&all, &stored.weights, 0, kernels->lanes);
    assert_memory_equal(h, l.h_new, bytes);
    FREE(c, h);
    free_stored(&stored);
    free_laid_out(&l);
    free_step(&s);
}

static void check_all_bits(const lts_kernels *kernels)
{
    for (int64_t H = kernels->lanes + 1; kernels->stored != NULL && H <= 3 * kernels->lanes; H++) {
        check_bits(kernels, H, LTS_STORED_BFLOAT16);
        check_bits(kernels, H, LTS_STORED_INT8);
    }
}

static void rows_have_the_same_bits_alone_and_units_in_parts_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_all_bits);
}

static void a_first_step_is_one_from_zeros(void **fixture)
{
    enum { B = 3, H = 21 };
    (void)fixture;
    for (int64_t format = LTS_STORED_BFLOAT16; format <= LTS_STORED_INT8; format++) {
        const lts_kernels *kernels = lts_kernels_own();
        step s = make_step(B, H, H);
        memset(s.h_prev, 0, (size_t)(B * H) * sizeof *s.h_prev);
        laid_out l = lay_out(kernels, &s);
        stored_step stored = store(kernels, &s, &l, format);
        lts_cells cells = cells_of(&s, &l, 0, B);
        kernels->stored->forward(&cells, &stored.weights, 0, l.Hp);
        real *h = copy_of(B * l.Hp, l.h_new);
        cells.h_prev = NULL;
        kernels->stored->forward(&cells, &stored.weights, 0, l.Hp);
        assert_memory_equal(h, l.h_new, (size_t)(B * l.Hp) * sizeof(real));
        free(h);
        free_stored(&stored);
        free_laid_out(&l);
        free_step(&s);
    }
}

/* Rows of zeros, of the least and the largest numbers, and of numbers of many magnitudes. */
static void check_extremes(const lts_kernels *kernels)
{
    enum { H = 5, N = 4 };
    const real largest = FLT_MAX, least = FLT_MIN, denormal = FLT_MIN / 8;
    real W[4 * H * N];
    for (int64_t i = 0; i < 4 * H * N; i++) {
        const real rows[5][N] = {{0, -0.0F, 0, 0},
                                 {denormal, -least, least, 0},
                                 {largest, -largest, 1, -1},
                                 {(real)1e-30, (real)-1e30, (real)1e-20, 1},
                                 {1, (real)0.99609375, (real)-1.9999999, (real)0.5}};
        /* each kind beside each other in a word */
        W[i] = rows[(i / N + i / (N * H)) % 5][i % N];
    }
    for (int64_t format = LTS_STORED_BFLOAT16; format <= LTS_STORED_INT8; format++) {
        lts_stored_matrix m = pack(kernels, H, N, W, format);
        free(rounded_weights(kernels, H, N, W, &m, format));
        free_matrix(&m);
    }
}

static void extreme_weights_are_within_the_bounds(void **fixture)
{
    (void)fixture;
    with_every_set(check_extremes);
}

/* A weight that is not finite is noticed in its unit, and in no other. */
static void what_is_not_finite_is_not_stored_as_finite(void **fixture)
{
    enum { H = 21, UNIT = 7, PLACE = (H + UNIT) * H + 4 };
    const real values[] = {NAN, INFINITY, -INFINITY};
    (void)fixture;
    for (int64_t i = 0; i < 6; i++) {
        const lts_kernels *kernels = lts_kernels_own();
        int64_t format = i < 3 ? LTS_STORED_BFLOAT16 : LTS_STORED_INT8;
        real *W = random_array(4 * H * H);
        W[PLACE] = values[i % 3];
        lts_stored_matrix m = pack(kernels, H, H, W, format);
        for (int64_t row = 0; row < 4 * H; row++) {
            bool finite = true;
            for (int64_t p = 0; p < H; p++)
                finite = finite && isfinite(element(kernels, H, H, &m, format, row, p));
            assert_int_equal(finite, row != PLACE / H);
        }
        free_matrix(&m);
        free(W);
    }
}

static void a_set_without_steps_from_stored_weights_takes_the_generic_one(void **fixture)
{
    (void)fixture;
    for (int i = 0; set_here(i) != NULL; i++) {
        const lts_kernels *kernels = set_here(i);
        assert_ptr_equal(lts_kernels_storing(kernels),
                         kernels->stored != NULL ? kernels : lts_kernels_find("generic"));
        assert_non_null(lts_kernels_storing(kernels)->stored);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_right_for_weights_within_the_bounds_in_every_set),
        cmocka_unit_test(rows_have_the_same_bits_alone_and_units_in_parts_in_every_set),
        cmocka_unit_test(a_first_step_is_one_from_zeros),
        cmocka_unit_test(extreme_weights_are_within_the_bounds),
        cmocka_unit_test(what_is_not_finite_is_not_stored_as_finite),
        cmocka_unit_test(a_set_without_steps_from_stored_weights_takes_the_generic_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
