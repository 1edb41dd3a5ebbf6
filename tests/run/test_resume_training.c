/* SPDX-License-Identifier: MIT */
/*
 * Each option of an updater: a run that is stopped and resumed, on any number of threads, has the bits
 * of one that was not; a run without the option refuses its checkpoint.
 */
#include "training.h"

#include <stdlib.h>

enum { UPDATES = 20 };

static void with_average(training_recipe *recipe)
{
    recipe->updater.average_decay = 0.7;
}

static void with_linear_curriculum(training_recipe *recipe)
{
    static lstm_curriculum_options curriculum = LSTM_CURRICULUM_OPTIONS_INIT;
    curriculum.kind = LSTM_CURRICULUM_LINEAR;
    curriculum.first = 1;
    curriculum.period = 9;
    recipe->updater.curriculum = &curriculum;
}

static void with_tensor_rules(training_recipe *recipe)
{
    static const lstm_tensor_rule rules[] = {{"output.bias", 0.5, 0.1}, {"lstm.0.weight_h", 0, 0}};
    recipe->updater.n_tensor_rule = 2;
    recipe->updater.tensor_rules = rules;
}

static void with_accumulation(training_recipe *recipe)
{
    recipe->updater.n_accumulate = 2; /* 5 updates a pass: the last is of one batch */
    recipe->updater.dropout = 0.25;
}

/* The square of the sum of all outputs. */
static int square_of_sum(const lstm_loss_batch *batch, void *user)
{
    double sum = 0;
    (void)user;
    for (int64_t i = 0; i < batch->T * batch->B * batch->n_output; i++)
        sum += (double)batch->y[i];
    batch->step_loss[0] = sum * sum;
    for (int64_t i = 0; i < batch->T * batch->B * batch->n_output; i++)
        batch->dy[i] = (lstm_real)(2 * sum);
    return 0;
}

static void with_loss_fn(training_recipe *recipe)
{
    recipe->updater.loss_fn = square_of_sum;
    recipe->updater.n_accumulate = 2;
}

static void with_carried_states(training_recipe *recipe)
{
    recipe->iter.order = LSTM_ORDER_CONSECUTIVE;
    recipe->iter.batch_size = 2; /* a chain of 7 windows: streams of 3 */
    recipe->updater.dropout = 0.25;
}

static void with_accumulated_states(training_recipe *recipe)
{
    with_carried_states(recipe);
    recipe->updater.n_accumulate = 2;
}

static void with_few_valid_windows(training_recipe *recipe)
{
    recipe->valid.stride = 2;
    recipe->valid.max_windows = 3;
    recipe->valid.n_threads = 2;
}

static void with_stages(training_recipe *recipe)
{
    static const int64_t stages[] = {2, 1, 3};
    static lstm_curriculum_options curriculum = LSTM_CURRICULUM_OPTIONS_INIT;
    curriculum.kind = LSTM_CURRICULUM_STAGES;
    curriculum.n_stage = 3;
    curriculum.stages = stages;
    curriculum.period = 4;
    recipe->updater.curriculum = &curriculum;
}

static const struct {
    const char *name, *refused;
    void (*use)(training_recipe *recipe);
} options[] = {
    {"average", "unroll.average_decay", with_average},
    {"linear curriculum", "unroll.curriculum", with_linear_curriculum},
    {"tensor rules", "tensors", with_tensor_rules},
    {"accumulation", "unroll.", with_accumulation},
    {"loss_fn", "unroll.", with_loss_fn},
    {"carried states", "iter.", with_carried_states},
    {"accumulated states", "iter.", with_accumulated_states},
    {"few valid windows", "valid.", with_few_valid_windows},
    {"stages", "unroll.curriculum", with_stages},
};
enum { N_OPTION = sizeof options / sizeof options[0] };

static void assert_same_average(const training *a, const training *b)
{
    lstm_model *of_a, *of_b;
    lstm_status has = lstm_updater_average(a->updater, &of_a);
    assert_status(lstm_updater_average(b->updater, &of_b), has, NULL);
    if (has < 0)
        return;
    assert_same_model(of_a, of_b);
    lstm_model_free(of_a);
    lstm_model_free(of_b);
}

static void assert_resumes(int option, int64_t order, const char *path)
{
    static const int64_t stops[] = {1, 6, 7, 13};
    training_recipe recipe;
    training whole, rest;
    training_recipe_validated(&recipe);
    recipe.iter.order = order;
    options[option].use(&recipe);
    training_run(&whole, &recipe, UPDATES, NULL, NULL);
    for (int i = 0; i < 4; i++) {
        recipe.updater.n_threads = 1 + i % 2;
        training_run_and_free(&recipe, stops[i], NULL, path);
        recipe.model.seed = 77; /* shows anything that a resume does not restore */
        recipe.updater.n_threads = 1 + i / 2;
        training_run(&rest, &recipe, UPDATES, path, NULL);
        recipe.model.seed = 5;
        assert_same_training(&whole, &rest);
        assert_same_average(&whole, &rest);
        training_free(&rest);
    }
    training_free(&whole);
}

static void a_run_with_an_option_resumes_to_the_same_bits(void **fixture)
{
    const char *path = in_folder(*fixture, "checkpoint");
    setenv("LSTMTS_SPLIT", "1", 1); /* small batches are split too */
    for (int option = 0; option < N_OPTION; option++)
        for (int64_t order = LSTM_ORDER_RANDOM; order <= LSTM_ORDER_SEQUENTIAL; order++)
            assert_resumes(option, order, path);
    unsetenv("LSTMTS_SPLIT");
}

static void a_run_without_the_option_refuses_the_checkpoint(void **fixture)
{
    const char *path = in_folder(*fixture, "checkpoint");
    for (int option = 0; option < N_OPTION; option++) {
        training_recipe recipe;
        training t;
        training_recipe_validated(&recipe);
        options[option].use(&recipe);
        training_run_and_free(&recipe, 8, NULL, path);
        training_recipe_validated(&recipe);
        training_begin(&t, &recipe);
        assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_MISMATCH,
                      options[option].refused);
        training_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_with_an_option_resumes_to_the_same_bits,
                                        make_folder_fixture, remove_folder_fixture),
        cmocka_unit_test_setup_teardown(a_run_without_the_option_refuses_the_checkpoint,
                                        make_folder_fixture, remove_folder_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
