/* SPDX-License-Identifier: MIT */
#include "training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { AT = 9, UPDATES = 30 };

/*
 * Validates after every third update. After update AT a callback sets huge output biases, so that
 * the next update overflows.
 */
typedef struct saboteur {
    lstm_model *model;
    double bias;    /**< what is set */
    int64_t always; /**< after every update from AT on */
} saboteur;

static int sabotage(const lstm_progress *progress, void *user)
{
    const saboteur *s = user;
    const lstm_real bias[2] = {(lstm_real)s->bias, (lstm_real)s->bias};
    if (s->model != NULL && progress->iteration >= AT && (s->always || progress->iteration == AT))
        assert_ok(lstm_model_set(s->model, "output.bias", bias, 2));
    return 0;
}

static void recipe_init(training_recipe *recipe, saboteur *user)
{
    training_recipe_init(recipe);
    recipe->trainer.validate = (lstm_trigger){3, LSTM_ITERATIONS};
    recipe->trainer.max_iteration = UPDATES;
    recipe->trainer.on_divergence = LSTM_DIVERGENCE_ROLL_BACK;
    recipe->trainer.divergence_factor = 0.25;
    recipe->trainer.on_progress = sabotage;
    recipe->trainer.progress_user = user;
    recipe->updater.n_hook = 0;
    *user = (saboteur){.bias = 3e38};
}

static double rate_of(const training *t)
{
    lstm_update_info info;
    assert_ok(lstm_updater_info(t->updater, &info));
    return info.learning_rate;
}

static void a_run_that_stops_keeps_the_parameters_of_the_update_before(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    saboteur user;
    lstm_progress progress;
    lstm_real bias[2];
    recipe_init(&recipe, &user);
    recipe.trainer.on_divergence = LSTM_DIVERGENCE_STOP;
    recipe.trainer.divergence_factor = 0;
    recipe.trainer.folder = folder;
    recipe.trainer.snapshot = (lstm_trigger){4, LSTM_ITERATIONS};
    training_begin(&t, &recipe);
    user.model = t.model;
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_NUMERIC, "update 10");
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, AT);
    assert_ok(lstm_model_get(t.model, "output.bias", bias, 2));
    assert_true(bias[0] == (lstm_real)3e38); /* without a rollback they stay */
    assert_null(fopen(in_folder(folder, "snapshot_00000009.safetensors"), "r"));
    training_free(&t);
}

static void a_run_goes_back_to_the_best_with_a_new_optimizer_and_a_lower_rate(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t, twin;
    saboteur user, none = {0};
    lstm_real moment[2];
    recipe_init(&recipe, &user);
    recipe.trainer.max_iteration = AT + 1;
    recipe.schedule = (lstm_schedule_options)LSTM_SCHEDULE_OPTIONS_INIT;
    training_begin(&t, &recipe);
    user.model = t.model;
    assert_ok(lstm_trainer_run(t.trainer));
    assert_true(fabs(rate_of(&t) - 0.02 * 0.25) < 1e-15);

    /* by hand: best parameters, a new updater with a quarter of the rate, the same batches */
    lstm_model *best;
    lstm_iter_position position;
    recipe.trainer.max_iteration = AT;
    recipe.trainer.progress_user = &none;
    training_begin_and_run(&twin, &recipe);
    assert_ok(lstm_trainer_best(twin.trainer, &best));
    assert_ok(lstm_iter_get_position(twin.iter, &position));
    training fresh;
    recipe.optimizer.learning_rate *= 0.25;
    training_make(&fresh, &recipe);
    for (int64_t i = 0; i < lstm_model_parameters(best); i++) {
        lstm_parameter_info info;
        lstm_real values[512];
        assert_ok(lstm_model_parameter(best, i, &info));
        assert_ok(lstm_model_get(best, info.name, values, info.size));
        assert_ok(lstm_model_set(fresh.model, info.name, values, info.size));
    }
    assert_ok(lstm_iter_set_position(fresh.iter, &position));
    assert_ok(lstm_updater_update(fresh.updater));
    assert_same_model(t.model, fresh.model);
    assert_ok(lstm_updater_moment(t.updater, "v", "output.bias", moment, 2));
    lstm_real fresh_moment[2];
    assert_ok(lstm_updater_moment(fresh.updater, "v", "output.bias", fresh_moment, 2));
    assert_memory_equal(moment, fresh_moment, sizeof moment);
    lstm_model_free(best);
    training_free(&t);
    training_free(&twin);
    training_free(&fresh);
}

