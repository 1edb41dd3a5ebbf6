/* SPDX-License-Identifier: MIT */
/*
 * Masks of dropout: network/dropout.h. test_gradient.c has the gradients of a network with dropout.
 */
#include "assert_status.h"
#include "network/dropout.h"

enum { N_ROW = 400, SIZE = 25, N = N_ROW * SIZE };

static real h[N], out[N];
static uint8_t kept[N];

static void fill(void)
{
    for (int64_t i = 0; i < N; i++)
        h[i] = 1;
}

static int64_t n_kept(void)
{
    int64_t n = 0;
    for (int64_t i = 0; i < N; i++)
        n += kept[i];
    return n;
}

/* N elements are kept with probability q each: the number's deviation is sqrt(N q (1 - q)). */
static void the_share_that_is_dropped_is_the_rate(void **state)
{
    (void)state;
    const double rates[] = {0.01, 0.3, 0.5, 0.9};
    fill();
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        lts_dropout dropout = lts_dropout_of(rates[i], 3);
        lts_dropout_forward(&dropout, 0, 0, N_ROW, SIZE, h, out, kept);
        double deviation = sqrt(N * rates[i] * (1 - rates[i]));
        assert_true(fabs((double)n_kept() - N * (1 - rates[i])) < 5 * deviation);
        for (int64_t j = 0; j < N; j++) {
            double want = kept[j] ? 1 / (1 - rates[i]) : 0;
            /* the rate is rounded to 2^-16 */
            assert_true(fabs((double)out[j] - want) <= want * want * 0x1p-16 + 1e-6 * want);
        }
    }
}

static void a_rate_of_0_drops_nothing(void **state)
{
    (void)state;
    lts_dropout dropout = lts_dropout_of(0, 3);
    assert_int_equal(dropout.threshold, 0);
    fill();
    lts_dropout_forward(&dropout, 0, 0, N_ROW, SIZE, h, out, kept);
    assert_int_equal(n_kept(), N);
    assert_memory_equal(h, out, sizeof h);
}

static void a_rate_close_to_1_is_finite(void **state)
{
    (void)state;
    lts_dropout dropout = lts_dropout_of(nextafter(1, 0), 3);
    assert_true(isfinite(dropout.scale));
    assert_true(dropout.scale > 0);
}

/* Threads have parts of the rows. */
static void masks_do_not_depend_on_how_rows_are_divided(void **state)
{
    (void)state;
    static real part_out[N];
    static uint8_t part_kept[N];
    lts_dropout dropout = lts_dropout_of(0.3, 3);
    fill();
    lts_dropout_forward(&dropout, 1, 0, N_ROW, SIZE, h, out, kept);
    for (int64_t first = 0; first < N_ROW; first += 7) {
        int64_t n = N_ROW - first < 7 ? N_ROW - first : 7, at = first * SIZE;
        lts_dropout_forward(&dropout, 1, first, n, SIZE, h + at, part_out + at, part_kept + at);
    }
    assert_memory_equal(kept, part_kept, sizeof kept);
    assert_memory_equal(out, part_out, sizeof out);
}

/* Kernel sets pad rows differently. */
static void masks_do_not_depend_on_the_padding_of_rows(void **state)
{
    (void)state;
    enum { PADDED = 32 };
    static real wide_h[N_ROW * PADDED], wide_out[N_ROW * PADDED];
    static uint8_t wide_kept[N_ROW * PADDED];
    lts_dropout dropout = lts_dropout_of(0.3, 3);
    fill();
    lts_dropout_forward(&dropout, 1, 0, N_ROW, SIZE, h, out, kept);
    lts_dropout_forward(&dropout, 1, 0, N_ROW, PADDED, wide_h, wide_out, wide_kept);
    for (int64_t row = 0; row < N_ROW; row++)
        assert_memory_equal(kept + row * SIZE, wide_kept + row * PADDED, SIZE);
}

/* Two independent masks of rate 1/2 agree in half of their elements. */
static void masks_of_batches_layers_and_seeds_are_independent(void **state)
{
    (void)state;
    static uint8_t first[N];
    const struct {
        int64_t l;
        uint64_t seed, batch;
    } others[] = {{0, 3, 1}, {1, 3, 0}, {0, 4, 0}};
    lts_dropout dropout = lts_dropout_of(0.5, 3);
    fill();
    lts_dropout_forward(&dropout, 0, 0, N_ROW, SIZE, h, out, first);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        int64_t n_same = 0;
        dropout.seed = others[i].seed;
        dropout.batch = others[i].batch;
        lts_dropout_forward(&dropout, others[i].l, 0, N_ROW, SIZE, h, out, kept);
        for (int64_t j = 0; j < N; j++)
            n_same += first[j] == kept[j];
        assert_true(fabs((double)n_same - N / 2.0) < 5 * sqrt(N / 4.0));
    }
}

static void the_gradient_passes_where_the_output_did(void **state)
{
    (void)state;
    lts_dropout dropout = lts_dropout_of(0.3, 3);
    fill();
    lts_dropout_forward(&dropout, 0, 0, N_ROW, SIZE, h, out, kept);
    lts_dropout_backward(&dropout, N, kept, h);
    assert_memory_equal(h, out, sizeof h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_share_that_is_dropped_is_the_rate),
        cmocka_unit_test(a_rate_of_0_drops_nothing),
        cmocka_unit_test(a_rate_close_to_1_is_finite),
        cmocka_unit_test(masks_do_not_depend_on_how_rows_are_divided),
        cmocka_unit_test(masks_do_not_depend_on_the_padding_of_rows),
        cmocka_unit_test(masks_of_batches_layers_and_seeds_are_independent),
        cmocka_unit_test(the_gradient_passes_where_the_output_did),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
