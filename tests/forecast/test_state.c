/* SPDX-License-Identifier: MIT */
#include "state_fixture.h"
#include <stdlib.h>

static void steps_give_what_a_teacher_forced_forecast_gives(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, 1);
    lstm_series *series = NULL;
    lstm_real rows[STEPS * D], y[STEPS * K], stepped[K];
    for (int64_t i = 0; i < STEPS * D; i++)
        rows[i] = input(i / D, 0, i % D);
    assert_ok(lstm_series_new(&series, rows, STEPS, D));
    lstm_pred_options options = LSTM_PRED_OPTIONS_INIT;
    options.n_step = STEPS;
    options.support_len = LSTM_TEACHER_FORCED;
    assert_ok(lstm_pred(model, series, &options, y, NULL));
    for (int64_t t = 0; t < STEPS; t++) {
        step(state, t, 1, stepped);
        for (int64_t k = 0; k < K; k++)
            assert_close("pred", "y", t * K + k, (double)stepped[k], (double)y[t * K + k],
                         TOLERANCE);
    }
    lstm_series_free(series);
    lstm_state_free(state);
    lstm_model_free(model);
}

static void many_streams_go_as_each_would_go_alone(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(3);
    lstm_state *together = new_state(model, MAX_B), *alone[MAX_B];
    for (int64_t b = 0; b < MAX_B; b++)
        alone[b] = new_state(model, 1);
    for (int64_t t = 0; t < STEPS; t++) {
        lstm_real y[MAX_B * 3], single[3], x[D];
        step(together, t, MAX_B, y);
        for (int64_t b = 0; b < MAX_B; b++) {
            for (int64_t j = 0; j < D; j++)
                x[j] = input(t, b, j);
            assert_ok(lstm_state_step(alone[b], x, single));
            for (int64_t k = 0; k < 3; k++)
                assert_close("stream", "y", b * 3 + k, (double)y[b * 3 + k], (double)single[k],
                             TOLERANCE);
        }
    }
    for (int64_t b = 0; b < MAX_B; b++)
        lstm_state_free(alone[b]);
    lstm_state_free(together);
    lstm_model_free(model);
}

static void a_new_state_is_zero_and_so_is_one_that_was_reset(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, 3);
    lstm_real values[L * 2 * 3 * H], zero[L * 2 * 3 * H] = {0}, first[3 * K], again[3 * K];
    assert_int_equal(lstm_state_size(state), L * 2 * 3 * H);
    assert_ok(lstm_state_get(state, values, L * 2 * 3 * H));
    assert_memory_equal(values, zero, sizeof zero);
    step(state, 0, 3, first);
    step(state, 1, 3, again);
    assert_memory_not_equal(first, again, sizeof first);
    assert_ok(lstm_state_reset(state));
    assert_ok(lstm_state_get(state, values, L * 2 * 3 * H));
    assert_memory_equal(values, zero, sizeof zero);
    step(state, 0, 3, again);
    assert_memory_equal(first, again, sizeof first);
    lstm_state_free(state);
    lstm_model_free(model);
}

/* y = W_out h + b_out for the upper layer's h, and |h| = |o tanh c| < |tanh c|: both hold only if h
 * and c of each layer and stream are where the header documents. */
static void the_array_holds_of_each_layer_first_h_then_c(void **fixture)
{
    (void)fixture;
    enum { B = 3 };
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, B);
    lstm_real values[L][2][B][H], y[B * K], weight[K * H], bias[K] = {(lstm_real)0.5, -2};
    assert_ok(lstm_model_set(model, "output.bias", bias, K));
    assert_ok(lstm_model_get(model, "output.weight", weight, K * H));
    assert_ok(lstm_state_reset(state));
    for (int64_t t = 0; t < 4; t++)
        step(state, t, B, y);
    assert_ok(lstm_state_get(state, &values[0][0][0][0], L * 2 * B * H));
    for (int64_t b = 0; b < B; b++)
        for (int64_t k = 0; k < K; k++) {
            double sum = (double)bias[k];
            for (int64_t j = 0; j < H; j++)
                sum += (double)weight[k * H + j] * (double)values[L - 1][0][b][j];
            assert_close("state", "y", b * K + k, (double)y[b * K + k], sum, TOLERANCE);
        }
    for (int64_t i = 0; i < L * B * H; i++) {
        double h = (double)values[i / (B * H)][0][i / H % B][i % H];
        double c = (double)values[i / (B * H)][1][i / H % B][i % H];
        assert_true(h * c > 0 && fabs(h) < fabs(tanh(c)));
    }
    lstm_state_free(state);
    lstm_model_free(model);
}

