/* SPDX-License-Identifier: MIT */
#include "training.h"

#include <math.h>

/* The score of a validation, from the Total column of lstm_valid(). */
static double score_of(const training *t, const training_recipe *recipe)
{
    double rmse[6 * 3], squares = 0;
    assert_ok(lstm_valid(t->model, t->test, &recipe->valid, rmse, 18));
    for (size_t i = 0; i < 6; i++)
        squares += rmse[i * 3 + 2] * rmse[i * 3 + 2];
    return sqrt(squares / 6);
}

/* The run by hand: validates after each update, keeps the best by more than min_delta. */
static lstm_model *train_by_hand(const training_recipe *recipe, uint64_t *updates)
{
    training twin;
    lstm_model *kept = NULL;
    double best_score = INFINITY;
    training_make(&twin, recipe);
    *updates = 0;
    for (int64_t bad = 0; bad < recipe->trainer.patience; bad++) {
        assert_ok(lstm_updater_update(twin.updater));
        ++*updates;
        double score = score_of(&twin, recipe);
        if (score < best_score - recipe->trainer.min_delta) {
            bad = -1;
            best_score = score;
            lstm_model_free(kept);
            assert_ok(lstm_model_clone(&kept, twin.model));
        }
    }
    training_free(&twin);
    return kept;
}

static void early_stop_ends_after_the_patience_and_the_best_model_is_kept(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "best.safetensors");
    training_recipe recipe;
    training t;
    lstm_model *best, *from_file;
    lstm_progress progress;
    uint64_t updates;
    training_recipe_init(&recipe);
    recipe.trainer.folder = folder;
    recipe.trainer.validate = (lstm_trigger){1, LSTM_ITERATIONS};
    recipe.trainer.patience = 3;
    recipe.trainer.max_iteration = 400;
    recipe.trainer.min_delta = 0.004;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_best(t.trainer, &best), LSTM_E_ORDER, "validation");
    assert_status(lstm_trainer_run(t.trainer), LSTM_END, NULL);
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_true(progress.iteration > 3 && progress.iteration < 400);
    assert_status(lstm_trainer_run(t.trainer), LSTM_END, NULL); /* again */

    lstm_model *kept = train_by_hand(&recipe, &updates);
    assert_int_equal(progress.iteration, updates);
    assert_ok(lstm_trainer_best(t.trainer, &best));
    assert_ok(lstm_model_load(&from_file, path));
    assert_same_model(best, kept);
    assert_same_model(from_file, kept);
    lstm_model_free(best);
    lstm_model_free(from_file);
    lstm_model_free(kept);
    training_free(&t);
}

/* Before update n+1 the output's biases are set to number n here, which is then about the error. */
static const double biases[] = {5, 10, 20, 1, 10, 20, 30, 40, 50};
enum { N_BIAS = sizeof biases / sizeof biases[0] };

typedef struct driver {
    lstm_model *model;
    int64_t n_score;
    double scores[N_BIAS];
} driver;

static void set_biases(lstm_model *model, double bias)
{
    const lstm_real values[2] = {(lstm_real)bias, (lstm_real)bias};
    assert_ok(lstm_model_set(model, "output.bias", values, 2));
}

static int drive(const lstm_progress *progress, void *user)
{
    driver *d = user;
    d->scores[d->n_score++] = progress->valid_score;
    if (d->n_score < N_BIAS)
        set_biases(d->model, biases[d->n_score]);
    return d->n_score == N_BIAS;
}

static void patience_begins_anew_with_each_better_score(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    driver d = {0};
    lstm_model *best;
    lstm_real bias[2];
    training_recipe_init(&recipe);
    recipe.trainer.validate = (lstm_trigger){1, LSTM_ITERATIONS};
    recipe.trainer.patience = 3;
    recipe.trainer.on_progress = drive;
    recipe.trainer.progress_user = &d;
    training_begin(&t, &recipe);
    d.model = t.model;
    set_biases(t.model, biases[0]);
    assert_status(lstm_trainer_run(t.trainer), LSTM_END, NULL);
    /* two worse, one better, three worse: if the better one did not reset the count, 5 scores */
    assert_int_equal(d.n_score, 7);
    assert_true(d.scores[1] > d.scores[0] && d.scores[2] > d.scores[0]);
    assert_true(d.scores[3] < d.scores[0]);
    for (int i = 4; i < 7; i++)
        assert_true(d.scores[i] > d.scores[3]);
    assert_ok(lstm_trainer_best(t.trainer, &best));
    assert_ok(lstm_model_get(best, "output.bias", bias, 2));
    assert_true(fabs((double)bias[0] - 1) < 0.5);
    lstm_model_free(best);
    training_free(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(early_stop_ends_after_the_patience_and_the_best_model_is_kept),
        TEST(patience_begins_anew_with_each_better_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
