/* SPDX-License-Identifier: MIT */
/* Stateful training: windows that begin with the state of those before (LSTM_ORDER_CONSECUTIVE). */
#include "assert_close.h"
#include "refused.h"

enum { T = 5, B = 2, LEN = 3, K = 2, H = 6, L = 2, STATE = L * 2 * B * H, SIZE = 4 * H * H };

static void recipe_init(training_recipe *recipe)
{
    training_recipe_init(recipe);
    recipe->iter.order = LSTM_ORDER_CONSECUTIVE;
    recipe->iter.batch_size = B;
    recipe->updater.support_len = LSTM_TEACHER_FORCED;
}

/* Windows of LEN T rows from the rows at which the streams begin. */
static int whole_streams(uint64_t iteration, int64_t n_window, int64_t *offsets, int64_t n,
                         void *user)
{
    (void)iteration;
    (void)n_window;
    (void)user;
    for (int64_t b = 0; b < n; b++)
        offsets[b] = b * LEN * T;
    return 0;
}

static void windows_of_a_stream_are_one_long_window(void **state)
{
    (void)state;
    training parts, whole;
    training_recipe recipe;
    lstm_real y[B * K], want[B * K], end[STATE], want_end[STATE];
    recipe_init(&recipe);
    training_make(&parts, &recipe);
    recipe.iter.window_len = LEN * T;
    recipe.iter.sampler = whole_streams;
    training_make(&whole, &recipe);
    assert_ok(lstm_updater_backward(whole.updater));
    for (int pass = 0; pass < 2; pass++) /* the second begins from zero again */
        for (int64_t n = 0; n < LEN * T; n++) {
            if (n % T == 0)
                assert_ok(lstm_updater_backward(parts.updater));
            assert_ok(lstm_updater_output(parts.updater, n % T, y, B * K, NULL));
            assert_ok(lstm_updater_output(whole.updater, n, want, B * K, NULL));
            for (int i = 0; i < B * K; i++)
                assert_close("output", "y", n, (double)y[i], (double)want[i], TOLERANCE / 10);
        }
    assert_ok(lstm_updater_state(parts.updater, end, STATE));
    assert_ok(lstm_updater_state(whole.updater, want_end, STATE));
    for (int i = 0; i < STATE; i++)
        assert_close("state", "h, c", i, (double)end[i], (double)want_end[i], TOLERANCE / 10);
    training_free(&parts);
    training_free(&whole);
}

/* The gradients of windows from the middle of the streams, by differences; double only. */
static void gradients_from_a_state_that_is_not_zero_equal_differences(void **state)
{
    (void)state;
#ifdef LSTMTS_TEST_DOUBLE
    static const char *const names[] = {"lstm.0.weight_h", "lstm.0.weight_x", "lstm.1.weight_h"};
    for (int64_t support_len = 0; support_len <= 3; support_len++) {
        training t;
        training_recipe recipe;
        lstm_iter_position at;
        double gradient[SIZE], values[SIZE];
        recipe_init(&recipe);
        recipe.updater.support_len = support_len == 3 ? LSTM_TEACHER_FORCED : support_len;
        training_make(&t, &recipe);
        assert_ok(lstm_updater_update(t.updater));
        assert_ok(lstm_iter_get_position(t.iter, &at));
        for (int p = 0; p < 3; p++) {
            assert_ok(lstm_model_get(t.model, names[p], values, SIZE));
            assert_ok(lstm_iter_set_position(t.iter, &at));
            assert_ok(lstm_updater_backward(t.updater));
            assert_ok(lstm_updater_gradient(t.updater, names[p], gradient, SIZE));
            for (int i = 0; i < SIZE; i += 7) {
                double loss[2], h = 1.0 / 4096, kept = values[i];
                for (int side = 0; side < 2; side++) {
                    lstm_update_info info;
                    values[i] = kept + (side == 0 ? -h : h);
                    assert_ok(lstm_model_set(t.model, names[p], values, SIZE));
                    assert_ok(lstm_iter_set_position(t.iter, &at));
                    assert_ok(lstm_updater_backward(t.updater));
                    assert_ok(lstm_updater_info(t.updater, &info));
                    loss[side] = info.loss;
                }
                values[i] = kept;
                assert_close(names[p], "gradient", i, gradient[i], (loss[1] - loss[0]) / (2 * h),
                             1e-6);
            }
            assert_ok(lstm_model_set(t.model, names[p], values, SIZE));
        }
        training_free(&t);
    }
#endif
}