static void a_state_that_was_read_and_written_continues_identically(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, 2), *restarted = new_state(model, 2);
    lstm_real values[L * 2 * 2 * H], y[2 * K], other[2 * K];
    for (int64_t t = 0; t < STEPS; t++) {
        assert_ok(lstm_state_get(state, values, L * 2 * 2 * H));
        assert_ok(lstm_state_reset(restarted)); /* zero, until it is set */
        assert_ok(lstm_state_set(restarted, values, L * 2 * 2 * H));
        step(state, t, 2, y);
        step(restarted, t, 2, other);
        assert_memory_equal(y, other, sizeof y);
    }
    lstm_state_free(restarted);
    lstm_state_free(state);
    lstm_model_free(model);
}

static void a_copy_continues_from_the_same_state_and_leaves_its_source_alone(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, 2), *future = new_state(model, 2);
    lstm_real y[2 * K], other[2 * K], kept[L * 2 * 2 * H], values[L * 2 * 2 * H];
    for (int64_t t = 0; t < 5; t++)
        step(state, t, 2, y);
    assert_ok(lstm_state_copy(future, state));
    assert_ok(lstm_state_get(state, kept, L * 2 * 2 * H));
    for (int64_t t = 50; t < 60; t++)
        step(future, t, 2, other);
    assert_ok(lstm_state_get(state, values, L * 2 * 2 * H));
    assert_memory_equal(values, kept, sizeof kept);
    assert_ok(lstm_state_copy(future, state));
    assert_ok(lstm_state_copy(state, state));
    step(state, 5, 2, y);
    step(future, 5, 2, other);
    assert_memory_equal(y, other, sizeof y);
    lstm_state_free(future);
    lstm_state_free(state);
    lstm_model_free(model);
}

static void states_of_other_shapes_are_not_copied(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K), *wide = model_of(D, D, H + 1, L, 0),
               *flat = model_of(D, D, H, L - 1, 0);
    lstm_state *source = new_state(model, 2), *target[3];
    target[0] = new_state(model, 3);
    target[1] = new_state(wide, 2);
    target[2] = new_state(flat, 2);
    const char *named[] = {"B 3", "H 10", "L 1"};
    for (int i = 0; i < 3; i++) {
        assert_status(lstm_state_copy(target[i], source), LSTM_E_SHAPE, named[i]);
        lstm_state_free(target[i]);
    }
    lstm_state_free(source);
    lstm_model_free(model);
    lstm_model_free(wide);
    lstm_model_free(flat);
}