static void before_a_validation_it_goes_back_to_the_start(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t, untouched;
    saboteur user;
    recipe_init(&recipe, &user);
    recipe.trainer.validate = (lstm_trigger){0, 0};
    recipe.trainer.divergence_limit = 1;
    user.always = 1;
    training_begin(&t, &recipe);
    training_make(&untouched, &recipe);
    user.model = t.model;
    /* the update after the rollback succeeds, and the callback makes the next diverge */
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_NUMERIC, "rolled back 1 times");
    training_free(&t);

    recipe.trainer.max_iteration = AT;
    recipe.trainer.on_progress = NULL;
    recipe.optimizer.learning_rate = 3e38; /* the first update or the second overflows */
    recipe.schedule = (lstm_schedule_options)LSTM_SCHEDULE_OPTIONS_INIT;
    recipe.trainer.divergence_limit = 1000;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_OK, NULL);
    assert_true(rate_of(&t) < 3e38);
    training_free(&t);
    training_free(&untouched);
}

static void a_score_beyond_the_ratio_is_a_divergence(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    saboteur user;
    lstm_progress progress;
    recipe_init(&recipe, &user);
    user.bias = 50; /* finite, with a large error */
    recipe.trainer.on_divergence = LSTM_DIVERGENCE_STOP;
    recipe.trainer.divergence_factor = 0;
    recipe.trainer.divergence_ratio = 10;
    training_begin(&t, &recipe);
    user.model = t.model;
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_NUMERIC, "validation after update 12");
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, 12);
    training_free(&t);

    recipe.trainer.on_divergence = LSTM_DIVERGENCE_ROLL_BACK;
    training_begin(&t, &recipe);
    user.model = t.model;
    assert_ok(lstm_trainer_run(t.trainer));
    lstm_real bias[2];
    assert_ok(lstm_model_get(t.model, "output.bias", bias, 2));
    assert_true(fabs((double)bias[0]) < 2);
    training_free(&t);
}

static void a_return_is_logged(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    saboteur user;
    recipe_init(&recipe, &user);
    recipe.trainer.folder = folder;
    training_begin(&t, &recipe);
    user.model = t.model;
    assert_ok(lstm_trainer_run(t.trainer));
    training_free(&t);
    char *text = read_text(folder, "log.jsonl");
    char *line = strstr(text, "{\"iteration\":9,\"divergence\":\"");
    assert_non_null(line);
    assert_non_null(strstr(line, "update 10"));
    assert_non_null(strstr(line, "\"returns\":1,\"rate_factor\":0.25}\n"));
    assert_non_null(strstr(line, "{\"iteration\":10,\"epoch\""));
    free(text);
}

static void a_run_resumed_before_and_after_a_return_gives_the_same_bits(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training whole, part, rest;
    saboteur user;
    recipe_init(&recipe, &user);
    training_begin(&whole, &recipe);
    user.model = whole.model;
    assert_ok(lstm_trainer_run(whole.trainer));
    for (int64_t k = 1; k < UPDATES; k++) {
        recipe.trainer.max_iteration = k;
        training_begin(&part, &recipe);
        user.model = part.model;
        assert_ok(lstm_trainer_run(part.trainer));
        assert_ok(lstm_trainer_save(part.trainer, path));
        training_free(&part);
        recipe.trainer.max_iteration = UPDATES;
        recipe.model.seed = 77;
        training_begin(&rest, &recipe);
        recipe.model.seed = 5;
        user.model = rest.model;
        assert_ok(lstm_trainer_resume(rest.trainer, path));
        assert_ok(lstm_trainer_run(rest.trainer));
        assert_same_training(&whole, &rest);
        assert_true(rate_of(&whole) == rate_of(&rest));
        training_free(&rest);
    }
    training_free(&whole);
}

