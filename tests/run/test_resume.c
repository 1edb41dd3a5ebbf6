/* SPDX-License-Identifier: MIT */
#include "training.h"

enum { UPDATES = 50 };

static void a_run_stopped_at_any_update_and_resumed_gives_the_same_bits(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training whole, rest;
    training_recipe_validated(&recipe);
    training_run(&whole, &recipe, UPDATES, NULL, NULL);
    for (int64_t k = 1; k < UPDATES; k++) {
        training_run_and_free(&recipe, k, NULL, path);
        recipe.model.seed = 77; /* shows anything that a resume does not restore */
        training_run(&rest, &recipe, UPDATES, path, NULL);
        recipe.model.seed = 5;
        assert_same_training(&whole, &rest);
        training_free(&rest);
    }
    training_free(&whole);
}

static void every_order_of_windows_resumes(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    for (int64_t order = LSTM_ORDER_RANDOM; order <= LSTM_ORDER_SEQUENTIAL; order++)
        for (int64_t k = 7; k <= 10; k++) { /* the first pass ends with the ninth update */
            training_recipe recipe;
            training whole, part, rest;
            training_recipe_validated(&recipe);
            recipe.iter.order = order;
            training_run(&whole, &recipe, 30, NULL, NULL);
            training_run(&part, &recipe, k, NULL, path);
            training_run(&rest, &recipe, 30, path, NULL);
            assert_same_training(&whole, &rest);
            training_free(&whole);
            training_free(&part);
            training_free(&rest);
        }
}

static void known_covariates_resume_and_other_roles_do_not(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training whole, rest;
    training_recipe_validated(&recipe);
    recipe.covariate = LSTM_ROLE_KNOWN;
    training_run(&whole, &recipe, 30, NULL, NULL);
    training_run_and_free(&recipe, 11, NULL, path);
    training_run(&rest, &recipe, 30, path, NULL);
    assert_same_training(&whole, &rest);
    training_free(&whole);
    training_free(&rest);
    recipe.covariate = LSTM_ROLE_INPUT;
    training_begin(&rest, &recipe);
    assert_status(lstm_trainer_resume(rest.trainer, path), LSTM_E_MISMATCH,
                  "series.roles is [0,0,1] here, [0,0,3] in the checkpoint");
    training_free(&rest);
}

static void a_batch_that_was_not_applied_when_saved_is_drawn_again(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    enum { AT = 8, TO = 20 }; /* the ninth batch crosses the end of a pass */
    for (int64_t order = LSTM_ORDER_RANDOM; order <= LSTM_ORDER_SEQUENTIAL; order++) {
        training_recipe recipe;
        training whole, part, rest;
        int64_t drawn[4], again[4], n_window;
        training_recipe_validated(&recipe);
        recipe.iter.order = order;
        training_run(&whole, &recipe, TO, NULL, NULL);
        training_run(&part, &recipe, AT, NULL, NULL);
        assert_ok(lstm_updater_backward(part.updater));
        assert_ok(lstm_trainer_save(part.trainer, path));
        n_window = order == LSTM_ORDER_SEQUENTIAL ? 3 : 4; /* the pass has 35 windows */
        assert_ok(lstm_iter_offsets(part.iter, drawn, n_window));
        training_run(&rest, &recipe, AT, path, NULL); /* makes no update */
        assert_ok(lstm_updater_backward(rest.updater));
        assert_ok(lstm_iter_offsets(rest.iter, again, n_window));
        assert_memory_equal(drawn, again, (size_t)n_window * sizeof drawn[0]);
        training_free(&rest);
        training_run(&rest, &recipe, TO, path, NULL);
        assert_same_training(&whole, &rest);
        training_free(&whole);
        training_free(&part);
        training_free(&rest);
    }
}

static void the_seconds_of_the_resumed_parts_add_up(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training part, rest;
    lstm_progress before, resumed, after;
    training_recipe_validated(&recipe);
    training_run(&part, &recipe, 20, NULL, path);
    assert_ok(lstm_trainer_progress(part.trainer, &before));
    assert_true(before.elapsed > 0);
    recipe.trainer.max_iteration = 21;
    training_resume(&rest, &recipe, path);
    assert_ok(lstm_trainer_progress(rest.trainer, &resumed));
    assert_true(resumed.elapsed >= before.elapsed);
    assert_ok(lstm_trainer_run(rest.trainer));
    assert_ok(lstm_trainer_progress(rest.trainer, &after));
    assert_true(after.elapsed > resumed.elapsed);
    training_free(&part);
    training_free(&rest);
}

static void resuming_a_finished_run_does_nothing(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training done, again;
    training_recipe_validated(&recipe);
    training_run(&done, &recipe, 12, NULL, path);
    training_run(&again, &recipe, 12, path, NULL);
    assert_same_training(&done, &again);
    assert_ok(lstm_trainer_run(again.trainer));
    assert_same_training(&done, &again);
    training_free(&done);
    training_free(&again);
}

static void the_model_in_a_snapshot_loads_as_a_model(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training t;
    lstm_model *model;
    training_recipe_validated(&recipe);
    training_run(&t, &recipe, 15, NULL, path);
    assert_ok(lstm_model_load(&model, path));
    assert_same_model(model, t.model);
    lstm_model_free(model);
    training_free(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_stopped_at_any_update_and_resumed_gives_the_same_bits),
        TEST(every_order_of_windows_resumes),
        TEST(known_covariates_resume_and_other_roles_do_not),
        TEST(a_batch_that_was_not_applied_when_saved_is_drawn_again),
        TEST(the_seconds_of_the_resumed_parts_add_up),
        TEST(resuming_a_finished_run_does_nothing),
        TEST(the_model_in_a_snapshot_loads_as_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