/* Another kernel set or fold is set in the environment after the state is created. */
static void a_state_continues_as_its_model_began_whatever_the_environment_becomes(void **fixture)
{
    (void)fixture;
    static const char *const names[] = {"LSTMTS_KERNELS", "LSTMTS_FOLD"};
    static const char *const values[][2] = {{"generic", "avx512"}, {"1", "0"}};
    for (int k = 0; k < 2; k++) {
        const char *found = getenv(names[k]);
        char *kept = found == NULL ? NULL : strdup(found);
        lstm_real bias[K] = {(lstm_real)0.5, -2}, y[3 * K], other[3 * K];
        assert_int_equal(setenv(names[k], values[k][0], 1), 0);
        lstm_model *model = new_model(K);
        lstm_state *state = new_state(model, 3);
        assert_int_equal(setenv(names[k], values[k][1], 1), 0);
        lstm_model *later = NULL; /* of the other set */
        assert_ok(lstm_model_clone(&later, model));
        lstm_state *follower = new_state(later, 3);
        assert_ok(lstm_model_set(model, "output.bias", bias, K));
        assert_ok(lstm_model_set(later, "output.bias", bias, K));
        assert_ok(lstm_state_reset(state));
        assert_ok(lstm_state_reset(follower));
        for (int64_t t = 0; t < 4; t++)
            step(state, t, 3, y);
        assert_ok(lstm_state_copy(follower, state));
        step(state, 4, 3, y);
        step(follower, 4, 3, other);
        for (int64_t i = 0; i < 3 * K; i++)
            assert_close("follower", "y", i, (double)other[i], (double)y[i], TOLERANCE);
        lstm_state_free(follower);
        lstm_state_free(state);
        lstm_model_free(later);
        lstm_model_free(model);
        assert_int_equal(kept == NULL ? unsetenv(names[k]) : setenv(names[k], kept, 1), 0);
        free(kept);
    }
}

/*
 * The product of the fold overflows where the two linear maps do not; also on a state made before.
 */
static void a_model_whose_fold_overflows_is_not_folded(void **fixture)
{
    (void)fixture;
    static const char *const folds[] = {"1", "0"};
    static const lstm_real inputs[][D] = {{0, 0}, {(lstm_real)1e-30, (lstm_real)-2e-38}};
    const char *found = getenv("LSTMTS_FOLD");
    char *kept = found == NULL ? NULL : strdup(found);
    lstm_real y[2][2][K];
    for (int i = 0; i < 2; i++) {
        lstm_real weight[H * D];
        assert_int_equal(setenv("LSTMTS_FOLD", folds[i], 1), 0);
        lstm_model *model = new_model(K);
        lstm_state *state = new_state(model, 1);
        for (int k = 0; k < H * D; k++)
            weight[k] = k % 3 == 0 ? -largest : largest;
        assert_ok(lstm_model_set(model, "input.weight", weight, H * D));
        assert_ok(lstm_state_reset(state));
        for (int t = 0; t < 2; t++)
            assert_ok(lstm_state_step(state, inputs[t], y[i][t]));
        lstm_state_free(state);
        lstm_model_free(model);
    }
    assert_memory_equal(y[0], y[1], sizeof y[0]);
    assert_int_equal(kept == NULL ? unsetenv("LSTMTS_FOLD") : setenv("LSTMTS_FOLD", kept, 1), 0);
    free(kept);
}

/* By steps, by one call, and a row that is not finite in the middle leaves the state. */
/* As lstm_forecast() over the rows that the state has seen. */
static void the_output_may_take_the_inputs_place(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, 2), *in_place = new_state(model, 2);
    lstm_real y[2 * K];
    for (int64_t t = 0; t < STEPS; t++) {
        lstm_real xy[2 * D];
        for (int64_t i = 0; i < 2 * D; i++)
            xy[i] = input(t, i / D, i % D);
        step(state, t, 2, y);
        assert_ok(lstm_state_step(in_place, xy, xy));
        assert_memory_equal(xy, y, sizeof y);
    }
    lstm_state_free(in_place);
    lstm_state_free(state);
    lstm_model_free(model);
}

static void after_making_it_a_state_allocates_nothing(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, MAX_B), *other = new_state(model, MAX_B);
    lstm_real y[MAX_B * K], values[MAX_SIZE];
    failing_allocator_fail(&memory, 1, INT64_MAX);
    for (int64_t t = 0; t < STEPS; t++)
        step(state, t, MAX_B, y);
    for (int64_t i = 0; i < MAX_B * D; i++)
        values[i] = input(0, i / D, i % D);
    assert_ok(lstm_state_warm(state, values, 1));
    assert_ok(lstm_state_copy(other, state));
    assert_ok(lstm_state_get(other, values, MAX_SIZE));
    assert_ok(lstm_state_set(other, values, MAX_SIZE));
    assert_ok(lstm_state_reset(other));
    assert_int_equal(memory.calls, 0);
    failing_allocator_fail(&memory, 0, 0);
    lstm_state_free(other);
    lstm_state_free(state);
    lstm_model_free(model);
    failing_allocator_remove(&memory);
}

