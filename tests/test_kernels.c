/* SPDX-License-Identifier: MIT */
/*
 * Every set of kernels that can run here, against plain sums in a wider type.
 */
#include "assert_status.h"

#include "base/rng.h"
#include "kernels/pack.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

/* Wider than `real` by so much that its own rounding does not count. */
#ifdef LSTMTS_TEST_DOUBLE
typedef long double wide;
#define wide_abs  fabsl
#define wide_exp  expl
#define wide_tanh tanhl
#else
typedef double wide;
#define wide_abs  fabs
#define wide_exp  exp
#define wide_tanh tanh
#endif

static const double eps = sizeof(real) == 4 ? (double)FLT_EPSILON : DBL_EPSILON;

static uint64_t counter;

static real *random_array(int64_t n)
{
    real *a = calloc((size_t)n + 1, sizeof *a);
    assert_non_null(a);
    for (int64_t i = 0; i < n; i++)
        a[i] = (real)lts_rng_normal(3, 0, counter++);
    return a;
}

static real *zeros(int64_t n)
{
    real *a = calloc((size_t)n + 1, sizeof *a);
    assert_non_null(a);
    return a;
}

/* A sum of n + 1 rounded products in any order is off by at most eps n of the sum of their sizes.
 */
static void assert_sum(const char *what, int64_t i, int64_t j, real got, wide want, wide size,
                       int64_t n)
{
    if (!(wide_abs((wide)got - want) <= (wide)eps * (wide)(n + 1) * size))
        fail_msg("%s[%d][%d] is %g, not %g", what, (int)i, (int)j, (double)got, (double)want);
}

/* Runs a check for every set of kernels of this machine. */
static void with_every_set(void (*check)(const lts_kernels *kernels))
{
    static const char *const names[] = {"generic", "avx2", "avx512", "neon"};
    int n = 0;
    for (int i = 0; i < 4; i++)
        if (lts_kernels_find(names[i]) != NULL) {
            check(lts_kernels_find(names[i]));
            n++;
        }
    assert_true(n > 0);
#ifdef LTS_KERNELS_NEON
    assert_non_null(lts_kernels_find("neon"));
#endif
}

/* Where a product begins: at 0, at C itself, at one row for all. */
enum start { FROM_ZERO, FROM_C, FROM_A_ROW, N_START };

/* C = S + op(A) B; rows of C have a gap behind them that must stay. `transposed`: A lies as
 * [n_inner, m]. */
static void check_product(const lts_kernels *kernels, int64_t m, int64_t n, int64_t n_inner,
                          bool transposed, enum start from)
{
    int64_t ldc = n + m % 3, lda = (transposed ? m : n_inner) + n % 2;
    real *a = random_array((transposed ? n_inner : m) * lda), *b = random_array(n_inner * n);
    real *c = random_array(m * ldc), *before = zeros(m * ldc), *row = random_array(n);
    real *packed = zeros(n_inner * lts_padded(kernels, n));
    memcpy(before, c, (size_t)(m * ldc) * sizeof *c);
    lts_pack(kernels, n_inner, n, b, n, 1, packed);
    const real *start = from == FROM_C ? c : from == FROM_A_ROW ? row : NULL;
    (transposed ? kernels->multiply_transposed : kernels->multiply)(
        m, n, n_inner, a, lda, packed, start, from == FROM_C ? ldc : 0, c, ldc);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < ldc; j++) {
            wide sum = j >= n || from == FROM_C ? before[i * ldc + j]
                       : from == FROM_A_ROW     ? row[j]
                                                : 0;
            wide size = wide_abs(sum);
            for (int64_t p = 0; p < n_inner && j < n; p++) {
                wide x = a[transposed ? p * lda + i : i * lda + p], y = b[p * n + j];
                sum += x * y;
                size += wide_abs(x * y);
            }
            assert_sum(kernels->name, i, j, c[i * ldc + j], sum, size, n_inner);
        }
    real *arrays[] = {a, b, c, before, row, packed};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

static void check_product_sizes(const lts_kernels *kernels)
{
    static const int64_t inner[] = {0, 1, 7, 100, 513, 1030};
    for (int64_t m = 0; m <= 17; m++)
        for (int64_t n = 1; n <= 70; n += 3)
            for (int k = 0; k < 2 * N_START; k++)
                check_product(kernels, m, n, (m * n) % 23, k % 2 == 0, (enum start)(k / 2));
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 2 * N_START; k++)
            check_product(kernels, 13, 127, inner[i], k % 2 == 0, (enum start)(k / 2));
}

