/* SPDX-License-Identifier: MIT */
/* A loss that the caller computes: lstm_loss_fn. test_gradient_loss.c has a gradient check. */
#include "assert_close.h"
#include "refused.h"

enum { T = 5, B = 4, K = 2, H = 6, SIZE = 4 * H * H };

/* What the loss does, by the number of its call. */
typedef struct behaviour {
    int calls, end_at, nan_loss_at, nan_slope_at;
} behaviour;

/* The default loss of updater.h. */
static int squared(const lstm_loss_batch *batch, void *user)
{
    behaviour *b = user;
    double scale = 1 / (double)(batch->B * batch->K);
    int64_t n = batch->B * batch->K;
    assert_int_equal(batch->K, K);
    assert_int_equal(batch->n_output, K);
    assert_null(batch->weight);
    for (int64_t i = 0; i < batch->T * n; i++) {
        double error = (double)batch->y[i] - (double)batch->target[i];
        assert_true(batch->dy[i] == 0);
        batch->step_loss[i / n] += error * error * scale;
        batch->dy[i] = (lstm_real)(2 * error * scale);
    }
    if (b->calls == b->nan_loss_at)
        batch->step_loss[2] = (double)NAN;
    if (b->calls == b->nan_slope_at)
        batch->dy[3] = (lstm_real)NAN;
    return b->calls++ == b->end_at;
}

static void make(training *t, behaviour *b, lstm_loss_fn fn)
{
    training_recipe recipe;
    training_recipe_init(&recipe);
    recipe.updater.loss_fn = fn;
    recipe.updater.loss_user = b;
    training_make(t, &recipe);
}

static void the_default_loss_by_a_caller_is_the_default_loss(void **state)
{
    (void)state;
    behaviour b = {0, -1, -1, -1};
    training ours, own;
    make(&ours, &b, squared);
    make(&own, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        lstm_real g[SIZE], h[SIZE];
        lstm_update_info info, other;
        assert_ok(lstm_updater_backward(ours.updater));
        assert_ok(lstm_updater_backward(own.updater));
        assert_ok(lstm_updater_info(ours.updater, &info));
        assert_ok(lstm_updater_info(own.updater, &other));
        assert_close("loss", "loss", i, info.loss, other.loss, 1e-6 * other.loss);
        assert_close("loss", "last_loss", i, info.last_loss, other.last_loss, 1e-6 * other.loss);
        assert_ok(lstm_updater_gradient(ours.updater, "lstm.1.weight_h", g, SIZE));
        assert_ok(lstm_updater_gradient(own.updater, "lstm.1.weight_h", h, SIZE));
        for (int j = 0; j < SIZE; j++)
            assert_close("loss", "gradient", j, (double)g[j], (double)h[j], TOLERANCE / 100);
    }
    assert_int_equal(b.calls, 3);
    training_free(&ours);
    training_free(&own);
}

/* The third call of the loss fails, however; the fourth and later ones are those of the twin. */
static void assert_taken_back(behaviour b, lstm_status status, const char *message)
{
    behaviour harmless = {0, -1, -1, -1};
    training t, twin;
    lstm_iter_position before, after;
    make(&t, &b, squared);
    make(&twin, &harmless, squared);
    assert_ok(lstm_updater_update(t.updater));
    assert_ok(lstm_updater_update(t.updater));
    assert_ok(lstm_iter_get_position(t.iter, &before));
    assert_status(lstm_updater_update(t.updater), status, message);
    assert_ok(lstm_iter_get_position(t.iter, &after));
    assert_memory_equal(&before, &after, sizeof before);
    b.end_at = -1;
    assert_ok(lstm_updater_update(t.updater));
    for (int i = 0; i < 3; i++)
        assert_ok(lstm_updater_update(twin.updater));
    assert_same_model(t.model, twin.model);
    training_free(&t);
    training_free(&twin);
}

static void a_loss_that_ends_or_is_not_finite_changes_nothing(void **state)
{
    (void)state;
    assert_taken_back((behaviour){0, 2, -1, -1}, LSTM_STOPPED, NULL);
    assert_taken_back((behaviour){0, -1, 2, -1}, LSTM_E_NUMERIC,
                      "loss_fn made the loss of step 2 nan in update 3");
    assert_taken_back((behaviour){0, -1, -1, 2}, LSTM_E_NUMERIC, "the gradient of");
}

static void a_run_that_a_loss_stops_can_continue(void **state)
{
    (void)state;
    behaviour b = {0, 4, -1, -1};
    training t;
    training_recipe recipe;
    lstm_progress progress;
    training_recipe_init(&recipe);
    recipe.updater.loss_fn = squared;
    recipe.updater.loss_user = &b;
    recipe.trainer.max_iteration = 6;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_STOPPED, NULL);
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, 4);
    assert_ok(lstm_trainer_run(t.trainer));
    training_free(&t);
}

static void the_articles_form_has_none(void **state)
{
    (void)state;
    training t;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    make(&t, NULL, NULL);
    options.unroll = LSTM_UNROLL_ARTICLE;
    options.loss_fn = squared;
    REFUSED(LSTM_E_ARGUMENT, "LSTM_UNROLL_ARTICLE has no loss_fn",
            lstm_updater_new(&out.updater, t.model, t.iter, &options));
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_loss_by_a_caller_is_the_default_loss),
        cmocka_unit_test(a_loss_that_ends_or_is_not_finite_changes_nothing),
        cmocka_unit_test(a_run_that_a_loss_stops_can_continue),
        cmocka_unit_test(the_articles_form_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