/* One of several threads; only the main one asserts. */
typedef struct runner {
    const lstm_model *model;
    lstm_status status;
    lstm_real y[K];
} runner;

static void *run_a_stream(void *argument)
{
    runner *r = argument;
    lstm_state *state = NULL;
    r->status = lstm_state_new(&state, r->model, 1);
    for (int64_t t = 0; t < 300 && r->status == LSTM_OK; t++) {
        lstm_real x[D] = {input(t, 0, 0), input(t, 0, 1)};
        r->status = lstm_state_step(state, x, r->y);
    }
    lstm_state_free(state);
    return NULL;
}

/* Large enough that threads share the units; 1 and 3 streams, two layers. */
static void any_number_of_threads_gives_the_same_bits(void **fixture)
{
    (void)fixture;
    enum { UNITS = 224, N_NUMBER = 5, ROWS = 20, MOST = 3 };
    static const int64_t numbers[N_NUMBER] = {2, 3, 20, LSTM_ALL_CORES, 0};
    lstm_model *model = model_of(1, 1, UNITS, 2, 0);
    for (int64_t B = 1; B <= MOST; B += 2)
        for (int i = 0; i < N_NUMBER; i++) {
            lstm_state *one, *many;
            lstm_real y[MOST] = {0}, y_many[MOST] = {0};
            assert_ok(lstm_state_new(&one, model, B));
            assert_ok(lstm_state_new(&many, model, B));
            for (int64_t t = 0; t < ROWS; t++) {
                if (t == ROWS / 2) /* midway, and once more */
                    assert_ok(lstm_state_set_threads(many, numbers[i]));
                assert_ok(lstm_state_step(one, y, y));
                assert_ok(lstm_state_step(many, y_many, y_many));
                assert_memory_equal(y, y_many, sizeof y);
                y[0] = y_many[0] += 1;
            }
            lstm_state_free(one);
            lstm_state_free(many);
        }
    lstm_model_free(model);
}

static void streams_of_one_model_may_step_in_many_threads_at_once(void **fixture)
{
    (void)fixture;
    enum { THREADS = 4 };
    lstm_model *model = new_model(K);
    pthread_t threads[THREADS];
    runner runners[THREADS + 1];
    for (int i = 0; i <= THREADS; i++)
        runners[i] = (runner){model, LSTM_E_ORDER, {0}};
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_a_stream, &runners[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    run_a_stream(&runners[THREADS]);
    for (int i = 0; i <= THREADS; i++) {
        assert_int_equal(runners[i].status, LSTM_OK);
        assert_memory_equal(runners[i].y, runners[THREADS].y, sizeof runners[i].y);
    }
    lstm_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_give_what_a_teacher_forced_forecast_gives),
        cmocka_unit_test(many_streams_go_as_each_would_go_alone),
        cmocka_unit_test(a_new_state_is_zero_and_so_is_one_that_was_reset),
        cmocka_unit_test(the_array_holds_of_each_layer_first_h_then_c),
        cmocka_unit_test(a_state_that_was_read_and_written_continues_identically),
        cmocka_unit_test(a_copy_continues_from_the_same_state_and_leaves_its_source_alone),
        cmocka_unit_test(states_of_other_shapes_are_not_copied),
        cmocka_unit_test(a_state_continues_as_its_model_began_whatever_the_environment_becomes),
        cmocka_unit_test(a_model_whose_fold_overflows_is_not_folded),
        cmocka_unit_test(the_output_may_take_the_inputs_place),
        cmocka_unit_test(after_making_it_a_state_allocates_nothing),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(streams_of_one_model_may_step_in_many_threads_at_once),
    };
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