/* The row of a product has the same bits whichever rows are computed with it. */
static void check_rows_alone(const lts_kernels *kernels)
{
    enum { M = 17, N = 85, P = 600 };
    real *a = random_array(M * P), *b = random_array(P * N), *alone = zeros(N);
    real *c = zeros(M * N), *packed = zeros(P * lts_padded(kernels, N));
    lts_pack(kernels, P, N, b, N, 1, packed);
    kernels->multiply(M, N, P, a, P, packed, NULL, 0, c, N);
    for (int64_t i = 0; i < M; i++) {
        kernels->multiply(1, N, P, a + i * P, P, packed, NULL, 0, alone, N);
        assert_memory_equal(alone, c + i * N, N * sizeof *c);
    }
    real *arrays[] = {a, b, c, alone, packed};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

static void a_row_of_a_product_has_the_same_bits_alone_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_rows_alone);
}

static void packed_products_are_right_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_product_sizes);
}

/* [rows, D] and its adjoint [n, D], both by plain sums. */
static void check_fold(const lts_kernels *kernels, int64_t rows, int64_t n, int64_t D)
{
    real *a = random_array(rows * n), *b = random_array(D * n), *add = random_array(rows);
    real *c = zeros(rows * D), *back = zeros(n * D), *last = zeros(n);
    kernels->fold(rows, n, D, a, b, add, c);
    kernels->unfold(rows, n, D, a, c, back, last);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t d = 0; d < D; d++) {
            wide sum = d == D - 1 ? add[i] : 0, size = wide_abs(sum);
            for (int64_t p = 0; p < n; p++) {
                sum += (wide)a[i * n + p] * b[d * n + p];
                size += wide_abs((wide)a[i * n + p] * b[d * n + p]);
            }
            assert_sum("fold", i, d, c[i * D + d], sum, size, 2);
        }
    for (int64_t j = 0; j < n; j++)
        for (int64_t d = 0; d < D; d++) {
            wide sum = 0, size = 0;
            for (int64_t i = 0; i < rows; i++) {
                sum += (wide)a[i * n + j] * c[i * D + d];
                size += wide_abs((wide)a[i * n + j] * c[i * D + d]);
            }
            assert_sum("unfold", j, d, d == D - 1 ? last[j] : back[j * (D - 1) + d], sum, size, 2);
        }
    real *arrays[] = {a, b, add, c, back, last};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

static void check_fold_sizes(const lts_kernels *kernels)
{
    for (int64_t n = 1; n <= 40; n++)
        check_fold(kernels, 4 * (1 + n % 5), n, 1 + n % 11);
    check_fold(kernels, 400, 100, 3);
}

static void folding_and_its_adjoint_are_right_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_fold_sizes);
}

static void check_all_finite(const lts_kernels *kernels)
{
    enum { N = 67 };
    const real bad[] = {NAN, -NAN, INFINITY, -INFINITY};
    for (int64_t n = 0; n <= N; n++) {
        real *values = random_array(N);
        assert_true(kernels->all_finite(n, values));
        for (int64_t i = 0; i < n; i++)
            for (int k = 0; k < 4; k++) {
                real before = values[i];
                values[i] = bad[k];
                assert_false(kernels->all_finite(n, values));
                values[i] = before;
            }
        free(values);
    }
}

static void values_that_are_not_finite_are_found_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_all_finite);
}

static wide sigmoid(wide x)
{
    return 1 / (1 + wide_exp(-x));
}

/* One layer's step of B cells in the layout of `kernels`, from weights in gate blocks. */
typedef struct step {
    int64_t B, H, D, Hp;
    real *W_in, *W_h, *bias;    /* [4H, D], [4H, H], [4H] */
    real *in, *h_prev, *c_prev; /* [B, D], [B, H'], [B, H'] */
    real *packed_in, *packed_h, *spread_bias;
    real *gates, *c, *h;
} step;

static void zero_padding(const step *s, real *rows)
{
    for (int64_t b = 0; b < s->B; b++)
        for (int64_t j = s->H; j < s->Hp; j++)
            rows[b * s->Hp + j] = 0;
}

