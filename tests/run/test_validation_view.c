/* SPDX-License-Identifier: MIT */
/* Runs that validate on the validation part of a view. */
#include "forecast/view_valid.h"
#include "train/updater.h"
#include "training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_T = 4 };

static void recipe_of(training_recipe *recipe)
{
    training_recipe_view(recipe);
    recipe->trainer.validate = (lstm_trigger){1, LSTM_ITERATIONS};
    recipe->valid_view = 1;
}

static double score_of(const training *t)
{
    lts_view_valid valid;
    double total[MAX_T], sum = 0;
    assert_ok(lts_view_valid_init(&valid, t->view, &t->updater->loss, t->model, NULL));
    assert_in_range(valid.T, 1, MAX_T);
    assert_ok(lts_view_valid_run(&valid, t->model, total));
    for (int64_t i = 0; i < valid.T; i++)
        sum += total[i] * total[i] / (double)valid.T;
    lts_view_valid_clear(&valid);
    return sqrt(sum);
}

/* The run by hand. Returns its best score. */
static double train_by_hand(const training_recipe *recipe, int64_t *n_update, lstm_model **best)
{
    training t;
    double best_score = INFINITY;
    int64_t n_worse = 0;
    *best = NULL;
    training_make(&t, recipe);
    for (*n_update = 0; n_worse < recipe->trainer.patience; ++*n_update) {
        assert_ok(lstm_updater_update(t.updater));
        double score = score_of(&t);
        n_worse = score < best_score ? 0 : n_worse + 1;
        if (n_worse > 0)
            continue;
        best_score = score;
        lstm_model_free(*best);
        assert_ok(lstm_model_clone(best, t.model));
    }
    training_free(&t);
    return best_score;
}

static void an_early_stop_keeps_the_best_model(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lstm_progress progress;
    lstm_model *want = NULL, *best = NULL;
    int64_t n_update;
    recipe_of(&recipe);
    recipe.trainer.patience = 4;
    recipe.trainer.max_iteration = 500;
    recipe.optimizer.learning_rate = .05;
    double score = train_by_hand(&recipe, &n_update, &want);
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_END, NULL);
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, n_update);
    assert_in_range(n_update, recipe.trainer.patience + 1, 499);
    assert_true(progress.valid_score >= score); /* the last one is not the best */
    assert_ok(lstm_trainer_best(t.trainer, &best));
    assert_same_model(best, want);
    lstm_model_free(best);
    lstm_model_free(want);
    training_free(&t);
}

static void a_line_of_the_log_has_the_error_of_each_segment(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    char wanted[64];
    recipe_of(&recipe);
    recipe.trainer.folder = folder;
    recipe.trainer.max_iteration = 1;
    training_begin_and_run(&t, &recipe);
    snprintf(wanted, sizeof wanted, "\"valid_score\":%.5f", score_of(&t));
    char *log = read_text(folder, "log.jsonl");
    const char *total = strstr(log, "\"valid_total\":[");
    if (strstr(log, wanted) == NULL || total == NULL)
        fail_msg("no %s in %s", wanted, log);
    int64_t n = 1;
    for (; *total != ']'; total++)
        n += *total == ',';
    assert_int_equal(n, recipe.view.horizon);
    free(log);
    training_free(&t);
}

static void a_resumed_run_has_the_same_scores_and_the_same_best_model(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training whole, rest;
    recipe_of(&recipe);
    recipe.trainer.validate.every = 3;
    training_run(&whole, &recipe, 20, NULL, NULL);
    for (int64_t stop = 1; stop < 20; stop += 4) {
        training_run_and_free(&recipe, stop, NULL, path);
        recipe.valid.n_threads = 2;
        training_run(&rest, &recipe, 20, path, NULL);
        recipe.valid.n_threads = 0;
        assert_same_training(&whole, &rest);
        training_free(&rest);
    }
    training_free(&whole);
}

static void another_validation_is_refused_unless_it_may_differ(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe, other;
    training t;
    recipe_of(&recipe);
    training_run_and_free(&recipe, 3, NULL, path);
    other = recipe;
    other.valid.stride = 2;
    training_begin(&t, &other);
    assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_MISMATCH,
                  "valid.stride is 2 here, 1 in the checkpoint");
    training_free(&t);
    other.trainer.may_differ = LSTM_DIFFER_VALIDATION;
    training_resume(&t, &other, path);
    training_free(&t);
    other.trainer.may_differ = 0;
    other.trainer.validate.every = 0;
    training_begin(&t, &other);
    assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_MISMATCH, "valid");
    training_free(&t);
}

static void wrong_use_is_refused(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lstm_trainer *trainer = NULL;
    recipe_of(&recipe);
    training_make(&t, &recipe);
    lstm_trainer_options options = recipe.trainer;
    options.valid_view = t.view;
    options.valid_series = t.test;
    assert_status(lstm_trainer_new(&trainer, t.updater, &options), LSTM_E_ARGUMENT,
                  "valid_view is given, so valid_series must be NULL");
    options.valid_series = NULL;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    valid.horizon = 2;
    options.valid = &valid;
    assert_status(lstm_trainer_new(&trainer, t.updater, &options), LSTM_E_ARGUMENT,
                  "horizon is 2, expected 0");
    options.valid = NULL;
    assert_ok(lstm_dataset_split(t.data, 0, 30, 33)); /* a horizon has 4 rows */
    assert_status(lstm_trainer_new(&trainer, t.updater, &options), LSTM_E_SHAPE,
                  "none of 2 series has the 4 rows of a horizon in its validation part");
    assert_null(trainer);
    assert_ok(lstm_dataset_split(t.data, 0, 30, 34));
    assert_ok(lstm_trainer_new(&trainer, t.updater, &options));
    lstm_trainer_free(trainer);
    training_free(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_early_stop_keeps_the_best_model),
        TEST(a_line_of_the_log_has_the_error_of_each_segment),
        TEST(a_resumed_run_has_the_same_scores_and_the_same_best_model),
        TEST(another_validation_is_refused_unless_it_may_differ),
        TEST(wrong_use_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