static void the_policy_belongs_to_the_recipe(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    training_recipe recipe;
    training t;
    saboteur none = {0};
    recipe_init(&recipe, &none);
    none.model = NULL;
    training_run_and_free(&recipe, 5, NULL, path);
    recipe.trainer.divergence_factor = 0.5;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_MISMATCH, "divergence.factor");
    training_free(&t);
    recipe.trainer.on_divergence = LSTM_DIVERGENCE_STOP;
    recipe.trainer.divergence_factor = 0;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_MISMATCH, "divergence is null");
    training_free(&t);
}

static void wrong_policies_are_refused_by_name(void **fixture)
{
    (void)fixture;
    static const struct {
        int64_t policy, limit;
        double ratio, factor;
        const char *named;
    } cases[] = {
        {2, 0, 0, 0, "on_divergence is 2"},
        {-1, 0, 0, 0, "on_divergence is -1"},
        {LSTM_DIVERGENCE_ROLL_BACK, -1, 0, 0, "divergence_limit is -1"},
        {LSTM_DIVERGENCE_ROLL_BACK, 0, 0, 1, "divergence_factor is 1"},
        {LSTM_DIVERGENCE_ROLL_BACK, 0, 0, -0.5, "divergence_factor is -0.5"},
        {LSTM_DIVERGENCE_ROLL_BACK, 0, 0, NAN, "divergence_factor is nan"},
        {LSTM_DIVERGENCE_ROLL_BACK, 0, 1, 0, "divergence_ratio is 1"},
        {LSTM_DIVERGENCE_ROLL_BACK, 0, -2, 0, "divergence_ratio is -2"},
        {LSTM_DIVERGENCE_ROLL_BACK, 0, INFINITY, 0, "divergence_ratio is inf"},
        {LSTM_DIVERGENCE_STOP, 0, 0, 0.5, "divergence_factor is 0.5"},
        {LSTM_DIVERGENCE_STOP, 3, 0, 0, "divergence_limit 3"},
    };
    training_recipe recipe;
    training t;
    saboteur none;
    recipe_init(&recipe, &none);
    training_make(&t, &recipe);
    recipe.trainer.valid_series = t.test;
    recipe.trainer.valid = &recipe.valid;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lstm_trainer *trainer = NULL;
        recipe.trainer.on_divergence = cases[i].policy;
        recipe.trainer.divergence_limit = cases[i].limit;
        recipe.trainer.divergence_ratio = cases[i].ratio;
        recipe.trainer.divergence_factor = cases[i].factor;
        assert_status(lstm_trainer_new(&trainer, t.updater, &recipe.trainer), LSTM_E_ARGUMENT,
                      cases[i].named);
        assert_null(trainer);
    }
    recipe.trainer.divergence_limit = 0;
    recipe.trainer.divergence_factor = 0;
    recipe.trainer.divergence_ratio = 2;
    recipe.trainer.validate.every = 0;
    lstm_trainer *trainer = NULL;
    assert_status(lstm_trainer_new(&trainer, t.updater, &recipe.trainer), LSTM_E_ARGUMENT,
                  "without validation");
    training_free(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_that_stops_keeps_the_parameters_of_the_update_before),
        TEST(a_run_goes_back_to_the_best_with_a_new_optimizer_and_a_lower_rate),
        TEST(before_a_validation_it_goes_back_to_the_start),
        TEST(a_score_beyond_the_ratio_is_a_divergence),
        TEST(a_return_is_logged),
        TEST(a_run_resumed_before_and_after_a_return_gives_the_same_bits),
        TEST(the_policy_belongs_to_the_recipe),
        TEST(wrong_policies_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
