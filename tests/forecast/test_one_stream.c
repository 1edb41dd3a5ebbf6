/* SPDX-License-Identifier: MIT */
/*
 * A state of one stream has a step of its own (network/stream.h). It has the bits of the same
 * stream among others, for all sizes, and finds what is not finite.
 */
#include "assert_close.h"
#include "assert_status.h"
#include "kernels/kernels.h"
#include "model_of.h"

#include <float.h>
#include <lstmts/state.h>
#include <math.h>

enum { STEPS = 4, MAX = 140 };

static lstm_state *state_of(const lstm_model *model, int64_t B)
{
    lstm_state *state = NULL;
    assert_ok(lstm_state_new(&state, model, B));
    return state;
}

static void fill(lstm_real *x, int64_t n, int64_t t)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = (lstm_real)sin((double)(i + 1) * (0.3 + (double)t));
}

static void compare(int64_t D, int64_t K, int64_t H, int64_t L)
{
    lstm_model *model = model_of(D, K, H, L, 5);
    lstm_state *alone = state_of(model, 1), *pair = state_of(model, 2);
    lstm_real x[2 * MAX], y[MAX], both[2 * MAX];
    bool exact = lts_kernels_select(H)->stream != NULL; /* not with a BLAS */
    for (int64_t t = 0; t < STEPS; t++) {
        fill(x, 2 * D, t);
        assert_ok(lstm_state_step(pair, x, both));
        assert_ok(lstm_state_step(alone, x, y));
        for (int64_t k = 0; !exact && k < K; k++)
            assert_close("stream", "y", k, (double)y[k], (double)both[k], 1e-6);
        if (exact)
            assert_memory_equal(y, both, (size_t)K * sizeof *y);
    }
    lstm_state_free(pair);
    lstm_state_free(alone);
    lstm_model_free(model);
}

static void a_stream_alone_has_the_bits_of_one_among_others(void **fixture)
{
    (void)fixture;
    const int64_t units[] = {1, 3, 4, 5, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 100, 129};
    const int64_t outputs[] = {1, 2, 8, 15, 16, 17, 33, 65};
    for (size_t h = 0; h < sizeof units / sizeof *units; h++)
        for (size_t k = 0; k < sizeof outputs / sizeof *outputs; k++) {
            compare(2, outputs[k], units[h], 1);
            compare(7, outputs[k], units[h], 2);
        }
    compare(130, 3, 20, 1); /* not folded */
    compare(100, 1, 129, 3);
}

/* Fails with `status`, its message has `named`, and neither y nor a later step tells of it. */
static void assert_refused(const lstm_model *model, int64_t D, lstm_real *x, int64_t bad,
                           lstm_real value, const char *named)
{
    lstm_state *state = state_of(model, 1), *unharmed = state_of(model, 1);
    lstm_real y[MAX] = {7}, other[MAX] = {7};
    fill(x, D, 1);
    assert_ok(lstm_state_step(state, x, y));
    assert_ok(lstm_state_step(unharmed, x, other));
    x[bad] = value;
    assert_status(lstm_state_step(state, x, y), LSTM_E_NUMERIC, named);
    assert_memory_equal(y, other, sizeof y);
    fill(x, D, 2);
    assert_ok(lstm_state_step(state, x, y));
    assert_ok(lstm_state_step(unharmed, x, other));
    assert_memory_equal(y, other, sizeof y);
    lstm_state_free(unharmed);
    lstm_state_free(state);
}

static void an_input_that_is_not_finite_is_refused(void **fixture)
{
    (void)fixture;
    const int64_t units[] = {3, 8, 16, 20, 33, 130};
    lstm_real x[MAX];
    for (size_t h = 0; h < sizeof units / sizeof *units; h++)
        for (int64_t K = 1; K <= 33; K += 16) {
            lstm_model *model = model_of(3, K, units[h], 2, 5);
            assert_refused(model, 3, x, 2, (lstm_real)NAN, "column 2");
            assert_refused(model, 3, x, 0, (lstm_real)INFINITY, "column 0");
            assert_refused(model, 3, x, 1, -(lstm_real)INFINITY, "column 1");
            lstm_model_free(model);
        }
}

/* The last of K outputs overflows, for numbers of outputs that fill vectors or do not. */
static void an_output_that_overflows_is_refused(void **fixture)
{
    (void)fixture;
    const lstm_real huge = (lstm_real)(sizeof(lstm_real) == 8 ? DBL_MAX : FLT_MAX);
    const int64_t outputs[] = {1, 4, 16, 17};
    enum { H = 9 };
    for (size_t k = 0; k < sizeof outputs / sizeof *outputs; k++) {
        const int64_t K = outputs[k];
        lstm_real weight[17 * H] = {0}, present[2 * H], x[2] = {0}, y[17] = {7}, before[2 * H];
        for (int64_t j = 0; j < H; j++)
            weight[(K - 1) * H + j] = huge, present[j] = present[H + j] = 5;
        lstm_model *model = model_of(2, K, H, 1, 5);
        assert_ok(lstm_model_set(model, "output.weight", weight, K * H));
        lstm_state *state = state_of(model, 1);
        assert_ok(lstm_state_set(state, present, (int64_t)2 * H));
        assert_status(lstm_state_step(state, x, y), LSTM_E_NUMERIC, "output y");
        assert_true(y[0] == 7);
        assert_ok(lstm_state_get(state, before, (int64_t)2 * H));
        assert_memory_equal(before, present, sizeof before);
        lstm_state_free(state);
        lstm_model_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_alone_has_the_bits_of_one_among_others),
        cmocka_unit_test(an_input_that_is_not_finite_is_refused),
        cmocka_unit_test(an_output_that_overflows_is_refused),
    };
    return cmocka_run_group_tests_name("one_stream", tests, NULL, NULL);
}
