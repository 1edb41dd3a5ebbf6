/* SPDX-License-Identifier: MIT */
/*
 * Every set of kernels that can run here, against plain sums in a wider type.
 */
#include "assert_status.h"

#include "base/rng.h"
#include "kernels/gemm.h"
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

static void check_gemm(enum lts_transpose ta, enum lts_transpose tb, int64_t m, int64_t n,
                       int64_t n_inner, int64_t gap, bool accumulate)
{
    int64_t lda = (ta == LTS_PLAIN ? n_inner : m) + gap,
            ldb = (tb == LTS_PLAIN ? n : n_inner) + gap;
    int64_t ldc = n + gap;
    real *a = random_array((ta == LTS_PLAIN ? m : n_inner) * lda);
    real *b = random_array((tb == LTS_PLAIN ? n_inner : n) * ldb);
    real *c = random_array(m * ldc), *before = zeros(m * ldc);
    memcpy(before, c, (size_t)(m * ldc) * sizeof *c);
    lts_gemm(ta, tb, m, n, n_inner, a, lda, b, ldb, accumulate, c, ldc);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < ldc; j++) { /* what lies behind a row of C stays */
            wide sum = accumulate || j >= n ? before[i * ldc + j] : 0, size = wide_abs(sum);
            for (int64_t p = 0; p < n_inner && j < n; p++) {
                wide x = a[ta == LTS_PLAIN ? i * lda + p : p * lda + i];
                wide y = b[tb == LTS_PLAIN ? p * ldb + j : j * ldb + p];
                sum += x * y;
                size += wide_abs(x * y);
            }
            assert_sum("C", i, j, c[i * ldc + j], sum, size, n_inner);
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

/* C += op(A) B through packing; `transposed`: A lies as [n_inner, m]. */
static void check_packed(const lts_kernels *kernels, int64_t m, int64_t n, int64_t n_inner,
                         bool transposed)
{
    int64_t np = lts_padded(kernels, n);
    real *a = random_array(m * n_inner), *b = random_array(n_inner * n), *c = random_array(m * np);
    real *packed = zeros(lts_packed_size(kernels, n_inner, n)), *before = zeros(m * np);
    memcpy(before, c, (size_t)(m * np) * sizeof *c);
    lts_pack(kernels, n_inner, n, b, n, 1, packed);
    kernels->multiply(m, np, n_inner, a, transposed ? 1 : n_inner, transposed ? m : 1, packed, c,
                      np);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < np; j++) {
            wide sum = before[i * np + j], size = wide_abs(sum);
            for (int64_t p = 0; p < n_inner && j < n; p++) {
                wide x = a[transposed ? p * m + i : i * n_inner + p], y = b[p * n + j];
                sum += x * y;
                size += wide_abs(x * y);
            }
            assert_sum(kernels->name, i, j, c[i * np + j], sum, size, n_inner);
        }
    free(a);
    free(b);
    free(c);
    free(packed);
    free(before);
}

static void check_packed_sizes(const lts_kernels *kernels)
{
    static const int64_t inner[] = {0, 1, 7, 100, 513, 1030};
    for (int64_t m = 0; m <= 17; m++)
        for (int64_t n = 1; n <= 40; n += 3)
            check_packed(kernels, m, n, 1 + (m * n) % 23, (m + n) % 2 == 0);
    for (int i = 0; i < 6; i++) {
        check_packed(kernels, 13, 127, inner[i], false);
        check_packed(kernels, 129, 70, inner[i], true);
    }
}

static void packed_products_are_right_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_packed_sizes);
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
    lts_pack_gates(kernels, H, D, s->W_in, s->packed_in);
    lts_pack_gates(kernels, H, H, s->W_h, s->packed_h);
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
    kernels->cell_forward(&cells, &(lts_cell_weights){s.packed_in, s.packed_h, s.spread_bias});
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

/* From the gates, c and random dh and dc, by the formulas. */
static void check_backward(const lts_kernels *kernels)
{
    enum { B = 5, H = 21, D = 2 };
    step s;
    make_step(&s, kernels, B, H, D);
    lts_cells cells = cells_of(&s);
    kernels->cell_forward(&cells, &(lts_cell_weights){s.packed_in, s.packed_h, s.spread_bias});
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
    kernels->cell_forward(&cells, &(lts_cell_weights){none, none, spread});
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

static void assert_accurate(const char *what, float z, float got, double want)
{
    if (!(fabs((double)got - want) <= 3e-7) || !(ulps(got, want) <= 4))
        fail_msg("%s of %.9g is %.9g, not %.9g: %.2f ulp", what, (double)z, (double)got, want,
                 ulps(got, want));
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
                assert_accurate("sigmoid", z[first + j], gates[j], 1 / (1 + exp(-x)));
                assert_accurate("tanh", z[first + j], gates[2 * 64 + j], tanh(x));
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
        cmocka_unit_test(products_of_every_form_and_awkward_size_are_right),
        cmocka_unit_test(a_product_over_nothing_is_zero_or_leaves_the_sum),
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
