/* SPDX-License-Identifier: MIT */
/* Rows replayed in one call, a look ahead that leaves the state, and copies within a model. */
#include "state_fixture.h"

static void rows(int64_t first, int64_t n, int64_t B, lstm_real *x)
{
    for (int64_t i = 0; i < n * B * D; i++)
        x[i] = input(first + i / (B * D), i / D % B, i % D);
}

static void assert_same_state(const lstm_state *a, const lstm_state *b, int64_t B)
{
    lstm_real values[2][MAX_SIZE];
    assert_ok(lstm_state_get(a, values[0], L * 2 * B * H));
    assert_ok(lstm_state_get(b, values[1], L * 2 * B * H));
    assert_memory_equal(values[0], values[1], (size_t)(L * 2 * B * H) * sizeof values[0][0]);
}

static void rows_that_are_replayed_are_steps(void **fixture)
{
    (void)fixture;
    enum { B = 3, N = 6 };
    lstm_model *model = new_model(K);
    lstm_real x[N * B * D], y[B * K];
    for (int64_t before = 0; before < 3; before++) { /* from zero, and from both slots */
        lstm_state *state = new_state(model, B), *warmed = new_state(model, B);
        for (int64_t t = 0; t < before; t++) {
            step(state, t, B, y);
            step(warmed, t, B, y);
        }
        rows(before, N, B, x);
        x[3 * B * D + 4] = NAN;
        assert_status(lstm_state_warm(warmed, x, N), LSTM_E_NUMERIC, "row 3: input x of stream 2");
        assert_same_state(state, warmed, B);
        rows(before, N, B, x);
        for (int64_t t = 0; t < N; t++)
            assert_ok(lstm_state_step(state, x + t * B * D, y));
        assert_ok(lstm_state_warm(warmed, x, N));
        assert_same_state(state, warmed, B);
        lstm_state_free(state);
        lstm_state_free(warmed);
    }
    lstm_model_free(model);
}

static void a_look_ahead_is_a_forecast_and_does_not_move_the_state(void **fixture)
{
    (void)fixture;
    enum { SEEN = 5, AHEAD = 7 };
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, 1), *twin = new_state(model, 1);
    lstm_real x[SEEN * D], y[AHEAD * K], want[AHEAD * K], one[K], other[K];
    lstm_series *series = NULL;
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    const lstm_series *fleet[1];
    options.n_step = AHEAD;
    rows(0, SEEN, 1, x);
    assert_ok(lstm_series_new(&series, x, SEEN, D));
    fleet[0] = series;
    assert_ok(lstm_forecast(model, fleet, 1, &options, want));
    assert_status(lstm_state_forecast(state, 1, y), LSTM_E_ORDER, "step or warm");
    assert_ok(lstm_state_warm(state, x, SEEN));
    assert_ok(lstm_state_warm(twin, x, SEEN));
    for (int64_t n = 1; n <= AHEAD; n++) {
        assert_ok(lstm_state_forecast(state, n, y));
        assert_memory_equal(y, want, (size_t)(n * K) * sizeof *y);
        assert_same_state(state, twin, 1);
    }
    step(state, SEEN, 1, one);
    step(twin, SEEN, 1, other);
    assert_memory_equal(one, other, sizeof one);
    lstm_state *copy = new_state(model, 1);
    assert_ok(lstm_state_copy(copy, state));
    assert_ok(lstm_state_forecast(copy, 1, y));
    assert_memory_equal(y, one, sizeof one);
    assert_ok(lstm_state_reset(copy));
    assert_status(lstm_state_forecast(copy, 1, y), LSTM_E_ORDER, NULL);
    assert_status(lstm_state_forecast(state, 0, y), LSTM_E_ARGUMENT, "n is 0");
    assert_status(lstm_state_warm(state, x, 0), LSTM_E_ARGUMENT, "n is 0");
    lstm_state_free(copy);
    lstm_state_free(twin);
    lstm_state_free(state);
    lstm_series_free(series);
    lstm_model_free(model);
}

static void a_look_ahead_needs_outputs_in_the_place_of_inputs(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K + 1);
    lstm_state *state = new_state(model, 1);
    lstm_real x[D] = {0}, y[K + 1];
    assert_ok(lstm_state_step(state, x, y));
    assert_status(lstm_state_forecast(state, 1, y), LSTM_E_SHAPE, "2 inputs and 3 outputs");
    lstm_state_free(state);
    lstm_model_free(model);
}

static void a_state_of_another_model_is_not_copied(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K), *equal = new_model(K), *clone = NULL;
    assert_ok(lstm_model_clone(&clone, model));
    lstm_state *state = new_state(model, 1), *other = new_state(equal, 1),
               *of_clone = new_state(clone, 1);
    assert_status(lstm_state_copy(other, state), LSTM_E_SHAPE, "another model");
    assert_ok(lstm_state_copy(of_clone, state));
    lstm_state_free(of_clone);
    lstm_state_free(other);
    lstm_state_free(state);
    lstm_model_free(model);
    lstm_model_free(clone); /* after its source */
    lstm_model_free(equal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_that_are_replayed_are_steps),
        cmocka_unit_test(a_look_ahead_is_a_forecast_and_does_not_move_the_state),
        cmocka_unit_test(a_look_ahead_needs_outputs_in_the_place_of_inputs),
        cmocka_unit_test(a_state_of_another_model_is_not_copied),
    };
    return cmocka_run_group_tests_name("state ahead", tests, NULL, NULL);
}
