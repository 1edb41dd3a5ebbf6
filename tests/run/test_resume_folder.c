/* SPDX-License-Identifier: MIT */
/* Resuming in a folder: its snapshots, log and best model. */
#include "training.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { UPDATES = 50 };

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_resumed_log_is_the_log_of_a_run_that_never_stopped),
        TEST(the_newest_snapshot_of_the_folder_is_found),
        TEST(a_run_from_the_start_does_not_mix_with_the_snapshots_of_another),
        TEST(the_log_of_another_run_is_left_alone),
        TEST(the_best_model_in_the_folder_goes_back_too),
        TEST(a_best_model_of_later_than_the_checkpoint_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
