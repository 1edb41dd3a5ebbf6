/* SPDX-License-Identifier: MIT */
/*
 * Non-finite numbers in inputs or arising in an update: the update fails with a message that names
 * the place, and everything stays as after the previous update. Each row of a table is one place.
 */
#include "refused.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

enum { ROWS = 40, COLUMNS = 3, MOST = 512 };

static const double not_finite[] = {NAN, INFINITY, -INFINITY};

/* What a series is made of. */

static void data_is_refused_by_row_and_column(void **fixture)
{
    (void)fixture;
    static const struct {
        int row, column;
    } places[] = {{0, 0}, {0, 2}, {17, 1}, {39, 2}};
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++) {
            lstm_real rows[ROWS * COLUMNS] = {0};
            double wide[ROWS * COLUMNS] = {0};
            char place[40];
            int at = places[i].row * COLUMNS + places[i].column;
            rows[at] = (lstm_real)not_finite[k];
            wide[at] = k == 0 ? 1e39 : not_finite[k]; /* 1e39 overflows a float */
            snprintf(place, sizeof place, "row %d, column %d", places[i].row, places[i].column);
            REFUSED(LSTM_E_NUMERIC, place, lstm_series_new(&out.series, rows, ROWS, COLUMNS));
            REFUSED(LSTM_E_NUMERIC, place,
                    lstm_series_new_double(&out.series, wide, ROWS, COLUMNS));
        }
}

/* A training and its twin after three updates; hooks and optimizer are plain. */

typedef struct pair {
    training_recipe recipe;
    training t, twin;
} pair;

static void make_pair(pair *p)
{
    p->recipe.trainer.max_iteration = 3;
    training_begin(&p->t, &p->recipe);
    training_begin(&p->twin, &p->recipe);
    assert_ok(lstm_trainer_run(p->t.trainer));
    assert_ok(lstm_trainer_run(p->twin.trainer));
}

static void free_pair(pair *p)
{
    training_free(&p->t);
    training_free(&p->twin);
}

/*
 * Whether the last message names a place: a window, output and target, or an element of a tensor.
 */
static bool names_a_place(void)
{
    const char *said = lstm_last_error();
    const char *bracket = strchr(said, '[');
    return strstr(said, "window from row ") != NULL ||
           (bracket != NULL && bracket > said && strstr(said, " would have ") != NULL) ||
           strstr(said, "the gradient of ") != NULL;
}

static void check_healed(pair *p)
{
    for (int i = 0; i < 3; i++) {
        assert_same_training(&p->t, &p->twin);
        assert_ok(lstm_updater_update(p->t.updater));
        assert_ok(lstm_updater_update(p->twin.updater));
    }
}

static void set_all(lstm_model *model, const char *name, double value, lstm_real before[MOST])
{
    lstm_real values[MOST];
    lstm_parameter_info info = {0};
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        assert_ok(lstm_model_parameter(model, i, &info));
        if (strcmp(info.name, name) == 0)
            break;
    }
    assert_true(info.size <= MOST);
    assert_ok(lstm_model_get(model, name, before, info.size));
    for (int64_t i = 0; i < info.size; i++)
        values[i] = (lstm_real)value;
    assert_ok(lstm_model_set(model, name, values, info.size));
}

static void put_back(lstm_model *model, const char *name, const lstm_real *values)
{
    int64_t size = 0;
    lstm_parameter_info info;
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        assert_ok(lstm_model_parameter(model, i, &info));
        if (strcmp(info.name, name) == 0)
            size = info.size;
    }
    assert_ok(lstm_model_set(model, name, values, size));
}

/*
 * Makes a tensor huge, so that forward, backward or the square of the gradient after weight decay
 * overflows.
 */
static void check_huge(const char *name, double value)
{
    pair p;
    lstm_real before[MOST], found[MOST];
    training_recipe_init(&p.recipe);
    p.recipe.hooks[0] = (lstm_hook){LSTM_HOOK_WEIGHT_DECAY, 1e-3};
    p.recipe.updater.n_hook = 1;
    p.recipe.iter.order = LSTM_ORDER_SEQUENTIAL;
    make_pair(&p);
    set_all(p.t.model, name, value, before);
    assert_status(lstm_updater_update(p.t.updater), LSTM_E_NUMERIC, "update 4");
    assert_true(names_a_place());
    set_all(p.t.model, name, value, found);
    assert_true(found[0] == (lstm_real)value && found[1] == (lstm_real)value);
    put_back(p.t.model, name, before);
    check_healed(&p);
    free_pair(&p);
}

