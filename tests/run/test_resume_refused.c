/* SPDX-License-Identifier: MIT */
/* What must agree with a checkpoint, and what may differ. */
#include "training.h"

/* Asserts that a trainer of this recipe rejects the checkpoint with `part` in the message, and does
 * not change. */
static void assert_refused(const training_recipe *recipe, const char *path, const char *part)
{
    training t, fresh;
    training_begin(&t, recipe);
    training_begin(&fresh, recipe);
    assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_MISMATCH, part);
    assert_same_training(&t, &fresh);
    training_free(&t);
    training_free(&fresh);
}

static void another_recipe_is_refused_by_the_name_of_what_differs(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training_recipe_validated(&recipe);
    training_run_and_free(&recipe, 8, NULL, path);
#define CHANGED_IS_REFUSED(change, part)                                                           \
    do {                                                                                           \
        training_recipe other = recipe;                                                            \
        change;                                                                                    \
        assert_refused(&other, path, part);                                                        \
    } while (0)
    CHANGED_IS_REFUSED(other.model.n_hidden = 7, "n_hidden");
    CHANGED_IS_REFUSED(other.model.n_layer = 1, "n_layer");
    CHANGED_IS_REFUSED(other.iter.batch_size = 5, "iter.batch_size is 5 here, 4");
    CHANGED_IS_REFUSED(other.iter.seed = 10, "iter.seed");
    CHANGED_IS_REFUSED(other.iter.order = LSTM_ORDER_RANDOM, "iter.order");
    CHANGED_IS_REFUSED(other.optimizer.learning_rate = 0.03,
                       "optimizer.learning_rate is 0.03 here, 0.02");
    CHANGED_IS_REFUSED(other.optimizer.learning_rate = 0.0200000001, "0.02 in the checkpoint");
    CHANGED_IS_REFUSED(other.optimizer.kind = LSTM_ADAM, "optimizer.kind");
    CHANGED_IS_REFUSED(other.schedule.warmup = 6, "schedule.warmup");
    CHANGED_IS_REFUSED(other.updater.support_len = 2, "unroll.support_len");
    CHANGED_IS_REFUSED(other.updater.feedback_lag = 2, "unroll.feedback_lag");
    CHANGED_IS_REFUSED(other.updater.n_hook = 1, "hooks");
    CHANGED_IS_REFUSED(other.hooks[0].value = 0.6, "hooks");
    CHANGED_IS_REFUSED(other.valid.window_len = 7, "valid.window_len");
    CHANGED_IS_REFUSED(other.trainer.validate.every = 0, "valid");
    CHANGED_IS_REFUSED(other.trainer.min_delta = 0.01, "valid.min_delta");
#undef CHANGED_IS_REFUSED
}

static void what_does_not_decide_the_bits_may_differ(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training whole, resumed;
    training_recipe_validated(&recipe);
    training_run(&whole, &recipe, 20, NULL, NULL);
    training_run_and_free(&recipe, 8, NULL, path);
    recipe.trainer.folder = folder;
    recipe.trainer.log.every = recipe.trainer.keep = 3;
    recipe.trainer.snapshot = (lstm_trigger){2, LSTM_ITERATIONS};
    recipe.trainer.max_epoch = 50;
    recipe.trainer.patience = 40;
    recipe.updater.n_threads = 2;
    training_run(&resumed, &recipe, 20, path, NULL);
    assert_same_training(&whole, &resumed);
    training_free(&whole);
    training_free(&resumed);
}

static void other_data_of_the_same_shape_is_refused(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training t;
    training_recipe_validated(&recipe);
    training_run_and_free(&recipe, 8, NULL, path);
    training_make(&t, &recipe);
    lstm_real *rows = (lstm_real *)(uintptr_t)lstm_series_data(t.train);
    rows[17] += (lstm_real)1e-3;
    training_start(&t, &recipe);
    assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_MISMATCH, "series.data is");
    training_free(&t);
}

static void a_file_that_is_no_checkpoint_is_refused(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "model");
    training_recipe recipe;
    training t;
    training_recipe_validated(&recipe);
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_IO, path);
    assert_ok(lstm_model_save(t.model, path));
    assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_FORMAT, "checkpoint");
    assert_status(lstm_trainer_resume(t.trainer, NULL), LSTM_E_ARGUMENT, "folder");
    training_free(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(another_recipe_is_refused_by_the_name_of_what_differs),
        TEST(what_does_not_decide_the_bits_may_differ),
        TEST(other_data_of_the_same_shape_is_refused),
        TEST(a_file_that_is_no_checkpoint_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
