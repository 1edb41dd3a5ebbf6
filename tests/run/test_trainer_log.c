/* SPDX-License-Identifier: MIT */
#include "witness.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void triggers_fire_by_iterations_and_by_epochs(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w;
    watch_log(&recipe, &w);
    recipe.trainer.log = (lstm_trigger){7, LSTM_ITERATIONS};
    training_begin_and_run(&t, &recipe);
    assert_int_equal(w.calls, 7);
    for (int i = 0; i < 7; i++) {
        char part[32];
        snprintf(part, sizeof part, "{\"iteration\":%d,", 7 * (i + 1));
        assert_ptr_equal(strstr(w.lines[i], part), w.lines[i]);
    }
    training_free(&t);
    memset(&w, 0, sizeof w);
    recipe.trainer.log = (lstm_trigger){2, LSTM_EPOCHS}; /* epochs 2, 4: windows 70, 140 */
    training_begin_and_run(&t, &recipe);
    assert_int_equal(w.calls, 2);
    assert_non_null(strstr(w.lines[0], "{\"iteration\":18,\"epoch\":2,"));
    assert_non_null(strstr(w.lines[1], "{\"iteration\":35,\"epoch\":4,"));
    training_free(&t);
}

static double number(const json_t *line, const char *key)
{
    json_t *value = json_object_get(line, key);
    if (!json_is_number(value))
        fail_msg("the line has no number \"%s\"", key);
    return json_number_value(value);
}

/* Compares with a number printed with 9 digits. */
static void assert_near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-8 * fabs(want)))
        fail_msg("%.17g is not near %.17g", got, want);
}

static void a_line_of_the_log_has_what_the_updater_reports(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t, twin;
    witness w;
    watch_log(&recipe, &w);
    recipe.trainer.max_iteration = 14;
    recipe.trainer.validate = (lstm_trigger){14, LSTM_ITERATIONS};
    training_begin_and_run(&t, &recipe);
    training_make(&twin, &recipe);
    for (int i = 0; i < 14; i++)
        assert_ok(lstm_updater_update(twin.updater));
    lstm_update_info info;
    double rmse[6 * 3], squares = 0;
    assert_ok(lstm_updater_info(twin.updater, &info));
    assert_ok(lstm_valid(twin.model, twin.test, &recipe.valid, rmse, 18));
    json_t *line = json_loads(w.lines[13], 0, NULL);
    assert_non_null(line);
    assert_int_equal(number(line, "iteration"), 14);
    assert_int_equal(number(line, "epoch"), info.epoch);
    assert_near(number(line, "loss"), info.loss);
    assert_near(number(line, "last_loss"), info.last_loss);
    assert_near(number(line, "gradient_norm"), info.gradient_norm);
    assert_near(number(line, "learning_rate"), info.learning_rate);
    assert_true(number(line, "elapsed") > 0);
    assert_null(json_object_get(line, "step_loss"));
    json_t *total = json_object_get(line, "valid_total");
    assert_int_equal(json_array_size(total), 6);
    for (size_t i = 0; i < 6; i++) {
        assert_near(json_number_value(json_array_get(total, i)), rmse[i * 3 + 2]);
        squares += rmse[i * 3 + 2] * rmse[i * 3 + 2];
    }
    assert_near(number(line, "valid_score"), sqrt(squares / 6));
    assert_null(strstr(w.lines[12], "valid"));
    json_decref(line);
    training_free(&t);
    training_free(&twin);
}

static void the_loss_of_each_step_is_logged_on_request(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w;
    double step_loss[5];
    watch_log(&recipe, &w);
    recipe.trainer.max_iteration = 3;
    recipe.trainer.log_step_loss = 1;
    training_begin_and_run(&t, &recipe);
    assert_ok(lstm_updater_step_losses(t.updater, step_loss, 5));
    json_t *line = json_loads(w.lines[2], 0, NULL);
    json_t *steps = json_object_get(line, "step_loss");
    assert_int_equal(json_array_size(steps), 5);
    for (size_t i = 0; i < 5; i++)
        assert_near(json_number_value(json_array_get(steps, i)), step_loss[i]);
    assert_near(number(line, "last_loss"), step_loss[4]);
    json_decref(line);
    training_free(&t);
}

