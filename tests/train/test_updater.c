/* SPDX-License-Identifier: MIT */
#include "failing_allocator.h"
#include "training.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Sizes of the common training: T, B, D, K, H, L. */
enum { T = 5, B = 4, D = 3, K = 2, H = 6, L = 2 };

static void the_loss_is_the_sum_of_the_step_losses(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lstm_update_info info;
    double losses[T], sum = 0;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    assert_ok(lstm_updater_update(t.updater));
    assert_ok(lstm_updater_info(t.updater, &info));
    assert_ok(lstm_updater_step_losses(t.updater, losses, T));
    for (int i = 0; i < T; i++)
        sum += losses[i];
    assert_true(fabs(info.loss - sum) <= 1e-14);
    assert_true(info.last_loss == losses[T - 1]);
    assert_int_equal(info.iteration, 1);
    assert_true(fabs(info.learning_rate - 0.02 / 5) <
                1e-15); /* first update of five warm-up ones */
    training_free(&t);
}

static void update_is_backward_and_apply(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training a, b;
    training_recipe_init(&recipe);
    training_make(&a, &recipe);
    training_make(&b, &recipe);
    for (int i = 0; i < 12; i++) {
        assert_ok(lstm_updater_update(a.updater));
        assert_ok(lstm_updater_backward(b.updater));
        assert_ok(lstm_updater_apply(b.updater));
        assert_status(lstm_updater_apply(b.updater), LSTM_E_ORDER, "no gradient to apply");
    }
    assert_same_model(a.model, b.model);
    training_free(&a);
    training_free(&b);
}

static void any_number_of_threads_gives_the_same_bits(void **fixture)
{
    (void)fixture;
    static const int64_t numbers[] = {2, 3, 4, 8, LSTM_ALL_CORES}; /* also more than windows */
    static const int64_t orders[] = {LSTM_ORDER_SHUFFLE, LSTM_ORDER_SEQUENTIAL};
    assert_int_equal(setenv("LSTMTS_SPLIT", "1", 1),
                     0); /* so small a network would otherwise use one thread */
    for (int o = 0; o < 2; o++)
        for (int i = 0; i < 5; i++) {
            training_recipe recipe;
            training one, many;
            training_recipe_init(&recipe);
            recipe.iter.order = orders[o]; /* the sequential pass ends with a batch of 3 windows */
            training_make(&one, &recipe);
            recipe.updater.n_threads = numbers[i];
            training_make(&many, &recipe);
            for (int n = 0; n < 9; n++) {
                assert_ok(lstm_updater_update(one.updater));
                assert_ok(lstm_updater_update(many.updater));
            }
            assert_same_model(one.model, many.model);
            training_free(&one);
            training_free(&many);
        }
    assert_int_equal(unsetenv("LSTMTS_SPLIT"), 0);
}

static void backward_alone_changes_no_parameter(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lstm_model *before;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    assert_ok(lstm_model_clone(&before, t.model));
    assert_ok(lstm_updater_backward(t.updater));
    assert_ok(lstm_updater_backward(t.updater));
    assert_same_model(before, t.model);
    lstm_model_free(before);
    training_free(&t);
}

static void an_update_allocates_nothing(void **fixture)
{
    (void)fixture;
    static const int64_t kinds[] = {LSTM_ADAM,     LSTM_AMSGRAD, LSTM_ADAMW_DECOUPLED, LSTM_SGD,
                                    LSTM_MOMENTUM, LSTM_RMSPROP, LSTM_ADAGRAD};
    failing_allocator memory;
    failing_allocator_install(&memory);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        training_recipe recipe;
        training t;
        training_recipe_init(&recipe);
        recipe.optimizer.kind = kinds[i];
        training_make(&t, &recipe);
        failing_allocator_fail(&memory, 1, INT64_MAX);
        for (int n = 0; n < 40; n++) /* over shuffles too */
            assert_ok(lstm_updater_update(t.updater));
        assert_int_equal(memory.calls, 0);
        failing_allocator_fail(&memory, 0, 0);
        training_free(&t);
    }
    failing_allocator_remove(&memory);
}

/* beta1^t, 0.9^t by default, is no normal double from t = 6,724 on, where pow() sets errno. */
static void a_long_training_leaves_errno(void **fixture)
{
    (void)fixture;
    enum { UPDATES = 7200 };
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    recipe.optimizer = (lstm_optimizer_options)LSTM_OPTIMIZER_OPTIONS_INIT;
    recipe.schedule.kind = LSTM_SCHEDULE_STEP; /* 0.1^UPDATES underflows too */
    recipe.schedule.period = 1;
    training_make(&t, &recipe);
    for (int i = 0; i < UPDATES; i++) {
        errno = 7;
        assert_ok(lstm_updater_update(t.updater));
        assert_int_equal(errno, 7);
    }
    training_free(&t);
    recipe.trainer.max_iteration = UPDATES;
    training_begin(&t, &recipe);
    errno = 7;
    assert_ok(lstm_trainer_run(t.trainer));
    assert_int_equal(errno, 7);
    training_free(&t);
}