static void huge_parameters_are_found_in_the_same_update(void **fixture)
{
    (void)fixture;
    static const char *const tensors[] = {
        "input.weight",    "input.bias",      "lstm.0.weight_x", "lstm.0.weight_h", "lstm.0.bias",
        "lstm.1.weight_x", "lstm.1.weight_h", "lstm.1.bias",     "output.weight",   "output.bias",
    };
    for (size_t i = 0; i < sizeof tensors / sizeof tensors[0]; i++) {
        check_huge(tensors[i], (double)FLT_MAX / 2);
        check_huge(tensors[i], -(double)FLT_MAX / 2);
    }
}

static void a_loss_names_window_output_and_target(void **fixture)
{
    (void)fixture;
    pair p;
    lstm_real before[MOST];
    training_recipe_init(&p.recipe);
    p.recipe.iter.order = LSTM_ORDER_SEQUENTIAL;
    make_pair(&p);
    set_all(p.t.model, "input.weight", (double)FLT_MAX, before);
    set_all(p.t.model, "output.weight", (double)FLT_MAX, before);
    assert_status(lstm_updater_update(p.t.updater), LSTM_E_NUMERIC, "the loss of step 0 is ");
    /* the fourth batch of four windows, all new in this pass */
    assert_non_null(
        strstr(lstm_last_error(), "in the window from row 12 of the series, output 0 is "));
    assert_non_null(strstr(lstm_last_error(), "its target, in row 13, -0.55"));
    free_pair(&p);
}

/* Runs until an update fails, and compares with a run that ended with the update before. */
static void check_fails_soon(const training_recipe *recipe)
{
    training t, twin;
    int64_t n = 0;
    lstm_status status;
    training_begin(&t, recipe);
    training_begin(&twin, recipe);
    while ((status = lstm_updater_update(t.updater)) == LSTM_OK && n < 6) {
        assert_ok(lstm_updater_update(twin.updater));
        n++;
    }
    assert_int_equal(status, LSTM_E_NUMERIC);
    assert_true(names_a_place());
    assert_same_training(&t, &twin);
    assert_status(lstm_updater_update(t.updater), LSTM_E_NUMERIC, NULL); /* fails again */
    assert_same_training(&t, &twin);
    training_free(&t);
    training_free(&twin);
}

static void rates_and_decays_beyond_all_measure_are_found(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    for (int64_t kind = LSTM_ADAM; kind <= LSTM_ADAGRAD; kind++) {
        training_recipe_init(&recipe);
        recipe.optimizer = (lstm_optimizer_options)LSTM_OPTIMIZER_OPTIONS_INIT;
        recipe.optimizer.kind = kind;
        recipe.optimizer.learning_rate = 3e38;
        recipe.schedule = (lstm_schedule_options)LSTM_SCHEDULE_OPTIONS_INIT;
        recipe.updater.n_hook = 0;
        check_fails_soon(&recipe);
        if (kind <= LSTM_ADAMW_DECOUPLED && kind != LSTM_AMSGRAD) {
            recipe.optimizer.learning_rate = 10;
            recipe.optimizer.weight_decay = 1e38;
            check_fails_soon(&recipe);
        }
    }
    for (int i = 0; i < 2; i++) {
        training_recipe_init(&recipe);
        recipe.hooks[0] = (lstm_hook){LSTM_HOOK_WEIGHT_DECAY, i == 0 ? 3e38 : 1e300};
        recipe.updater.n_hook = 1;
        check_fails_soon(&recipe);
    }
}

/* What only reads a model. */

