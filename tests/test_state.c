/* SPDX-License-Identifier: MIT */
#include "assert_close.h"
#include "failing_allocator.h"

#include <float.h>
#include <lstmts/forecast.h>
#include <lstmts/state.h>
#include <pthread.h>

enum { D = 2, K = 2, H = 9, L = 2, STEPS = 20, MAX_B = 5, MAX_SIZE = L * 2 * MAX_B * H };

static const lstm_real largest = (lstm_real)(sizeof(lstm_real) == 8 ? DBL_MAX : FLT_MAX);

static lstm_model *new_model(int64_t n_output)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL;
    options.n_input = D;
    options.n_output = n_output;
    options.n_hidden = H;
    options.n_layer = L;
    options.seed = 3;
    assert_ok(lstm_model_new(&model, &options));
    return model;
}

static lstm_state *new_state(const lstm_model *model, int64_t B)
{
    lstm_state *state = NULL;
    assert_ok(lstm_state_new(&state, model, B));
    return state;
}

/* Input j of stream b at step t. */
static lstm_real input(int64_t t, int64_t b, int64_t j)
{
    return (lstm_real)sin((double)(t + 1) * (0.7 + 0.31 * (double)b) + (double)j);
}

static void step(lstm_state *state, int64_t t, int64_t B, lstm_real *y)
{
    lstm_real x[MAX_B * D];
    for (int64_t i = 0; i < B * D; i++)
        x[i] = input(t, i / D, i % D);
    assert_ok(lstm_state_step(state, x, y));
}

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

/* y = W_out h + b_out of the upper layer's h, and |h| = |o tanh c| < |tanh c|: so the array read
 * has h and c of each layer and stream where the header says. */
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

static void a_state_that_was_read_and_written_goes_on_identically(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state = new_state(model, 2), *restarted = new_state(model, 2);
    lstm_real values[L * 2 * 2 * H], y[2 * K], other[2 * K];
    for (int64_t t = 0; t < STEPS; t++) {
        assert_ok(lstm_state_get(state, values, L * 2 * 2 * H));
        assert_ok(lstm_state_set(restarted, values, L * 2 * 2 * H));
        step(state, t, 2, y);
        step(restarted, t, 2, other);
        assert_memory_equal(y, other, sizeof y);
    }
    lstm_state_free(restarted);
    lstm_state_free(state);
    lstm_model_free(model);
}

static void a_copy_goes_on_from_the_same_present_and_leaves_its_source_alone(void **fixture)
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
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = new_model(K), *wide = NULL, *flat = NULL;
    options.n_input = D;
    options.n_hidden = H + 1;
    options.n_layer = L;
    assert_ok(lstm_model_new(&wide, &options));
    options.n_hidden = H;
    options.n_layer = L - 1;
    assert_ok(lstm_model_new(&flat, &options));
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

/* Steps with x, which must be refused with `status`, and asserts that nothing changed. */
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

/* One of several threads; the assertions are left to the main one. */
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

/* Large enough that units are split among threads; 1 and 3 streams, two layers. */
static void any_number_of_threads_gives_the_same_bits(void **fixture)
{
    (void)fixture;
    enum { UNITS = 224, N_NUMBER = 5, ROWS = 20, MOST = 3 };
    static const int64_t numbers[N_NUMBER] = {2, 3, 20, LSTM_ALL_CORES, 0};
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = options.n_output = 1;
    options.n_hidden = UNITS;
    options.n_layer = 2;
    lstm_model *model;
    assert_ok(lstm_model_new(&model, &options));
    for (int64_t B = 1; B <= MOST; B += 2)
        for (int i = 0; i < N_NUMBER; i++) {
            lstm_state *one, *many;
            lstm_real y[MOST] = {0}, y_many[MOST] = {0};
            assert_ok(lstm_state_new(&one, model, B));
            assert_ok(lstm_state_new(&many, model, B));
            for (int64_t t = 0; t < ROWS; t++) {
                if (t == ROWS / 2) /* midway, and once more */
                    assert_ok(lstm_state_threads(many, numbers[i]));
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

static void a_wrong_number_of_threads_is_refused(void **fixture)
{
    (void)fixture;
    lstm_model *model = new_model(K);
    lstm_state *state;
    assert_ok(lstm_state_new(&state, model, 1));
    assert_status(lstm_state_threads(NULL, 1), LSTM_E_ARGUMENT, "state");
    assert_status(lstm_state_threads(state, -2), LSTM_E_ARGUMENT, "n_threads is -2");
    assert_status(lstm_state_threads(state, 1025), LSTM_E_ARGUMENT, "n_threads is 1025");
    lstm_state_free(state);
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
        cmocka_unit_test(a_state_that_was_read_and_written_goes_on_identically),
        cmocka_unit_test(a_copy_goes_on_from_the_same_present_and_leaves_its_source_alone),
        cmocka_unit_test(states_of_other_shapes_are_not_copied),
        cmocka_unit_test(the_output_may_take_the_inputs_place),
        cmocka_unit_test(an_input_that_is_not_finite_is_refused_with_its_place),
        cmocka_unit_test(an_output_that_overflows_is_refused_and_the_state_kept),
        cmocka_unit_test(huge_inputs_saturate_the_gates_without_harm),
        cmocka_unit_test(a_state_is_stale_after_the_model_was_set_until_it_is_reset),
        cmocka_unit_test(a_stale_state_that_a_fresh_one_is_copied_to_steps_again),
        cmocka_unit_test(a_refused_set_keeps_the_state),
        cmocka_unit_test(after_making_it_a_state_allocates_nothing),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(a_wrong_number_of_threads_is_refused),
        cmocka_unit_test(streams_of_one_model_may_step_in_many_threads_at_once),
    };
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