static void a_smaller_last_batch_has_the_loss_of_its_own_windows(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t, twin;
    lstm_update_info last, alone;
    training_recipe_init(&recipe);
    recipe.iter.order = LSTM_ORDER_SEQUENTIAL; /* 35 windows of batches of 4: the ninth has 3 */
    recipe.optimizer.learning_rate = 1e-30;    /* parameters do not change */
    recipe.optimizer.kind = LSTM_SGD;
    training_make(&t, &recipe);
    for (int i = 0; i < 9; i++)
        assert_ok(lstm_updater_update(t.updater));
    assert_status(lstm_updater_update(t.updater), LSTM_END, NULL);
    assert_ok(lstm_updater_info(t.updater, &last));
    recipe.iter.batch_size = 3;
    training_make(&twin, &recipe);
    assert_ok(lstm_iter_set_position(twin.iter, &(lstm_iter_position){10, 32, 0}));
    assert_ok(lstm_updater_update(twin.updater));
    assert_ok(lstm_updater_info(twin.updater, &alone));
    assert_true(fabs(last.loss - alone.loss) <= 1e-6 * alone.loss);
    lstm_real y[B * K];
    assert_int_equal(lstm_updater_batch(t.updater), 3);
    assert_ok(lstm_updater_output(t.updater, 0, y, 3 * K, NULL));
    assert_status(lstm_updater_output(t.updater, 0, y, B * K, NULL), LSTM_E_SHAPE, "8");
    training_free(&t);
    training_free(&twin);
}

static void reading_before_an_update_is_refused(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lstm_update_info info;
    double losses[T];
    lstm_real values[4 * H * H];
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    assert_status(lstm_updater_info(t.updater, &info), LSTM_E_ORDER, NULL);
    assert_int_equal(lstm_updater_batch(t.updater), 0);
    assert_int_equal(lstm_updater_batch(NULL), 0);
    assert_status(lstm_updater_step_losses(t.updater, losses, T), LSTM_E_ORDER, NULL);
    assert_status(lstm_updater_output(t.updater, 0, values, B * K, NULL), LSTM_E_ORDER, NULL);
    assert_status(lstm_updater_state(t.updater, values, L * 2 * B * H), LSTM_E_ORDER, NULL);
    assert_status(lstm_updater_gradient(t.updater, "output.bias", values, K), LSTM_E_ORDER, NULL);
    assert_status(lstm_updater_apply(t.updater), LSTM_E_ORDER, NULL);
    assert_ok(
        lstm_updater_moment(t.updater, "m", "output.bias", values, K)); /* zero from the start */
    assert_true(values[0] == 0);
    training_free(&t);
}

static void names_and_sizes_are_checked(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    double losses[T];
    lstm_real values[4 * H * H];
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    assert_ok(lstm_updater_update(t.updater));
    assert_status(lstm_updater_gradient(t.updater, "output.biass", values, K), LSTM_E_NAME,
                  "output.biass");
    assert_status(lstm_updater_gradient(t.updater, "output.bias", values, 7), LSTM_E_SHAPE, "7");
    assert_status(lstm_updater_moment(t.updater, "s", "output.bias", values, K), LSTM_E_NAME,
                  "\"s\"");
    assert_status(lstm_updater_moment(t.updater, "v", "no", values, K), LSTM_E_NAME, "no");
    assert_status(lstm_updater_step_losses(t.updater, losses, T + 1), LSTM_E_SHAPE, "6");
    assert_status(lstm_updater_output(t.updater, T, values, B * K, NULL), LSTM_E_ARGUMENT,
                  "call is 5");
    assert_status(lstm_updater_output(t.updater, -1, values, B * K, NULL), LSTM_E_ARGUMENT,
                  "call is -1");
    assert_status(lstm_updater_state(t.updater, values, 1), LSTM_E_SHAPE, "1");
    assert_int_equal(lstm_updater_calls(t.updater), T);
    assert_int_equal(lstm_updater_calls(NULL), 0);
    training_free(&t);
}

/* What an update leaves with 0 for a constant is what it leaves with next to nothing. */
/* T 5 and s 2 are a context of 3 rows and a horizon of 3 steps. */
typedef struct attempt {
    training *t;
    const training_recipe *recipe;
} attempt;

static lstm_status make_updater(void *context)
{
    attempt *a = context;
    lstm_updater *updater = NULL;
    lstm_updater_options options = a->recipe->updater;
    options.hooks = a->recipe->hooks;
    options.optimizer = &a->recipe->optimizer;
    lstm_status status = lstm_updater_new(&updater, a->t->model, a->t->iter, &options);
    assert_int_equal(status < 0, updater == NULL);
    lstm_updater_free(updater);
    return status;
}

static void out_of_memory_while_making_one_leaves_nothing_behind(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    failing_allocator_install(&memory);
    training_make(&t, &recipe);
    attempt a = {&t, &recipe};
    assert_true(failing_allocator_sweep(&memory, make_updater, &a) > 20);
    training_free(&t);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loss_is_the_sum_of_the_step_losses),
        cmocka_unit_test(update_is_backward_and_apply),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(backward_alone_changes_no_parameter),
        cmocka_unit_test(an_update_allocates_nothing),
        cmocka_unit_test(a_long_training_leaves_errno),
        cmocka_unit_test(a_smaller_last_batch_has_the_loss_of_its_own_windows),
        cmocka_unit_test(reading_before_an_update_is_refused),
        cmocka_unit_test(names_and_sizes_are_checked),
        cmocka_unit_test(out_of_memory_while_making_one_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
