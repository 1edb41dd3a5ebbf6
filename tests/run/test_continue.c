/* SPDX-License-Identifier: MIT */
/* Continued training: a checkpoint of a run that differs in what lstm_trainer_options.may_differ has. */
#include "training.h"

#include <math.h>

enum { ALL = 2 * LSTM_DIFFER_VALIDATION - 1, AT = 8, TO = 20 };

static void other_seed_of_windows(training_recipe *recipe)
{
    recipe->iter.seed = 10;
}

static void other_windows(training_recipe *recipe)
{
    recipe->iter.window_len = 6;
    recipe->iter.batch_size = 3;
    recipe->updater.support_len = 2;
}

static void other_rate(training_recipe *recipe)
{
    recipe->optimizer.learning_rate = 0.005;
    recipe->schedule.begin = AT;
    recipe->schedule.warmup = 2;
}

static void other_optimizer(training_recipe *recipe)
{
    static const lstm_tensor_rule rule = {"input.bias", 0, 0};
    recipe->optimizer.beta1 = 0.8;
    recipe->updater.n_hook = 1;
    recipe->updater.n_tensor_rule = 1;
    recipe->updater.tensor_rules = &rule;
}

static void other_loss(training_recipe *recipe)
{
    static lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    loss.kind = LSTM_LOSS_HUBER;
    recipe->updater.loss = &loss;
    recipe->updater.dropout = 0.25;
    recipe->updater.n_accumulate = 2;
}

static void other_validation(training_recipe *recipe)
{
    recipe->valid.window_len = 4;
}

static void no_validation(training_recipe *recipe)
{
    recipe->trainer.validate.every = 0;
}

static const struct {
    int64_t part;
    const char *refused;
    void (*change)(training_recipe *recipe);
} changes[] = {
    {LSTM_DIFFER_WINDOWS, "iter.seed", other_seed_of_windows},
    {LSTM_DIFFER_WINDOWS, "iter.", other_windows},
    {LSTM_DIFFER_SCHEDULE, "learning_rate", other_rate},
    {LSTM_DIFFER_OPTIMIZER, "optimizer.beta1", other_optimizer},
    {LSTM_DIFFER_LOSS, "unroll.", other_loss},
    {LSTM_DIFFER_VALIDATION, "valid.window_len", other_validation},
    {LSTM_DIFFER_VALIDATION, "valid", no_validation},
};
enum { N_CHANGE = sizeof changes / sizeof changes[0] };

/* Asserts that parameters, moments and number of updates are those of the checkpoint. */
static void assert_continues(const training *t, const training *from)
{
    lstm_progress progress;
    lstm_real x[24], y[24];
    assert_same_model(t->model, from->model);
    assert_ok(lstm_updater_moment(t->updater, "vhat", "lstm.1.bias", x, 24));
    assert_ok(lstm_updater_moment(from->updater, "vhat", "lstm.1.bias", y, 24));
    assert_memory_equal(x, y, sizeof x);
    assert_ok(lstm_trainer_progress(t->trainer, &progress));
    assert_int_equal(progress.iteration, AT);
}

/* The checkpoints of a continued run are of that run: it resumes to the same bits. */
static void assert_resumes(training_recipe *recipe, const char *from, const char *path)
{
    training whole, rest;
    training_run(&whole, recipe, TO, from, NULL);
    training_run_and_free(recipe, AT + 5, from, path);
    recipe->trainer.may_differ = 0;
    training_run(&rest, recipe, TO, path, NULL);
    assert_same_training(&whole, &rest);
    training_free(&whole);
    training_free(&rest);
}

static void what_may_differ_is_accepted_and_nothing_else(void **fixture)
{
    const char *from = in_folder(*fixture, "from"), *path = in_folder(*fixture, "continued");
    for (int i = 0; i < N_CHANGE; i++) {
        training_recipe recipe;
        training part, t;
        training_recipe_validated(&recipe);
        training_run(&part, &recipe, AT, NULL, from);
        changes[i].change(&recipe);
        recipe.model.seed = 77;
        recipe.trainer.may_differ = ALL - changes[i].part;
        training_begin(&t, &recipe);
        assert_status(lstm_trainer_resume(t.trainer, from), LSTM_E_MISMATCH, changes[i].refused);
        training_free(&t);
        recipe.trainer.may_differ = changes[i].part;
        training_resume(&t, &recipe, from);
        assert_continues(&t, &part);
        training_free(&t);
        training_free(&part);
        assert_resumes(&recipe, from, path);
    }
}

static void the_same_run_resumes_as_always(void **fixture)
{
    const char *from = in_folder(*fixture, "from");
    training_recipe recipe;
    training whole, rest;
    training_recipe_validated(&recipe);
    training_run(&whole, &recipe, TO, NULL, NULL);
    training_run_and_free(&recipe, AT, NULL, from);
    recipe.trainer.may_differ = ALL;
    training_run(&rest, &recipe, TO, from, NULL);
    assert_same_training(&whole, &rest);
    training_free(&whole);
    training_free(&rest);
}

