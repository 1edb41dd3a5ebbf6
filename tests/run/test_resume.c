/* SPDX-License-Identifier: MIT */
#include "training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Lines of a log without their last entry before a validation, the elapsed seconds. */
static void strip_elapsed(char *log)
{
    for (char *at = log; (at = strstr(at, ",\"elapsed\":")) != NULL;) {
        size_t length = 11 + strspn(at + 11, "0123456789.e-+");
        memmove(at, at + length, strlen(at + length) + 1);
    }
}

static void a_resumed_log_is_the_log_of_a_run_that_never_stopped(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    char whole[64], resumed[64], path[128];
    make_folder(whole);
    make_folder(resumed);
    training_recipe_validated(&recipe);
    recipe.trainer.folder = whole;
    training_run_and_free(&recipe, 20, NULL, NULL);
    recipe.trainer.folder = resumed;
    snprintf(path, sizeof path, "%s/at_11", resumed);
    training_run_and_free(&recipe, 11, NULL, path);
    training_run_and_free(&recipe, 15, path,
                          NULL); /* logs four updates that the next resume discards */
    training_run_and_free(&recipe, 20, path, NULL);
    char *a = read_text(whole, "log.jsonl"), *b = read_text(resumed, "log.jsonl");
    strip_elapsed(a);
    strip_elapsed(b);
    assert_string_equal(a, b);
    assert_non_null(strstr(b, "\"iteration\":20"));
    free(a);
    free(b);
    remove_folder(whole);
    remove_folder(resumed);
}

static void the_newest_snapshot_of_the_folder_is_found(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training whole, rest;
    training_recipe_validated(&recipe);
    training_run(&whole, &recipe, UPDATES, NULL, NULL);
    recipe.trainer.folder = folder;
    recipe.trainer.snapshot = (lstm_trigger){5, LSTM_ITERATIONS};
    training_begin(&rest, &recipe);
    assert_status(lstm_trainer_resume(rest.trainer, NULL), LSTM_END, NULL);
    training_free(&rest);
    training_run_and_free(&recipe, 23, NULL,
                          NULL); /* snapshots at 5, 10, 15, 20, and 23 at the end */
    recipe.trainer.max_iteration = UPDATES;
    training_resume(&rest, &recipe, NULL);
    lstm_progress progress;
    assert_ok(lstm_trainer_progress(rest.trainer, &progress));
    assert_int_equal(progress.iteration, 23);
    assert_ok(lstm_trainer_run(rest.trainer));
    assert_same_training(&whole, &rest);
    training_free(&whole);
    training_free(&rest);
}

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

static void a_run_from_the_start_does_not_mix_with_the_snapshots_of_another(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    training_recipe_validated(&recipe);
    recipe.trainer.folder = folder;
    recipe.trainer.snapshot = (lstm_trigger){5, LSTM_ITERATIONS};
    training_run_and_free(&recipe, 10, NULL, NULL);
    char *before = read_text(folder, "log.jsonl");
    recipe.model.seed = 77;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_ORDER, "snapshot_00000010");
    char *after = read_text(folder, "log.jsonl");
    assert_string_equal(before, after);
    free(before);
    free(after);
    training_free(&t);
}

static void the_log_of_another_run_is_left_alone(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    char ours[64], theirs[64], path[128], bare[128];
    make_folder(ours);
    make_folder(theirs);
    snprintf(path, sizeof path, "%s/at_6", ours);
    snprintf(bare, sizeof bare, "%s/without_log", ours);
    training_recipe_validated(&recipe);
    training_run_and_free(&recipe, 6, NULL, bare); /* a trainer without a folder has no log */
    recipe.trainer.folder = ours;
    training_run_and_free(&recipe, 6, NULL, path);
    recipe.trainer.folder = theirs;
    recipe.model.seed = 77;
    training_run_and_free(&recipe, 15, NULL, NULL);
    char *before = read_text(theirs, "log.jsonl");
    recipe.model.seed = 5;
    const char *const checkpoints[] = {path, bare};
    for (int i = 0; i < 2; i++) {
        training_resume(&t, &recipe, checkpoints[i]);
        char *after = read_text(theirs, "log.jsonl");
        assert_string_equal(before, after);
        free(after);
        training_free(&t);
    }
    free(before);
    remove_folder(ours);
    remove_folder(theirs);
}

static void the_best_model_in_the_folder_goes_back_too(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "at_7"),
               *file = in_folder(folder, "best.safetensors");
    training_recipe recipe;
    training t;
    lstm_model *best, *from_file;
    training_recipe_validated(&recipe);
    recipe.trainer.folder = folder;
    training_run_and_free(&recipe, 7, NULL, path);
    training_run(&t, &recipe, UPDATES, path, NULL);
    assert_ok(lstm_trainer_resume(t.trainer, path));
    assert_ok(lstm_trainer_best(t.trainer, &best));
    assert_ok(lstm_model_load(&from_file, file));
    assert_same_model(best, from_file);
    assert_same_model(best, t.model); /* the first validation is the best so far */
    lstm_model_free(best);
    lstm_model_free(from_file);
    training_free(&t);
}

static void a_best_model_of_later_than_the_checkpoint_is_removed(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "at_6"),
               *file = in_folder(folder, "best.safetensors");
    training_recipe recipe;
    training t;
    lstm_model *best;
    training_recipe_validated(&recipe);
    recipe.trainer.folder = folder;
    training_run_and_free(&recipe, 6, NULL, path); /* before the first validation */
    training_run(&t, &recipe, 7, path, NULL);
    assert_int_equal(access(file, F_OK), 0);
    assert_ok(lstm_trainer_resume(t.trainer, path));
    assert_int_equal(access(file, F_OK), -1);
    assert_ok(lstm_trainer_run(t.trainer));
    assert_ok(lstm_model_load(&best, file));
    assert_same_model(best, t.model);
    lstm_model_free(best);
    training_free(&t);
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
        TEST(a_resumed_log_is_the_log_of_a_run_that_never_stopped),
        TEST(the_newest_snapshot_of_the_folder_is_found),
        TEST(another_recipe_is_refused_by_the_name_of_what_differs),
        TEST(what_does_not_decide_the_bits_may_differ),
        TEST(a_run_from_the_start_does_not_mix_with_the_snapshots_of_another),
        TEST(the_log_of_another_run_is_left_alone),
        TEST(the_best_model_in_the_folder_goes_back_too),
        TEST(a_best_model_of_later_than_the_checkpoint_is_removed),
        TEST(other_data_of_the_same_shape_is_refused),
        TEST(a_file_that_is_no_checkpoint_is_refused),
        TEST(the_model_in_a_snapshot_loads_as_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
