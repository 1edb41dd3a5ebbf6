/* SPDX-License-Identifier: MIT */
/*
 * The gate functions of every set that can run here, and which sets those are.
 */
#include "kernels_fixture.h"

#include "kernels/blas.h"

/* The gates of each z, one cell each: without inputs and weights, z is the bias. */
static void gates_of(const lts_kernels *kernels, int64_t H, const real *z, real *gates)
{
    int64_t Hp = lts_padded(kernels, H), G = lts_gate_row(kernels->lanes, H);
    real *spread = zeros(G), *none = zeros(H * G), *c = zeros(Hp), *h = zeros(Hp);
    real *blocks = zeros(4 * H), *row = zeros(G), *prev = zeros(Hp);
    for (int64_t i = 0; i < 4 * H; i++)
        blocks[i] = z[i % H];
    lts_spread_gates(kernels, H, blocks, spread);
    lts_cells cells = {1, H, Hp, 0, none, 0, prev, prev, row, 1, 0, c, h};
    kernels->cells->forward(&cells, &(lts_cell_weights){none, none, spread}, 0, Hp);
    for (int64_t g = 0; g < 4; g++)
        for (int64_t j = 0; j < H; j++)
            gates[g * H + j] = row[lts_gate_column(kernels, H, g, j)];
    FREE(spread, none, c, h, blocks, row, prev);
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
                if (flushes(kernels) && fabs(x) < 4 * (double)FLT_MIN && gates[2 * 64 + j] == 0)
                    continue; /* a factor was flushed */
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

/* N successive values from *x, with both signs. */
static void next_values(int n, real *x, real *z)
{
    for (int j = 0; j < n; j += 2) {
        z[j] = *x;
        z[j + 1] = -*x;
#ifdef LSTMTS_TEST_DOUBLE
        *x += (real)1e-5;
#else
        *x = nextafterf(*x, INFINITY);
#endif
    }
}

/*
 * All floats whose tanh is within 5 ulp of 1, so that wrong rounding could exceed 1; in double a
 * selection. The derivative 1 - t^2 must not be negative.
 */
static void check_bounds(const lts_kernels *kernels)
{
    enum { N = 64 };
    real z[N], gates[4 * N], x = (real)7.9, end = sizeof(real) == 4 ? (real)9.1 : 25;
    while (x < end) {
        next_values(N, &x, z);
        gates_of(kernels, N, z, gates);
        for (int i = 0; i < 4 * N; i++)
            if (!(gates[i] <= 1 && gates[i] >= (i / N == 2 ? -1 : 0)))
                fail_msg("%s: gate %d of %.9g is %.9g", kernels->name, i / N, (double)z[i % N],
                         (double)gates[i]);
    }
}

static void no_gate_exceeds_one_in_any_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_bounds);
}

static void the_environment_caps_the_choice(void **fixture)
{
    (void)fixture;
    char *cap = getenv("LSTMTS_KERNELS"), kept[32] = "";
    if (cap != NULL)
        snprintf(kept, sizeof kept, "%s", cap);
    setenv("LSTMTS_KERNELS", "generic", 1);
    assert_string_equal(lts_kernels_select(100)->name, "generic");
    unsetenv("LSTMTS_KERNELS");
    const lts_kernels *best = lts_kernels_select(100);
    setenv("LSTMTS_KERNELS", "no such set", 1);
    assert_ptr_equal(lts_kernels_select(100), best);
    assert_null(lts_kernels_find("no such set"));
    setenv("LSTMTS_KERNELS", "cblas", 1);
    const lts_kernels *by_blas = lts_kernels_find("cblas");
    assert_ptr_equal(lts_kernels_select(1), by_blas == NULL ? best : by_blas);
    if (kept[0] != 0)
        setenv("LSTMTS_KERNELS", kept, 1);
    else
        unsetenv("LSTMTS_KERNELS");
}

static void a_set_is_found_by_its_name_where_it_can_run(void **fixture)
{
    (void)fixture;
    assert_string_equal(set_here(0)->name, "generic");
    for (int i = 0; set_here(i) != NULL; i++)
        assert_ptr_equal(lts_kernels_find(set_here(i)->name), set_here(i));
#ifdef LTS_KERNELS_NEON
    assert_string_equal(set_here(1)->name, "neon");
#endif
#ifdef LTS_KERNELS_SSE3
    assert_string_equal(set_here(1)->name, "sse3");
#endif
#ifdef LTS_KERNELS_X86
    assert_int_equal(lts_kernels_find("avx2") != NULL,
                     __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"));
    assert_null(lts_kernels_find("neon"));
#endif
}

/* On a processor without vector instructions; this one may have them. */
static void an_openblas_stands_in_for_the_generic_set_from_a_size_on(void **fixture)
{
    (void)fixture;
    const lts_kernels *generic = lts_kernels_find("generic"), *by_blas = lts_kernels_find("cblas");
    bool has_openblas = false;
#ifdef LTS_KERNELS_CBLAS
    has_openblas = lts_blas_is_openblas();
#endif
    assert_ptr_equal(lts_kernels_or_blas(generic, 1), generic);
    assert_ptr_equal(lts_kernels_or_blas(generic, 1024), has_openblas ? by_blas : generic);
    for (int i = 1; set_here(i) != NULL; i++)
        assert_ptr_equal(lts_kernels_or_blas(set_here(i), 1024), set_here(i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gates_saturate_and_pass_on_nan_in_every_set),
#ifndef LSTMTS_TEST_DOUBLE
        cmocka_unit_test(gates_are_within_4_ulp_in_every_set),
#endif
        cmocka_unit_test(no_gate_exceeds_one_in_any_set),
        cmocka_unit_test(the_environment_caps_the_choice),
        cmocka_unit_test(a_set_is_found_by_its_name_where_it_can_run),
        cmocka_unit_test(an_openblas_stands_in_for_the_generic_set_from_a_size_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