static void states_and_their_inputs_are_refused_by_place(void **fixture)
{
    victim *v = *fixture;
    lstm_real values[24], x[3] = {1, 2, 3};
    for (int k = 0; k < 3; k++)
        for (int at = 1; at < 24; at += 7) { /* h and c of either layer */
            assert_ok(lstm_state_get(v->state, values, 24));
            values[at] = (lstm_real)not_finite[k];
            assert_status(lstm_state_set(v->state, values, 24), LSTM_E_NUMERIC, NULL);
            assert_unharmed(v);
        }
    for (int k = 0; k < 3; k++) {
        x[k] = (lstm_real)not_finite[k];
        REFUSED(LSTM_E_NUMERIC, "input x", lstm_state_step(v->state, x, out.values));
        x[k] = 1;
        assert_unharmed(v);
    }
}

static void an_output_that_overflows_is_refused_by_stream(void **fixture)
{
    (void)fixture;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model;
    lstm_state *state;
    const lstm_real weight[2] = {FLT_MAX, FLT_MAX}, input[2] = {50, 50}, column[2] = {0, 30};
    lstm_real weight_x[16];
    lstm_forecast_options forecast = LSTM_FORECAST_OPTIONS_INIT;
    lstm_series *series[2];
    lstm_real x[2] = {0, 0}, before[2 * 2 * 2], after[2 * 2 * 2];
    sizes.n_input = 1;
    sizes.n_hidden = 2;
    assert_ok(lstm_model_new(&model, &sizes));
    assert_ok(lstm_model_set(model, "output.weight", weight, 2));
    assert_ok(lstm_model_set(model, "input.weight", input, 2));
    for (int i = 0; i < 16; i++)
        weight_x[i] = 100;
    assert_ok(lstm_model_set(model, "lstm.0.weight_x", weight_x, 16));
    assert_ok(lstm_state_new(&state, model, 2));
    x[1] = 30; /* the first stream stays at 0 */
    assert_ok(lstm_state_get(state, before, 8));
    for (int i = 0; i < 3; i++) {
        REFUSED(LSTM_E_NUMERIC, "output y", lstm_state_step(state, x, out.values));
        assert_non_null(strstr(lstm_last_error(), "stream 1"));
    }
    assert_ok(lstm_state_get(state, after, 8));
    assert_memory_equal(before, after, sizeof after);
    lstm_state_free(state);
    for (int i = 0; i < 2; i++)
        assert_ok(lstm_series_new(&series[i], &column[i], 1, 1));
    forecast.n_step = 2;
    assert_status(
        lstm_forecast(model, (const lstm_series *const *)series, 2, &forecast, out.values),
        LSTM_E_NUMERIC, "output y of series 1");
    for (int i = 0; i < 2; i++)
        lstm_series_free(series[i]);
    lstm_model_free(model);
}

static void forecasts_that_overflow_are_refused(void **fixture)
{
    victim *v = *fixture;
    lstm_real before[MOST], bias[MOST];
    const lstm_series *series = v->t.test;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    valid.window_len = 6;
    pred.n_step = 4;
    pred.support_len = LSTM_TEACHER_FORCED;
    set_all(v->t.model, "lstm.1.bias", 100, bias); /* all of h is 1 */
    set_all(v->t.model, "output.weight", (double)FLT_MAX, before);
    REFUSED(LSTM_E_NUMERIC, "output y", lstm_valid(v->t.model, series, &valid, out.numbers, 18));
    REFUSED(LSTM_E_NUMERIC, "forecast of step",
            lstm_pred(v->t.model, series, &pred, out.values, out.more));
    put_back(v->t.model, "output.weight", before);
    put_back(v->t.model, "lstm.1.bias", bias);
    assert_unharmed(v);
}

#define WITH_VICTIM(test) cmocka_unit_test_setup_teardown(test, make_victim, free_victim)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_is_refused_by_row_and_column),
        cmocka_unit_test(huge_parameters_are_found_in_the_same_update),
        cmocka_unit_test(a_loss_names_window_output_and_target),
        cmocka_unit_test(rates_and_decays_beyond_all_measure_are_found),
        WITH_VICTIM(states_and_their_inputs_are_refused_by_place),
        cmocka_unit_test(an_output_that_overflows_is_refused_by_stream),
        WITH_VICTIM(forecasts_that_overflow_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
