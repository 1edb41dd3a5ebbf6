/* SPDX-License-Identifier: MIT */
/* Several batches per update: n_accumulate. */
#include "assert_close.h"
#include "refused.h"

enum { T = 5, B = 4, H = 6, SIZE = 4 * H * H };

typedef struct gradients {
    lstm_real values[SIZE]; /* of lstm.1.weight_x */
    double step_losses[T];
    lstm_update_info info;
} gradients;

static void make(training *t, int64_t n_accumulate, int64_t order, double dropout)
{
    training_recipe recipe;
    training_recipe_init(&recipe);
    recipe.iter.order = order;
    recipe.updater.dropout = dropout;
    recipe.updater.n_accumulate = n_accumulate;
    training_make(t, &recipe);
}

static void take(const training *t, gradients *g)
{
    assert_ok(lstm_updater_gradient(t->updater, "lstm.1.weight_x", g->values, SIZE));
    assert_ok(lstm_updater_step_losses(t->updater, g->step_losses, T));
    assert_ok(lstm_updater_info(t->updater, &g->info));
}

static void assert_mean(const gradients *mean, const gradients *each, int n)
{
    double loss = 0;
    for (int i = 0; i < SIZE; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++)
            sum += (double)each[j].values[i];
        assert_close("mean", "gradient", i, (double)mean->values[i], sum / n, TOLERANCE / 10);
    }
    for (int t = 0; t < T; t++) {
        double sum = 0;
        for (int j = 0; j < n; j++)
            sum += each[j].step_losses[t];
        assert_close("mean", "step loss", t, mean->step_losses[t], sum / n, 1e-14);
        loss += sum / n;
    }
    assert_close("mean", "loss", 0, mean->info.loss, loss, 1e-13);
}

/* Without an update between them, the batches of a second updater have the same parameters. */
static void the_gradient_is_the_mean_of_those_of_the_batches(void **state)
{
    (void)state;
    for (int64_t order = LSTM_ORDER_RANDOM; order <= LSTM_ORDER_SEQUENTIAL; order++) {
        training together, single;
        gradients mean, each[3];
        make(&together, 3, order, 0.25);
        make(&single, 1, order, 0.25);
        assert_ok(lstm_updater_backward(together.updater));
        take(&together, &mean);
        for (int j = 0; j < 3; j++) {
            assert_ok(lstm_updater_backward(single.updater));
            take(&single, &each[j]);
        }
        assert_mean(&mean, each, 3);
        assert_int_equal(lstm_iter_iteration(together.iter), 3);
        assert_ok(lstm_updater_apply(together.updater));
        assert_ok(lstm_updater_info(together.updater, &mean.info));
        assert_int_equal(mean.info.iteration, 1);
        training_free(&together);
        training_free(&single);
    }
}

/* 35 windows are 9 batches: updates of 4, 4 and 1. */
static void an_update_at_the_end_of_a_pass_has_the_batches_that_are_left(void **state)
{
    (void)state;
    training together, single;
    gradients mean, last;
    make(&together, 4, LSTM_ORDER_SEQUENTIAL, 0);
    make(&single, 1, LSTM_ORDER_SEQUENTIAL, 0);
    for (int j = 0; j < 3; j++)
        assert_ok(lstm_updater_backward(together.updater));
    take(&together, &mean);
    assert_int_equal(lstm_updater_batch(together.updater), 3);
    for (int j = 0; j < 9; j++)
        assert_ok(lstm_updater_backward(single.updater));
    take(&single, &last);
    assert_mean(&mean, &last, 1);
    assert_status(lstm_updater_backward(together.updater), LSTM_END, NULL);
    assert_status(lstm_updater_update(together.updater), LSTM_END, NULL);
    training_free(&together);
    training_free(&single);
}

/* Fails in the second batch of the third update. */
static int third_is_wrong(uint64_t iteration, int64_t n_window, int64_t *offsets, int64_t n,
                          void *user)
{
    const int *wrong = user;
    for (int64_t b = 0; b < n; b++)
        offsets[b] = (int64_t)(iteration * 7 + (uint64_t)b) % n_window;
    if (iteration == 5 && *wrong)
        offsets[1] = n_window;
    return 0;
}

static void a_failure_in_a_later_batch_takes_the_update_back(void **state)
{
    (void)state;
    int wrong = 1, right = 0;
    training t, twin;
    training_recipe recipe;
    lstm_iter_position before, after;
    training_recipe_init(&recipe);
    recipe.updater.n_accumulate = 2;
    recipe.iter.sampler = third_is_wrong;
    recipe.iter.sampler_user = &wrong;
    training_make(&t, &recipe);
    recipe.iter.sampler_user = &right;
    training_make(&twin, &recipe);
    for (int i = 0; i < 2; i++)
        assert_ok(lstm_updater_update(t.updater));
    assert_ok(lstm_iter_get_position(t.iter, &before));
    assert_status(lstm_updater_update(t.updater), LSTM_E_ARGUMENT, "offset 35 for window 1");
    assert_ok(lstm_iter_get_position(t.iter, &after));
    assert_memory_equal(&before, &after, sizeof before);
    wrong = 0;
    for (int i = 0; i < 4; i++)
        assert_ok(lstm_updater_update(twin.updater));
    for (int i = 0; i < 2; i++)
        assert_ok(lstm_updater_update(t.updater));
    assert_same_model(t.model, twin.model);
    training_free(&t);
    training_free(&twin);
}

static void a_number_out_of_range_is_refused(void **state)
{
    (void)state;
    training t;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    make(&t, 0, LSTM_ORDER_RANDOM, 0);
    options.n_accumulate = -1;
    REFUSED(LSTM_E_ARGUMENT, "n_accumulate is -1",
            lstm_updater_new(&out.updater, t.model, t.iter, &options));
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gradient_is_the_mean_of_those_of_the_batches),
        cmocka_unit_test(an_update_at_the_end_of_a_pass_has_the_batches_that_are_left),
        cmocka_unit_test(a_failure_in_a_later_batch_takes_the_update_back),
        cmocka_unit_test(a_number_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