static int ends_at_calls(const lstm_loss_batch *batch, void *user)
{
    int *left = user;
    batch->step_loss[0] = (double)batch->y[0];
    batch->dy[0] = 1;
    return (*left)-- == 0;
}

static void make_ending(training *t, int *left, int64_t n_accumulate)
{
    training_recipe recipe;
    recipe_init(&recipe);
    recipe.updater.n_accumulate = n_accumulate;
    recipe.updater.loss_fn = ends_at_calls;
    recipe.updater.loss_user = left;
    training_make(t, &recipe);
}

static void a_failed_update_takes_the_state_back(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 2; n++) {
        int left = n == 1 ? 2 : 3, never = -1; /* in the second batch of the second update */
        training t, twin;
        make_ending(&t, &left, n);
        make_ending(&twin, &never, n);
        for (int i = 0; i < 5; i++) {
            lstm_status status = lstm_updater_update(t.updater);
            if (status == LSTM_STOPPED)
                status = lstm_updater_update(t.updater);
            assert_ok(status);
            assert_ok(lstm_updater_update(twin.updater));
        }
        assert_true(left < -1);
        assert_same_model(t.model, twin.model);
        training_free(&t);
        training_free(&twin);
    }
}

static void an_iterator_that_was_moved_begins_from_zero(void **state)
{
    (void)state;
    training t, fresh;
    training_recipe recipe;
    lstm_iter_position second = {1, B, 0};
    lstm_real end[STATE], want[STATE];
    recipe_init(&recipe);
    training_make(&t, &recipe);
    training_make(&fresh, &recipe);
    for (int i = 0; i < LEN; i++)
        assert_ok(lstm_updater_backward(t.updater));
    assert_ok(lstm_iter_set_position(t.iter, &second));
    assert_ok(lstm_iter_set_position(fresh.iter, &second));
    assert_ok(lstm_updater_backward(t.updater));
    assert_ok(lstm_updater_backward(fresh.updater));
    assert_ok(lstm_updater_state(t.updater, end, STATE));
    assert_ok(lstm_updater_state(fresh.updater, want, STATE));
    assert_memory_equal(end, want, sizeof end);
    training_free(&t);
    training_free(&fresh);
}

static void what_needs_other_windows_is_refused(void **state)
{
    (void)state;
    training t;
    training_recipe recipe;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    lstm_curriculum_options curriculum = LSTM_CURRICULUM_OPTIONS_INIT;
    recipe_init(&recipe);
    training_make(&t, &recipe);
    options.unroll = LSTM_UNROLL_ARTICLE;
    REFUSED(LSTM_E_ARGUMENT, "LSTM_UNROLL_ARTICLE has no LSTM_ORDER_CONSECUTIVE",
            lstm_updater_new(&out.updater, t.model, t.iter, &options));
    options.unroll = LSTM_UNROLL_LOOP;
    curriculum.kind = LSTM_CURRICULUM_LINEAR;
    curriculum.first = curriculum.period = 1;
    options.curriculum = &curriculum;
    REFUSED(LSTM_E_ARGUMENT, "LSTM_ORDER_CONSECUTIVE has no curriculum",
            lstm_updater_new(&out.updater, t.model, t.iter, &options));
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_of_a_stream_are_one_long_window),
        cmocka_unit_test(gradients_from_a_state_that_is_not_zero_equal_differences),
        cmocka_unit_test(a_failed_update_takes_the_state_back),
        cmocka_unit_test(an_iterator_that_was_moved_begins_from_zero),
        cmocka_unit_test(what_needs_other_windows_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