static void what_can_never_differ_is_refused(void **fixture)
{
    const char *from = in_folder(*fixture, "from");
    training_recipe recipe;
    training_recipe_validated(&recipe);
    training_run_and_free(&recipe, AT, NULL, from);
    recipe.trainer.may_differ = ALL;
#define CHANGED_IS_REFUSED(change, part)                                                           \
    do {                                                                                           \
        training_recipe other = recipe;                                                            \
        training t;                                                                                \
        change;                                                                                    \
        training_begin(&t, &other);                                                                \
        assert_status(lstm_trainer_resume(t.trainer, from), LSTM_E_MISMATCH, part);                \
        training_free(&t);                                                                         \
    } while (0)
    CHANGED_IS_REFUSED(other.model.n_hidden = 7, "n_hidden");
    CHANGED_IS_REFUSED(other.optimizer.kind = LSTM_ADAM, "optimizer.kind");
    CHANGED_IS_REFUSED(other.updater.average_decay = 0.5, "unroll.average_decay");
    CHANGED_IS_REFUSED(other.updater.unroll = LSTM_UNROLL_ARTICLE, "unroll.form");
    CHANGED_IS_REFUSED(other.covariate = LSTM_ROLE_KNOWN, "series.roles");
    CHANGED_IS_REFUSED(other.trainer.divergence_ratio = 2, "divergence");
#undef CHANGED_IS_REFUSED
}

static void with_other_data_the_iterator_starts_anew(void **fixture)
{
    const char *from = in_folder(*fixture, "from");
    training_recipe recipe;
    training part, t, fresh;
    lstm_iter_position position;
    int64_t offsets[4], first[4];
    training_recipe_validated(&recipe);
    training_run(&part, &recipe, AT, NULL, from);
    training_make(&t, &recipe);
    lstm_real *rows = (lstm_real *)(uintptr_t)lstm_series_data(t.train);
    rows[17] += (lstm_real)1e-3;
    recipe.trainer.may_differ = ALL - LSTM_DIFFER_DATA;
    training_start(&t, &recipe);
    assert_status(lstm_trainer_resume(t.trainer, from), LSTM_E_MISMATCH, "series.data is");
    lstm_trainer_free(t.trainer);
    recipe.trainer.may_differ = LSTM_DIFFER_DATA;
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_resume(t.trainer, from));
    assert_continues(&t, &part);
    assert_ok(lstm_iter_get_position(t.iter, &position));
    assert_true(position.iteration == 0 && position.drawn == 0 && position.pass_start == 0);
    training_make(&fresh, &recipe);
    assert_ok(lstm_updater_backward(t.updater));
    assert_ok(lstm_updater_backward(fresh.updater));
    assert_ok(lstm_iter_offsets(t.iter, offsets, 4));
    assert_ok(lstm_iter_offsets(fresh.iter, first, 4));
    assert_memory_equal(offsets, first, sizeof first);
    training_free(&part);
    training_free(&t);
    training_free(&fresh);
}

static void a_schedule_can_begin_with_the_continued_training(void **fixture)
{
    const char *from = in_folder(*fixture, "from");
    const double want[] = {0.005 / 2, 0.005, 0.005};
    training_recipe recipe;
    training t;
    lstm_update_info info;
    training_recipe_validated(&recipe);
    training_run_and_free(&recipe, AT, NULL, from);
    other_rate(&recipe);
    recipe.trainer.may_differ = LSTM_DIFFER_SCHEDULE;
    training_resume(&t, &recipe, from);
    for (int n = 0; n < 3; n++) {
        assert_ok(lstm_updater_update(t.updater));
        assert_ok(lstm_updater_info(t.updater, &info));
        assert_true(fabs(info.learning_rate - want[n]) < 1e-12);
    }
    training_free(&t);
}

static void with_another_validation_the_best_model_starts_anew(void **fixture)
{
    const char *from = in_folder(*fixture, "from");
    training_recipe recipe;
    training t;
    lstm_model *best = NULL;
    lstm_progress progress;
    training_recipe_validated(&recipe);
    training_run(&t, &recipe, AT, NULL, from);
    assert_ok(lstm_trainer_best(t.trainer, &best));
    lstm_model_free(best);
    training_free(&t);
    other_validation(&recipe);
    recipe.trainer.max_iteration = TO;
    recipe.trainer.may_differ = LSTM_DIFFER_VALIDATION;
    training_resume(&t, &recipe, from);
    assert_status(lstm_trainer_best(t.trainer, &best), LSTM_E_ORDER, "no validation");
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_true(isnan(progress.valid_score));
    assert_ok(lstm_trainer_run(t.trainer));
    assert_ok(lstm_trainer_best(t.trainer, &best));
    lstm_model_free(best);
    training_free(&t);
}

/* Streams of 3 windows, and of 2: the state in the checkpoint is of other windows. */
static void carried_states_of_other_windows_are_dropped(void **fixture)
{
    const char *from = in_folder(*fixture, "from"), *path = in_folder(*fixture, "continued");
    training_recipe recipe;
    training_recipe_validated(&recipe);
    recipe.iter.order = LSTM_ORDER_CONSECUTIVE;
    recipe.iter.batch_size = 2;
    training_run_and_free(&recipe, AT, NULL, from);
    recipe.trainer.may_differ = LSTM_DIFFER_WINDOWS;
    recipe.iter.batch_size = 3;
    assert_resumes(&recipe, from, path);
    recipe.trainer.may_differ = LSTM_DIFFER_WINDOWS;
    recipe.iter.order = LSTM_ORDER_SHUFFLE;
    assert_resumes(&recipe, from, path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)
    const struct CMUnitTest tests[] = {
        TEST(what_may_differ_is_accepted_and_nothing_else),
        TEST(the_same_run_resumes_as_always),
        TEST(what_can_never_differ_is_refused),
        TEST(with_other_data_the_iterator_starts_anew),
        TEST(a_schedule_can_begin_with_the_continued_training),
        TEST(with_another_validation_the_best_model_starts_anew),
        TEST(carried_states_of_other_windows_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