static void make_step(step *s, const lts_kernels *kernels, int64_t B, int64_t H, int64_t D)
{
    int64_t Hp = lts_padded(kernels, H);
    *s = (step){.B = B, .H = H, .D = D, .Hp = Hp};
    s->W_in = random_array(4 * H * D);
    s->W_h = random_array(4 * H * H);
    s->bias = random_array(4 * H);
    s->in = random_array(B * D);
    s->h_prev = random_array(B * Hp);
    s->c_prev = random_array(B * Hp);
    zero_padding(s, s->h_prev);
    zero_padding(s, s->c_prev);
    s->packed_in = zeros(D * 4 * Hp);
    s->packed_h = zeros(Hp * 4 * Hp);
    s->spread_bias = zeros(4 * Hp);
    s->gates = zeros(B * 4 * Hp);
    s->c = zeros(B * Hp);
    s->h = zeros(B * Hp);
    lts_pack_gates(kernels, H, D, s->W_in, D, s->packed_in, NULL);
    lts_pack_gates(kernels, H, H, s->W_h, H, s->packed_h, NULL);
    lts_spread_gates(kernels, H, s->bias, s->spread_bias);
}

static void free_step(step *s)
{
    real *arrays[] = {s->W_in,      s->W_h,      s->bias,        s->in,    s->h_prev, s->c_prev,
                      s->packed_in, s->packed_h, s->spread_bias, s->gates, s->c,      s->h};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

static lts_cells cells_of(const step *s)
{
    return (lts_cells){s->B,      s->Hp,     s->H,     s->D, s->in, s->D,
                       s->c_prev, s->h_prev, s->gates, s->c, s->h};
}

static wide z_of(const step *s, int64_t b, int64_t row, wide *size)
{
    wide z = s->bias[row];
    *size = wide_abs(z);
    for (int64_t j = 0; j < s->D; j++) {
        z += (wide)s->W_in[row * s->D + j] * s->in[b * s->D + j];
        *size += wide_abs((wide)s->W_in[row * s->D + j] * s->in[b * s->D + j]);
    }
    for (int64_t j = 0; j < s->H; j++) {
        z += (wide)s->W_h[row * s->H + j] * s->h_prev[b * s->Hp + j];
        *size += wide_abs((wide)s->W_h[row * s->H + j] * s->h_prev[b * s->Hp + j]);
    }
    return z;
}

static void check_cells(const lts_kernels *kernels, int64_t B, int64_t H, int64_t D)
{
    step s;
    make_step(&s, kernels, B, H, D);
    lts_cells cells = cells_of(&s);
    kernels->cell_forward(&cells, &(lts_cell_weights){s.packed_in, s.packed_h, s.spread_bias}, 0,
                          s.Hp);
    for (int64_t b = 0; b < B; b++)
        for (int64_t j = 0; j < s.Hp; j++) {
            if (j >= H) { /* padded units stay zero */
                assert_true(s.c[b * s.Hp + j] == 0 && s.h[b * s.Hp + j] == 0);
                continue;
            }
            wide gate[4], size, largest = 1;
            for (int64_t g = 0; g < 4; g++) {
                wide z = z_of(&s, b, g * H + j, &size);
                largest = size > largest ? size : largest;
                gate[g] = g == 2 ? wide_tanh(z) : sigmoid(z);
                assert_sum("gate", b, j, s.gates[b * 4 * s.Hp + lts_gate_column(kernels, g, j)],
                           gate[g], size + 2, H + D + 2);
            }
            wide c = gate[1] * s.c_prev[b * s.Hp + j] + gate[0] * gate[2];
            wide scale = (largest + 2) * (1 + wide_abs((wide)s.c_prev[b * s.Hp + j]));
            assert_sum("c", b, j, s.c[b * s.Hp + j], c, scale, 2 * (H + D + 2));
            assert_sum("h", b, j, s.h[b * s.Hp + j], gate[3] * wide_tanh(c), scale,
                       3 * (H + D + 2));
        }
    free_step(&s);
}

static void check_cell_sizes(const lts_kernels *kernels)
{
    for (int64_t H = 1; H <= 40; H++)
        check_cells(kernels, 1 + H % 17, H, 1 + H % 5);
    for (int64_t B = 1; B <= 17; B++)
        check_cells(kernels, B, 20, 3);
    check_cells(kernels, 10, 100, 2);
    check_cells(kernels, 7, 127, 1);
    check_cells(kernels, 3, 129, 129);
}

static void a_step_of_cells_is_right_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_cell_sizes);
}

