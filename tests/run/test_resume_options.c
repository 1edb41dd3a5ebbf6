/* SPDX-License-Identifier: MIT */
/*
 * Options of an update together: a run that was stopped and resumed has the bits of one that was not,
 * and each option that decides the bits must agree. Each alone: test_resume_each_option.c.
 */
#include "training.h"

enum { UPDATES = 24 };

static lstm_sampling_options sampling;
static lstm_loss_options loss;
static const double column_weights[] = {1, .5, .25, 2};
static const double other_weights[] = {1, .5, .25, 1};

static void with_dropout(training_recipe *recipe)
{
    recipe->updater.dropout = .4;
    recipe->updater.seed = 12;
}

static void with_sampling(training_recipe *recipe)
{
    sampling = (lstm_sampling_options)LSTM_SAMPLING_OPTIONS_INIT;
    sampling.kind = LSTM_SAMPLING_SIGMOID;
    sampling.k = 4;
    sampling.period = 2;
    recipe->updater.sampling = &sampling;
    recipe->updater.seed = 12;
}

static void with_huber_loss(training_recipe *recipe)
{
    loss = (lstm_loss_options)LSTM_LOSS_OPTIONS_INIT;
    loss.kind = LSTM_LOSS_HUBER;
    loss.delta = .3;
    loss.reduction = LSTM_REDUCTION_MEAN;
    loss.column_weights = column_weights;
    loss.n_column_weight = recipe->view.context_len > 0 ? 4 : 2;
    recipe->updater.loss = &loss;
}

static void with_likelihood(training_recipe *recipe)
{
    loss = (lstm_loss_options)LSTM_LOSS_OPTIONS_INIT;
    loss.kind = LSTM_LOSS_GAUSSIAN;
    recipe->updater.loss = &loss;
}

static void with_view(training_recipe *recipe)
{
    training_recipe_view(recipe);
}

static void with_everything(training_recipe *recipe)
{
    with_view(recipe);
    with_dropout(recipe);
    with_sampling(recipe);
    with_huber_loss(recipe);
}

/* A likelihood whose location is fed back to missing values. */
static void with_view_and_likelihood(training_recipe *recipe)
{
    with_view(recipe);
    with_likelihood(recipe);
    recipe->updater.feedback_lag = 1;
    recipe->updater.support_len = LSTM_TEACHER_FORCED;
}

typedef void (*change_fn)(training_recipe *recipe);

static const change_fn changes[] = {
    with_dropout, with_sampling,   with_huber_loss,         with_likelihood,
    with_view,    with_everything, with_view_and_likelihood};
enum { N_CHANGE = sizeof changes / sizeof *changes };

static void options_together_resume_to_the_same_bits(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    for (int i = 0; i < N_CHANGE; i++)
        for (int64_t stop = 5; stop < UPDATES; stop += 9) {
            training_recipe recipe;
            training whole, rest;
            training_recipe_init(&recipe);
            changes[i](&recipe);
            training_run(&whole, &recipe, UPDATES, NULL, NULL);
            training_run_and_free(&recipe, stop, NULL, path);
            recipe.model.seed = 77; /* shows anything that a resume does not restore */
            training_run(&rest, &recipe, UPDATES, path, NULL);
            assert_same_training(&whole, &rest);
            training_free(&rest);
            training_free(&whole);
        }
}

static void assert_refused(const training_recipe *recipe, const char *path, const char *part)
{
    training t;
    training_begin(&t, recipe);
    assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_MISMATCH, part);
    training_free(&t);
}

static void another_option_is_refused_by_its_name(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training_recipe_init(&recipe);
    with_everything(&recipe);
    training_run_and_free(&recipe, 3, NULL, path);
#define REFUSED(change, part)                                                                      \
    do {                                                                                           \
        training_recipe other = recipe;                                                            \
        lstm_sampling_options other_sampling = sampling;                                           \
        lstm_loss_options other_loss = loss;                                                       \
        other.updater.sampling = &other_sampling;                                                  \
        other.updater.loss = &other_loss;                                                          \
        change;                                                                                    \
        assert_refused(&other, path, part);                                                        \
    } while (0)
    REFUSED(other.updater.dropout = .5, "unroll.dropout is 0.5 here, 0.4 in the checkpoint");
    REFUSED(other.updater.seed = 13, "unroll.seed is 13 here, 12 in the checkpoint");
    REFUSED(other_sampling.k = 5, "unroll.sampling.k is 5.0 here, 4.0 in the checkpoint");
    REFUSED(other_sampling.final_share = .5, "unroll.sampling.final_share");
    REFUSED(other.updater.sampling = NULL, "unroll.sampling");
    REFUSED(other_loss.delta = .25, "unroll.loss.delta is 0.25 here, 0.3 in the checkpoint");
    REFUSED(other_loss.reduction = LSTM_REDUCTION_STEPS, "unroll.loss.reduction");
    REFUSED(other_loss.column_weights = other_weights, "unroll.loss.column_weights");
    REFUSED(other.updater.loss = NULL, "unroll.loss");
    REFUSED(other.view.base = LSTM_BASE_LAST, "series.view.base is 1 here, 2 in the checkpoint");
    REFUSED(other.view.spread_floor = .25,
            "series.view.spread_floor is 0.25 here, 0.5 in the checkpoint");
    REFUSED(other.view.skip_context = 1, "series.view.skip_context is 1 here, 0");
    REFUSED(other.view.part = LSTM_PART_ALL, "series.view.part is 2 here, 0");
    REFUSED(other.holiday = 86400, "series.holidays is");
#undef REFUSED
}

/* Asserts that a training over data that were changed is refused. */
#define REFUSED_AFTER(call, part)                                                                  \
    do {                                                                                           \
        training t;                                                                                \
        training_make(&t, &recipe);                                                                \
        assert_ok(call);                                                                           \
        training_start(&t, &recipe);                                                               \
        assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_MISMATCH, part);                \
        training_free(&t);                                                                         \
    } while (0)

static void other_data_are_refused(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    const lstm_real other[6] = {9, 9, 9, 9, 9, 9};
    training_recipe recipe;
    training_recipe_init(&recipe);
    with_view(&recipe);
    training_run_and_free(&recipe, 3, NULL, path);
    REFUSED_AFTER(lstm_dataset_set_static(t.data, 1, other), "series.data is");
    REFUSED_AFTER(lstm_dataset_set_future(t.data, 0, other, 1), "series.data is");
    REFUSED_AFTER(lstm_dataset_append(t.data, 0, other, 2), "series.");
    REFUSED_AFTER(lstm_dataset_split(t.data, 0, 30, 35), "series.parts is");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(options_together_resume_to_the_same_bits),
        TEST(another_option_is_refused_by_its_name),
        TEST(other_data_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