/* The default log of a training of many steps must not grow with their number. */
static void a_line_of_the_default_log_is_as_long_for_any_number_of_steps(void **fixture)
{
    (void)fixture;
    size_t longest[2] = {0};
    for (int many = 0; many < 2; many++) {
        training_recipe recipe;
        training t;
        witness w;
        watch_log(&recipe, &w);
        recipe.trainer.max_iteration = 9;
        recipe.iter.window_len = many ? 30 : 3;
        recipe.updater.support_len = 0;
        training_begin_and_run(&t, &recipe);
        for (int i = 0; i < 9; i++)
            if (strlen(w.lines[i]) > longest[many])
                longest[many] = strlen(w.lines[i]);
        training_free(&t);
    }
    assert_in_range(longest[1], longest[0] - 20, longest[0] + 20);
}

static void every_validation_is_logged(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w;
    watch_log(&recipe, &w);
    recipe.trainer.max_iteration = 20;
    recipe.trainer.log = (lstm_trigger){4, LSTM_ITERATIONS};
    recipe.trainer.validate = (lstm_trigger){5, LSTM_ITERATIONS};
    training_begin_and_run(&t, &recipe);
    assert_int_equal(w.calls, 8); /* 4 5 8 10 12 15 16 20 */
    for (int i = 0; i < 8; i++)
        assert_int_equal(strstr(w.lines[i], "valid_score") != NULL, i % 2 == 1);
    training_free(&t);
}

static void a_log_callback_can_stop_the_run(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w;
    watch_log(&recipe, &w);
    w.stop_at = 3;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_STOPPED, NULL);
    assert_int_equal(w.calls, 3);
    training_free(&t);
}

static void a_new_run_in_a_folder_without_snapshots_starts_its_log_anew(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    recipe.trainer.folder = folder;
    recipe.trainer.snapshot.every = LSTM_NEVER;
    for (int again = 0; again < 2; again++) {
        recipe.trainer.max_iteration = again ? 2 : 5;
        training_begin_and_run(&t, &recipe);
        training_free(&t);
    }
    char *log = read_text(folder, "log.jsonl");
    assert_non_null(strstr(log, "{\"iteration\":2,"));
    assert_null(strstr(log, "{\"iteration\":3,"));
    free(log);
}

/* The lines up to the checkpoint stay as they are; each update has one line. */
static void a_resumed_run_may_log_other_losses(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    char path[128], *lines;
    int n = 0;
    training_recipe_validated(&recipe);
    recipe.trainer.folder = folder;
    snprintf(path, sizeof path, "%s", in_folder(folder, "at_11"));
    recipe.trainer.log_step_loss = 1;
    training_run_and_free(&recipe, 11, NULL, path);
    training_run_and_free(&recipe, 15, path, NULL);
    recipe.trainer.log_step_loss = 0;
    training_run_and_free(&recipe, 20, path, NULL);
    lines = read_text(folder, "log.jsonl");
    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char begin[32];
        snprintf(begin, sizeof begin, "{\"iteration\":%d,", ++n);
        assert_ptr_equal(strstr(line, begin), line);
        assert_int_equal(strstr(line, "\"step_loss\":[") != NULL, n <= 11);
    }
    assert_int_equal(n, 20);
    free(lines);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(triggers_fire_by_iterations_and_by_epochs),
        TEST(a_line_of_the_log_has_what_the_updater_reports),
        TEST(the_loss_of_each_step_is_logged_on_request),
        TEST(a_line_of_the_default_log_is_as_long_for_any_number_of_steps),
        TEST(every_validation_is_logged),
        TEST(a_log_callback_can_stop_the_run),
        TEST(a_resumed_run_may_log_other_losses),
        TEST(a_new_run_in_a_folder_without_snapshots_starts_its_log_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