/* All at once, row by row, and the first vector of units apart from the others. */
static void check_parts_of_cells(const lts_kernels *kernels)
{
    enum { B = 7, H = 70, D = 3 };
    step s;
    make_step(&s, kernels, B, H, D);
    int64_t Hp = s.Hp, size = B * Hp;
    lts_cell_weights weights = {s.packed_in, s.packed_h, s.spread_bias};
    lts_cells all = cells_of(&s);
    kernels->cell_forward(&all, &weights, 0, Hp);
    real *c = zeros(size), *h = zeros(size);
    for (int64_t b = 0; b < B; b++) {
        lts_cells row = {
            1,    Hp,         H,         D, s.in + b * D, D, s.c_prev + b * Hp, s.h_prev + b * Hp,
            NULL, c + b * Hp, h + b * Hp};
        kernels->cell_forward(&row, &weights, 0, Hp);
    }
    assert_memory_equal(c, s.c, (size_t)size * sizeof *c);
    assert_memory_equal(h, s.h, (size_t)size * sizeof *h);
    memset(c, 0, (size_t)size * sizeof *c);
    all.c = c;
    kernels->cell_forward(&all, &weights, kernels->lanes, Hp);
    assert_true(c[0] == 0);
    kernels->cell_forward(&all, &weights, 0, kernels->lanes);
    assert_memory_equal(c, s.c, (size_t)size * sizeof *c);
    free(c);
    free(h);
    free_step(&s);
}

static void cells_have_the_same_bits_alone_in_parts_and_without_kept_gates(void **fixture)
{
    (void)fixture;
    with_every_set(check_parts_of_cells);
}

/* From the gates, c and random dh and dc, by the formulas. */
static void check_backward(const lts_kernels *kernels)
{
    enum { B = 5, H = 21, D = 2 };
    step s;
    make_step(&s, kernels, B, H, D);
    lts_cells cells = cells_of(&s);
    kernels->cell_forward(&cells, &(lts_cell_weights){s.packed_in, s.packed_h, s.spread_bias}, 0,
                          s.Hp);
    real *dh = random_array(B * s.Hp), *dc = random_array(B * s.Hp), *gates = zeros(4 * B * s.Hp);
    real *dc_after = zeros(B * s.Hp);
    memcpy(gates, s.gates, (size_t)(4 * B * s.Hp) * sizeof *gates);
    memcpy(dc_after, dc, (size_t)(B * s.Hp) * sizeof *dc);
    kernels->cell_backward(&cells, dh, dc_after);
    for (int64_t b = 0; b < B; b++)
        for (int64_t j = 0; j < H; j++) {
            int64_t at = b * s.Hp + j;
            wide v[4], dz[4];
            for (int64_t g = 0; g < 4; g++)
                v[g] = gates[b * 4 * s.Hp + lts_gate_column(kernels, g, j)];
            wide i = v[0], f = v[1], g = v[2], o = v[3], t = wide_tanh((wide)s.c[at]);
            wide d = dc[at] + dh[at] * o * (1 - t * t);
            dz[0] = d * g * i * (1 - i);
            dz[1] = d * s.c_prev[at] * f * (1 - f);
            dz[2] = d * i * (1 - g * g);
            dz[3] = dh[at] * t * o * (1 - o);
            wide size = 2 + wide_abs(d) * (1 + wide_abs((wide)s.c_prev[at])) +
                        wide_abs((wide)dh[at]) + wide_abs((wide)dc[at]);
            for (int64_t k = 0; k < 4; k++)
                assert_sum("dz", b, j, s.gates[b * 4 * s.Hp + lts_gate_column(kernels, k, j)],
                           dz[k], size, 8);
            assert_sum("dc", b, j, dc_after[at], d * f, size, 8);
        }
    free(dh);
    free(dc);
    free(dc_after);
    free(gates);
    free_step(&s);
}

static void a_step_backward_is_right_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_backward);
}

/* The gates of z, one cell each: with no input and no weights, z is the bias. */
static void gates_of(const lts_kernels *kernels, int64_t H, const real *z, real *gates)
{
    int64_t Hp = lts_padded(kernels, H);
    real *spread = zeros(4 * Hp), *none = zeros(Hp * 4 * Hp), *c = zeros(Hp), *h = zeros(Hp);
    real *blocks = zeros(4 * H), *row = zeros(4 * Hp), *prev = zeros(Hp);
    for (int64_t i = 0; i < 4 * H; i++)
        blocks[i] = z[i % H];
    lts_spread_gates(kernels, H, blocks, spread);
    lts_cells cells = {1, Hp, H, 0, none, 0, prev, prev, row, c, h};
    kernels->cell_forward(&cells, &(lts_cell_weights){none, none, spread}, 0, Hp);
    for (int64_t g = 0; g < 4; g++)
        for (int64_t j = 0; j < H; j++)
            gates[g * H + j] = row[lts_gate_column(kernels, g, j)];
    real *arrays[] = {spread, none, c, h, blocks, row, prev};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

static void check_special_gates(const lts_kernels *kernels)
{
    enum { N = 9 };
    const real large = sizeof(real) == 4 ? (real)FLT_MAX : (real)1e300;
    const real z[N] = {90, 1000, large, INFINITY, -90, -1000, -large, -INFINITY, NAN};
    real gates[4 * N];
    gates_of(kernels, N, z, gates);
    for (int j = 0; j < N - 1; j++) {
        assert_true(j < 4 ? gates[j] == 1 : gates[j] >= 0 && gates[j] < (real)1e-37);
        assert_true(gates[2 * N + j] == (j < 4 ? 1 : -1));
    }
    for (int g = 0; g < 4; g++)
        assert_true(isnan(gates[g * N + N - 1]));
}

static void gates_saturate_and_pass_on_nan_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_special_gates);
}

