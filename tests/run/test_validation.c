/* SPDX-License-Identifier: MIT */
#include "run/validation.h"
#include "train/updater.h"
#include "training.h"

#include <float.h>
#include <math.h>

/* A sequence of scores, and the expected state of a run. */
typedef struct score_row {
    double score;
    bool better;
    double best;
    uint64_t not_better;
} score_row;

static void note_all(double min_delta, const score_row *rows, int n)
{
    lts_validation v = {
        .min_delta = min_delta, .last_score = (double)NAN, .best_score = (double)NAN};
    for (int i = 0; i < n; i++) {
        assert_int_equal(lts_validation_note(&v, rows[i].score), rows[i].better);
        assert_true(v.last_score == rows[i].score && v.best_score == rows[i].best);
        assert_int_equal(v.not_better, rows[i].not_better);
    }
}

static void the_first_score_is_better_and_then_the_lower_one(void **fixture)
{
    (void)fixture;
    static const score_row rows[] = {
        {2, true, 2, 0},       {2, false, 2, 1}, {3, false, 2, 2}, {1.5, true, 1.5, 0},
        {1.75, false, 1.5, 1}, {0, true, 0, 0},  {0, false, 0, 1},
    };
    note_all(0, rows, sizeof rows / sizeof *rows);
}

/* Several small improvements together can exceed min_delta. */
static void better_is_lower_by_more_than_min_delta(void **fixture)
{
    (void)fixture;
    static const score_row rows[] = {
        {2, true, 2, 0},         {1.75, false, 2, 1},      {1.5, false, 2, 2},
        {1.375, true, 1.375, 0}, {0.875, false, 1.375, 1}, {0.75, true, 0.75, 0},
    };
    note_all(0.5, rows, sizeof rows / sizeof *rows);
}

static void patience_is_a_number_of_validations_in_a_row(void **fixture)
{
    (void)fixture;
    for (uint64_t not_better = 0; not_better < 5; not_better++) {
        lts_validation v = {.patience = 3, .not_better = not_better};
        assert_int_equal(lts_validation_out_of_patience(&v), not_better >= 3);
        v.patience = 0;
        assert_false(lts_validation_out_of_patience(&v));
    }
}

/* Computes the score from the Total column of lstm_valid(). */
static void a_score_is_the_root_of_the_mean_of_the_squared_totals(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lts_validation v;
    double rmse[6 * 3], score, squares = 0;
    training_recipe_validated(&recipe);
    training_make(&t, &recipe);
    recipe.trainer.valid_series = t.test;
    recipe.trainer.valid = &recipe.valid;
    assert_ok(lts_validation_init(&v, t.model, &t.updater->loss, &recipe.trainer, false));
    assert_true(lts_validation_is_on(&v) && isnan(v.last_score) && isnan(v.best_score));
    assert_ok(lts_validation_run(&v, t.model, &score));
    assert_ok(lstm_valid(t.model, t.test, &recipe.valid, rmse, 18));
    for (int i = 0; i < 6; i++)
        squares += rmse[3 * i + 2] * rmse[3 * i + 2];
    assert_true(fabs(score - sqrt(squares / 6)) <= 4 * DBL_EPSILON * score); /* a few roundings */
    assert_memory_equal(v.rmse, rmse, sizeof rmse);
    assert_true(isnan(v.last_score)); /* stored only by lts_validation_note() */
    lts_validation_clear(&v);
    training_free(&t);
}

static void the_best_parameters_are_a_copy(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lts_validation v;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    assert_ok(lts_validation_init(&v, t.model, &t.updater->loss, &recipe.trainer, false));
    assert_false(lts_validation_is_on(&v));
    assert_null(v.best); /* needed only to validate or to roll back */
    assert_ok(lts_validation_init(&v, t.model, &t.updater->loss, &recipe.trainer, true));
    assert_false(v.has_best);
    lts_validation_keep(&v, t.model);
    assert_true(v.has_best);
    real before = t.model->values[0];
    t.model->values[0] = 5;
    assert_true(v.best[0] == before);
    lts_validation_clear(&v);
    training_free(&t);
}

static void what_does_not_fit_the_model_is_refused(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lts_validation v;
    training_recipe_validated(&recipe);
    training_make(&t, &recipe);
    recipe.trainer.valid_series = t.test;
    recipe.trainer.valid = &recipe.valid;
    recipe.valid.window_len = 1000;
    assert_true(lts_validation_init(&v, t.model, &t.updater->loss, &recipe.trainer, false) < 0);
    lts_validation_clear(&v);
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_score_is_better_and_then_the_lower_one),
        cmocka_unit_test(better_is_lower_by_more_than_min_delta),
        cmocka_unit_test(patience_is_a_number_of_validations_in_a_row),
        cmocka_unit_test(a_score_is_the_root_of_the_mean_of_the_squared_totals),
        cmocka_unit_test(the_best_parameters_are_a_copy),
        cmocka_unit_test(what_does_not_fit_the_model_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
