/* SPDX-License-Identifier: MIT */
/* Updates that fail leave everything as it was. */
#include "training.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Sizes of the common training: T, B, D, K, H, L. */
enum { T = 5, B = 4, D = 3, K = 2, H = 6, L = 2 };

/* Sets the output layer so that outputs overflow. */
static void let_outputs_overflow(lstm_model *model)
{
    lstm_real bias[K], weight[K * H];
    lstm_real huge = (lstm_real)(sizeof(lstm_real) == 4 ? 3e38 : 1e308);
    for (int k = 0; k < K; k++)
        bias[k] = huge;
    for (int i = 0; i < K * H; i++)
        weight[i] = huge;
    assert_ok(lstm_model_set(model, "output.bias", bias, K));
    assert_ok(lstm_model_set(model, "output.weight", weight, K * H));
}

/* The offsets of the batch that the next update draws. */
static void look_at_next_batch(lstm_iter *iter, int64_t offsets[B])
{
    lstm_iter_position position;
    assert_ok(lstm_iter_get_position(iter, &position));
    assert_ok(lstm_iter_next(iter, NULL));
    assert_ok(lstm_iter_offsets(iter, offsets, B));
    assert_ok(lstm_iter_set_position(iter, &position));
}

static void a_loss_that_is_not_finite_leaves_everything_as_it_was(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lstm_model *before;
    lstm_iter_position p, q;
    lstm_update_info info, after;
    double losses[T], after_losses[T];
    int64_t offsets[B], refused[B];
    lstm_real y[B * K];
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    assert_ok(lstm_updater_update(t.updater));
    let_outputs_overflow(t.model);
    assert_ok(lstm_model_clone(&before, t.model));
    assert_ok(lstm_updater_info(t.updater, &info));
    assert_ok(lstm_updater_step_losses(t.updater, losses, T));
    look_at_next_batch(t.iter, offsets);
    assert_ok(lstm_iter_get_position(t.iter, &p));
    assert_status(lstm_updater_update(t.updater), LSTM_E_NUMERIC, "update 2");
    /* the report is that of the last update that was made; the batch is the refused one */
    assert_ok(lstm_updater_info(t.updater, &after));
    assert_memory_equal(&info, &after, sizeof info);
    assert_ok(lstm_updater_step_losses(t.updater, after_losses, T));
    assert_memory_equal(losses, after_losses, sizeof losses);
    assert_ok(lstm_iter_offsets(t.iter, refused, B));
    assert_memory_equal(offsets, refused, sizeof offsets);
    assert_int_equal(lstm_updater_batch(t.updater), B);
    assert_ok(lstm_updater_output(t.updater, 0, y, B * K, NULL));
    assert_ok(lstm_iter_get_position(t.iter, &q));
    assert_memory_equal(&p, &q, sizeof p);
    assert_same_model(before, t.model);
    assert_status(lstm_updater_apply(t.updater), LSTM_E_ORDER, NULL);
    lstm_model_free(before);
    training_free(&t);
}

/* The second half: the step overflows. */
static void a_step_that_overflows_reports_the_update_before(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lstm_update_info first, after;
    lstm_iter_position p, q;
    const lstm_real huge[K] = {(lstm_real)(sizeof(lstm_real) == 4 ? 3e38 : 1.7e308)};
    training_recipe_init(&recipe);
    recipe.optimizer = (lstm_optimizer_options)LSTM_OPTIMIZER_OPTIONS_INIT;
    recipe.optimizer.weight_decay = 3;
    recipe.updater.n_hook = 0;
    training_make(&t, &recipe);
    assert_ok(lstm_updater_update(t.updater));
    assert_ok(lstm_updater_info(t.updater, &first));
    lstm_real bias[4 * H];
    for (int i = 0; i < 4 * H; i++) /* saturates the gates: the loss stays finite */
        bias[i] = huge[0];
    assert_ok(lstm_model_set(t.model, "lstm.0.bias", bias, 4 * H));
    assert_ok(lstm_iter_get_position(t.iter, &p));
    assert_ok(lstm_updater_backward(t.updater));
    assert_status(lstm_updater_apply(t.updater), LSTM_E_NUMERIC, NULL);
    assert_ok(lstm_iter_get_position(t.iter, &q));
    assert_memory_equal(&p, &q, sizeof p);
    assert_ok(lstm_updater_info(t.updater, &after));
    assert_memory_equal(&first, &after, sizeof first);
    training_free(&t);
}

/* Near its end an iterator draws no batch, and a batch that is put back has the place it had. */
static void an_iterator_near_its_end_is_put_back_too(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lstm_iter_position end = {9, INT64_MAX - B, 0}, p;
    training_recipe_init(&recipe);
    recipe.iter.order = LSTM_ORDER_RANDOM;
    training_make(&t, &recipe);
    assert_ok(lstm_iter_set_position(t.iter, &end));
    assert_ok(lstm_updater_update(t.updater));
    assert_status(lstm_updater_update(t.updater), LSTM_E_LIMIT, "9223372036854775807");
    assert_ok(lstm_iter_get_position(t.iter, &p));
    assert_true(p.iteration == 10 && p.drawn == INT64_MAX);
    assert_ok(lstm_iter_set_position(t.iter, &p));
    p.iteration = INT64_MAX;
    p.drawn = 0;
    assert_ok(lstm_iter_set_position(t.iter, &p));
    assert_status(lstm_iter_next(t.iter, NULL), LSTM_E_LIMIT, "iteration 9223372036854775807");
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loss_that_is_not_finite_leaves_everything_as_it_was),
        cmocka_unit_test(a_step_that_overflows_reports_the_update_before),
        cmocka_unit_test(an_iterator_near_its_end_is_put_back_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