#ifndef LSTMTS_TEST_DOUBLE

static double ulps(float got, double want)
{
    float size = (float)fabs(want);
    return fabs((double)got - want) / ((double)nextafterf(size, INFINITY) - (double)size);
}

static void assert_accurate(const char *set, const char *what, float z, float got, double want)
{
    if (!(fabs((double)got - want) <= 3e-7) || !(ulps(got, want) <= 4))
        fail_msg("%s: %s of %.9g is %.9g, not %.9g: %.2f ulp", set, what, (double)z, (double)got,
                 want, ulps(got, want));
}

/* Floats of both signs, all exponents from denormals up to 86, in steps over the bits. */
static void check_accuracy(const lts_kernels *kernels)
{
    enum { N = 4096 };
    static float z[N], gates[4 * N];
    uint32_t bits = 0, last;
    const float limit = 86.0f;
    memcpy(&last, &limit, sizeof last);
    while (bits <= last) {
        for (int j = 0; j < N; j++, bits += 9973) {
            uint32_t signed_bits = (bits <= last ? bits : last) | (uint32_t)(j % 2) << 31;
            memcpy(&z[j], &signed_bits, sizeof z[j]);
        }
        for (int first = 0; first < N; first += 64) {
            gates_of(kernels, 64, z + first, gates);
            for (int j = 0; j < 64; j++) {
                double x = (double)z[first + j];
                assert_accurate(kernels->name, "sigmoid", z[first + j], gates[j],
                                1 / (1 + exp(-x)));
                assert_accurate(kernels->name, "tanh", z[first + j], gates[2 * 64 + j], tanh(x));
            }
        }
    }
}

static void gates_are_within_4_ulp_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_accuracy);
}

#endif

static void check_sum_of_squares(const lts_kernels *kernels)
{
    for (int64_t n = 0; n < 40; n++) {
        real values[40];
        double want = 0;
        for (int64_t i = 0; i < n; i++) {
            values[i] = (real)(i + 1) * (real)1e19; /* the squares overflow a float */
            want += (double)values[i] * (double)values[i];
        }
        assert_true(fabs(kernels->sum_of_squares(n, values) - want) <= 1e-14 * want);
    }
}

static void a_sum_of_squares_is_summed_in_double_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_sum_of_squares);
}

static void the_environment_caps_the_choice(void **fixture)
{
    (void)fixture;
    char *cap = getenv("LSTMTS_KERNELS"), kept[32] = "";
    if (cap != NULL)
        snprintf(kept, sizeof kept, "%s", cap);
    setenv("LSTMTS_KERNELS", "generic", 1);
    assert_string_equal(lts_kernels_select()->name, "generic");
    unsetenv("LSTMTS_KERNELS");
    const lts_kernels *best = lts_kernels_select();
    setenv("LSTMTS_KERNELS", "no such set", 1);
    assert_ptr_equal(lts_kernels_select(), best);
    assert_null(lts_kernels_find("no such set"));
    if (kept[0] != 0)
        setenv("LSTMTS_KERNELS", kept, 1);
    else
        unsetenv("LSTMTS_KERNELS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_of_a_product_has_the_same_bits_alone_in_every_set),
        cmocka_unit_test(folding_and_its_adjoint_are_right_in_every_set),
        cmocka_unit_test(cells_have_the_same_bits_alone_in_parts_and_without_kept_gates),
        cmocka_unit_test(values_that_are_not_finite_are_found_in_every_set),
        cmocka_unit_test(packed_products_are_right_in_every_set),
        cmocka_unit_test(a_step_of_cells_is_right_in_every_set),
        cmocka_unit_test(a_step_backward_is_right_in_every_set),
        cmocka_unit_test(gates_saturate_and_pass_on_nan_in_every_set),
#ifndef LSTMTS_TEST_DOUBLE
        cmocka_unit_test(gates_are_within_4_ulp_in_every_set),
#endif
        cmocka_unit_test(a_sum_of_squares_is_summed_in_double_in_every_set),
        cmocka_unit_test(the_environment_caps_the_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
