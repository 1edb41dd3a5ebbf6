/* SPDX-License-Identifier: MIT */
/*
 * Failing calls of a state, which must not change it.
 */
#include "state_fixture.h"

/* Asserts that a step with x fails with `status` and changes nothing. */
static void assert_refused(lstm_state *state, int64_t B, const lstm_real *x, lstm_status status,
                           const char *named)
{
    lstm_real before[MAX_SIZE], after[MAX_SIZE], y[MAX_B * K], untouched[MAX_B * K];
    int64_t size = lstm_state_size(state);
    memset(y, 0x5A, sizeof y);
    memset(untouched, 0x5A, sizeof y);
    assert_ok(lstm_state_get(state, before, size));
    assert_status(lstm_state_step(state, x, y), status, named);
    assert_ok(lstm_state_get(state, after, size));
    assert_int_equal(lstm_state_size(state), L * 2 * B * H);
    assert_memory_equal(before, after, (size_t)size * sizeof before[0]);
    assert_memory_equal(y, untouched, sizeof y);
}

static void an_input_that_is_not_finite_is_refused_with_its_place(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, 2), *unharmed = new_state(model, 2);
    const double bad[] = {NAN, INFINITY, -INFINITY};
    const char *place[] = {"stream 0, column 0", "stream 0, column 1", "stream 1, column 0",
                           "stream 1, column 1"};
    lstm_real y[2 * K], other[2 * K];
    step(state, 0, 2, y);
    step(unharmed, 0, 2, y);
    for (int i = 0; i < 12; i++) {
        lstm_real x[2 * D] = {0};
        x[i % 4] = (lstm_real)bad[i / 4];
        assert_refused(state, 2, x, LSTM_E_NUMERIC, place[i % 4]);
    }
    step(state, 1, 2, y);
    step(unharmed, 1, 2, other);
    assert_memory_equal(y, other, sizeof y);
    lstm_state_free(unharmed);
    lstm_state_free(state);
    lstm_model_free(model);
}

static void an_output_that_overflows_is_refused_and_the_state_kept(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_real weight[K * H], h_and_c[L * 2 * H], x[D] = {0};
    for (int i = 0; i < K * H; i++)
        weight[i] = largest;
    for (int i = 0; i < L * 2 * H; i++)
        h_and_c[i] = 5;
    assert_ok(lstm_model_set(model, "output.weight", weight, K * H));
    lstm_state *state = new_state(model, 1);
    assert_ok(lstm_state_set(state, h_and_c, L * 2 * H));
    assert_refused(state, 1, x, LSTM_E_NUMERIC, "stream 0");
    assert_non_null(strstr(lstm_last_error(), "inf"));
    lstm_state_free(state);
    lstm_model_free(model);
}

static void huge_inputs_saturate_the_gates_without_harm(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, 1);
    for (int i = 0; i < 40; i++) {
        lstm_real x[D] = {i % 2 ? (lstm_real)1e30 : (lstm_real)-1e30, (lstm_real)1e-30}, y[K];
        assert_ok(lstm_state_step(state, x, y));
        assert_true(isfinite(y[0]) && isfinite(y[1]));
    }
    lstm_state_free(state);
    lstm_model_free(model);
}

static void a_state_is_stale_after_the_model_was_set_until_it_is_reset(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K), *clone = NULL;
    assert_ok(lstm_model_clone(&clone, model));
    lstm_state *state = new_state(model, 1), *on_clone = new_state(clone, 1);
    lstm_state *target = new_state(clone, 1);
    lstm_real y[K], fresh[K], x[D] = {0}, bias[K] = {1, 2};
    step(state, 0, 1, y);
    assert_ok(lstm_model_set(model, "output.bias", bias, K));
    assert_refused(state, 1, x, LSTM_E_STALE, NULL);
    assert_status(lstm_state_copy(target, state), LSTM_E_STALE, NULL);
    step(on_clone, 0, 1, fresh);
    assert_memory_equal(y, fresh, sizeof y);
    assert_ok(lstm_state_reset(state));
    lstm_state *made_after = new_state(model, 1);
    step(state, 0, 1, y);
    step(made_after, 0, 1, fresh);
    assert_memory_equal(y, fresh, sizeof y);
    lstm_state_free(made_after);
    lstm_state_free(target);
    lstm_state_free(on_clone);
    lstm_state_free(state);
    lstm_model_free(clone);
    lstm_model_free(model);
}

static void a_stale_state_that_a_fresh_one_is_copied_to_steps_again(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *target = new_state(model, 2);
    lstm_real y[2 * K], copied[2 * K], x[2 * D] = {0}, bias[K] = {1, 2};
    step(target, 0, 2, y);
    assert_ok(lstm_model_set(model, "output.bias", bias, K));
    lstm_state *source = new_state(model, 2);
    step(source, 1, 2, y);
    assert_refused(target, 2, x, LSTM_E_STALE, NULL);
    assert_ok(lstm_state_copy(target, source));
    for (int64_t t = 2; t < 5; t++) {
        step(source, t, 2, y);
        step(target, t, 2, copied);
        assert_memory_equal(copied, y, sizeof y);
    }
    lstm_state_free(source);
    lstm_state_free(target);
    lstm_model_free(model);
}

static void a_refused_set_keeps_the_state(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, 1);
    lstm_real y[K], before[L * 2 * H], values[L * 2 * H] = {0}, after[L * 2 * H];
    step(state, 0, 1, y);
    assert_ok(lstm_state_get(state, before, L * 2 * H));
    values[17] = (lstm_real)-INFINITY;
    assert_status(lstm_state_set(state, values, L * 2 * H), LSTM_E_NUMERIC, "17");
    assert_status(lstm_state_set(state, values, L * 2 * H - 1), LSTM_E_SHAPE, "35");
    assert_status(lstm_state_get(state, values, L * 2 * H + 1), LSTM_E_SHAPE, "37");
    assert_ok(lstm_state_get(state, after, L * 2 * H));
    assert_memory_equal(before, after, sizeof before);
    assert_true(values[0] == 0);
    lstm_state_free(state);
    lstm_model_free(model);
}
static void a_wrong_number_of_threads_is_refused(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state;
    assert_ok(lstm_state_new(&state, model, 1));
    assert_status(lstm_state_set_threads(NULL, 1), LSTM_E_ARGUMENT, "state");
    assert_status(lstm_state_set_threads(state, -2), LSTM_E_ARGUMENT, "n_threads is -2");
    assert_status(lstm_state_set_threads(state, 1025), LSTM_E_ARGUMENT, "n_threads is 1025");
    lstm_state_free(state);
    lstm_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_input_that_is_not_finite_is_refused_with_its_place),
        cmocka_unit_test(an_output_that_overflows_is_refused_and_the_state_kept),
        cmocka_unit_test(huge_inputs_saturate_the_gates_without_harm),
        cmocka_unit_test(a_state_is_stale_after_the_model_was_set_until_it_is_reset),
        cmocka_unit_test(a_stale_state_that_a_fresh_one_is_copied_to_steps_again),
        cmocka_unit_test(a_refused_set_keeps_the_state),
        cmocka_unit_test(a_wrong_number_of_threads_is_refused),
    };
    return cmocka_run_group_tests_name("state, refused", tests, NULL, NULL);
}
