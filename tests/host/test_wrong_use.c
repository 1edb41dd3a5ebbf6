/* SPDX-License-Identifier: MIT */
/*
 * Wrong arguments of every public function; wrong options are test_wrong_options.c and
 * test_wrong_training.c. The model of the training has D 3, K 2, H 6, L 2; windows have T 5, pred
 * 1, batches B 4.
 */
#include "wrong.h"

static const lstm_real rows[6] = {0};
static const double doubles[6] = {0};

static void null_for_a_series_is_refused(void **fixture)
{
    victim *v = *fixture;
    REFUSED(LSTM_E_ARGUMENT, "series is NULL", lstm_series_new(NULL, rows, 3, 2));
    REFUSED(LSTM_E_ARGUMENT, "rows is NULL", lstm_series_new(&out.series, NULL, 3, 2));
    REFUSED(LSTM_E_ARGUMENT, "series is NULL", lstm_series_new_double(NULL, doubles, 3, 2));
    REFUSED(LSTM_E_ARGUMENT, "rows is NULL", lstm_series_new_double(&out.series, NULL, 3, 2));
    REFUSED(LSTM_E_ARGUMENT, "series is NULL", lstm_series_slice(NULL, v->t.train, 0, 1));
    REFUSED(LSTM_E_ARGUMENT, "source is NULL", lstm_series_slice(&out.series, NULL, 0, 1));
    REFUSED(LSTM_E_ARGUMENT, "series is NULL", lstm_series_set_role(NULL, 0, LSTM_ROLE_INPUT));
}

static void null_for_a_model_is_refused(void **fixture)
{
    const lstm_model *model = ((victim *)*fixture)->t.model;
    lstm_model *changing = ((victim *)*fixture)->t.model;
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = options.n_hidden = 1;
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_model_new(NULL, &options));
    REFUSED(LSTM_E_ARGUMENT, "options is NULL", lstm_model_new(&out.model, NULL));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_model_clone(NULL, model));
    REFUSED(LSTM_E_ARGUMENT, "source is NULL", lstm_model_clone(&out.model, NULL));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_model_parameter(NULL, 0, &out.parameter));
    REFUSED(LSTM_E_ARGUMENT, "info is NULL", lstm_model_parameter(model, 0, NULL));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_model_get(NULL, "input.bias", out.values, 6));
    REFUSED(LSTM_E_ARGUMENT, "name is NULL", lstm_model_get(model, NULL, out.values, 6));
    REFUSED(LSTM_E_ARGUMENT, "values is NULL", lstm_model_get(model, "input.bias", NULL, 6));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_model_set(NULL, "input.bias", rows, 6));
    REFUSED(LSTM_E_ARGUMENT, "name is NULL", lstm_model_set(changing, NULL, rows, 6));
    REFUSED(LSTM_E_ARGUMENT, "values is NULL", lstm_model_set(changing, "input.bias", NULL, 6));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_model_save(NULL, scratch("never")));
    REFUSED(LSTM_E_ARGUMENT, "path is NULL", lstm_model_save(model, NULL));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_model_load(NULL, scratch("never")));
    REFUSED(LSTM_E_ARGUMENT, "path is NULL", lstm_model_load(&out.model, NULL));
}

static void null_for_a_state_is_refused(void **fixture)
{
    const victim *v = *fixture;
    REFUSED(LSTM_E_ARGUMENT, "state is NULL", lstm_state_new(NULL, v->t.model, 1));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_state_new(&out.state, NULL, 1));
    REFUSED(LSTM_E_ARGUMENT, "state is NULL", lstm_state_reset(NULL));
    REFUSED(LSTM_E_ARGUMENT, "state is NULL", lstm_state_step(NULL, rows, out.values));
    REFUSED(LSTM_E_ARGUMENT, "x is NULL", lstm_state_step(v->state, NULL, out.values));
    REFUSED(LSTM_E_ARGUMENT, "y is NULL", lstm_state_step(v->state, rows, NULL));
    REFUSED(LSTM_E_ARGUMENT, "state is NULL", lstm_state_warm(NULL, out.values, 1));
    REFUSED(LSTM_E_ARGUMENT, "rows is NULL", lstm_state_warm(v->state, NULL, 1));
    REFUSED(LSTM_E_ARGUMENT, "state is NULL", lstm_state_forecast(NULL, 1, out.values));
    REFUSED(LSTM_E_ARGUMENT, "y is NULL", lstm_state_forecast(v->state, 1, NULL));
    REFUSED(LSTM_E_ARGUMENT, "target is NULL", lstm_state_copy(NULL, v->state));
    REFUSED(LSTM_E_ARGUMENT, "source is NULL", lstm_state_copy(v->state, NULL));
    REFUSED(LSTM_E_ARGUMENT, "state is NULL", lstm_state_get(NULL, out.values, 24));
    REFUSED(LSTM_E_ARGUMENT, "values is NULL", lstm_state_get(v->state, NULL, 24));
    REFUSED(LSTM_E_ARGUMENT, "state is NULL", lstm_state_set(NULL, rows, 24));
    REFUSED(LSTM_E_ARGUMENT, "values is NULL", lstm_state_set(v->state, NULL, 24));
    assert_unharmed(v);
}

static void null_for_an_iterator_is_refused(void **fixture)
{
    const victim *v = *fixture;
    lstm_iter *iter = v->t.iter;
    const lstm_iter_position position = {0, 0, 0};
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.window_len = 5;
    REFUSED(LSTM_E_ARGUMENT, "iter is NULL", lstm_iter_new(NULL, v->t.train, &options));
    REFUSED(LSTM_E_ARGUMENT, "series is NULL", lstm_iter_new(&out.iter, NULL, &options));
    REFUSED(LSTM_E_ARGUMENT, "options is NULL", lstm_iter_new(&out.iter, v->t.train, NULL));
    REFUSED(LSTM_E_ARGUMENT, "iter is NULL", lstm_iter_next(NULL, &out.n));
    REFUSED(LSTM_E_ARGUMENT, "iter is NULL", lstm_iter_offsets(NULL, out.offsets, 4));
    REFUSED(LSTM_E_ARGUMENT, "offsets is NULL", lstm_iter_offsets(iter, NULL, 4));
    REFUSED(LSTM_E_ARGUMENT, "iter is NULL", lstm_iter_read(NULL, out.values, out.more));
    REFUSED(LSTM_E_ARGUMENT, "iter is NULL", lstm_iter_reset(NULL));
    REFUSED(LSTM_E_ARGUMENT, "iter is NULL", lstm_iter_get_position(NULL, &out.position));
    REFUSED(LSTM_E_ARGUMENT, "position is NULL", lstm_iter_get_position(iter, NULL));
    REFUSED(LSTM_E_ARGUMENT, "iter is NULL", lstm_iter_set_position(NULL, &position));
    REFUSED(LSTM_E_ARGUMENT, "position is NULL", lstm_iter_set_position(iter, NULL));
    assert_unharmed(v);
}

static void null_for_an_updater_is_refused(void **fixture)
{
    const victim *v = *fixture;
    lstm_updater *u = v->t.updater;
    const char *name = "input.bias";
    lstm_real *values = out.values;
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL",
            lstm_updater_new(NULL, v->t.model, v->t.iter, NULL));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL",
            lstm_updater_new(&out.updater, NULL, v->t.iter, NULL));
    REFUSED(LSTM_E_ARGUMENT, "iter is NULL",
            lstm_updater_new(&out.updater, v->t.model, NULL, NULL));
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL", lstm_updater_update(NULL));
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL", lstm_updater_backward(NULL));
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL", lstm_updater_apply(NULL));
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL", lstm_updater_info(NULL, &out.info));
    REFUSED(LSTM_E_ARGUMENT, "info is NULL", lstm_updater_info(u, NULL));
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL", lstm_updater_step_losses(NULL, out.numbers, 5));
    REFUSED(LSTM_E_ARGUMENT, "losses is NULL", lstm_updater_step_losses(u, NULL, 5));
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL", lstm_updater_output(NULL, 0, values, 8, &out.n));
    REFUSED(LSTM_E_ARGUMENT, "y is NULL", lstm_updater_output(u, 0, NULL, 8, &out.n));
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL", lstm_updater_state(NULL, values, 96));
    REFUSED(LSTM_E_ARGUMENT, "values is NULL", lstm_updater_state(u, NULL, 96));
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL", lstm_updater_gradient(NULL, name, values, 6));
    REFUSED(LSTM_E_ARGUMENT, "name is NULL", lstm_updater_gradient(u, NULL, values, 6));
    REFUSED(LSTM_E_ARGUMENT, "values is NULL", lstm_updater_gradient(u, name, NULL, 6));
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL", lstm_updater_moment(NULL, "m", name, values, 6));
    REFUSED(LSTM_E_ARGUMENT, "moment is NULL", lstm_updater_moment(u, NULL, name, values, 6));
    REFUSED(LSTM_E_ARGUMENT, "name is NULL", lstm_updater_moment(u, "m", NULL, values, 6));
    REFUSED(LSTM_E_ARGUMENT, "values is NULL", lstm_updater_moment(u, "m", name, NULL, 6));
    assert_unharmed(v);
}

static void null_for_a_trainer_is_refused(void **fixture)
{
    const victim *v = *fixture;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.max_iteration = 1;
    REFUSED(LSTM_E_ARGUMENT, "trainer is NULL", lstm_trainer_new(NULL, v->t.updater, &options));
    REFUSED(LSTM_E_ARGUMENT, "updater is NULL", lstm_trainer_new(&out.trainer, NULL, &options));
    REFUSED(LSTM_E_ARGUMENT, "options is NULL", lstm_trainer_new(&out.trainer, v->t.updater, NULL));
    REFUSED(LSTM_E_ARGUMENT, "trainer is NULL", lstm_trainer_run(NULL));
    REFUSED(LSTM_E_ARGUMENT, "trainer is NULL", lstm_trainer_save(NULL, scratch("never")));
    REFUSED(LSTM_E_ARGUMENT, "path is NULL", lstm_trainer_save(v->t.trainer, NULL));
    REFUSED(LSTM_E_ARGUMENT, "trainer is NULL", lstm_trainer_resume(NULL, scratch("never")));
    REFUSED(LSTM_E_ARGUMENT, "path is NULL", lstm_trainer_resume(v->t.trainer, NULL));
    REFUSED(LSTM_E_ARGUMENT, "trainer is NULL", lstm_trainer_progress(NULL, &out.progress));
    REFUSED(LSTM_E_ARGUMENT, "progress is NULL", lstm_trainer_progress(v->t.trainer, NULL));
    REFUSED(LSTM_E_ARGUMENT, "trainer is NULL", lstm_trainer_best(NULL, &out.model));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_trainer_best(v->t.trainer, NULL));
    assert_unharmed(v);
}

static void null_for_a_forecast_or_a_schedule_is_refused(void **fixture)
{
    const victim *v = *fixture;
    const lstm_model *model = v->t.model;
    const lstm_series *series = v->t.test;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    lstm_forecast_options many = LSTM_FORECAST_OPTIONS_INIT;
    lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;
    valid.window_len = pred.n_step = many.n_step = 4;
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_valid(NULL, series, &valid, out.numbers, 12));
    REFUSED(LSTM_E_ARGUMENT, "series is NULL", lstm_valid(model, NULL, &valid, out.numbers, 12));
    REFUSED(LSTM_E_ARGUMENT, "options is NULL", lstm_valid(model, series, NULL, out.numbers, 12));
    REFUSED(LSTM_E_ARGUMENT, "rmse is NULL", lstm_valid(model, series, &valid, NULL, 12));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_pred(NULL, series, &pred, out.values, out.more));
    REFUSED(LSTM_E_ARGUMENT, "series is NULL", lstm_pred(model, NULL, &pred, out.values, out.more));
    REFUSED(LSTM_E_ARGUMENT, "options is NULL",
            lstm_pred(model, series, NULL, out.values, out.more));
    REFUSED(LSTM_E_ARGUMENT, "y is NULL", lstm_pred(model, series, &pred, NULL, out.more));
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", lstm_forecast(NULL, &series, 1, &many, out.values));
    REFUSED(LSTM_E_ARGUMENT, "series is NULL", lstm_forecast(model, NULL, 1, &many, out.values));
    REFUSED(LSTM_E_ARGUMENT, "series 0 is NULL",
            lstm_forecast(model, &(const lstm_series *){NULL}, 1, &many, out.values));
    REFUSED(LSTM_E_ARGUMENT, "options is NULL", lstm_forecast(model, &series, 1, NULL, out.values));
    REFUSED(LSTM_E_ARGUMENT, "y is NULL", lstm_forecast(model, &series, 1, &many, NULL));
    REFUSED(LSTM_E_ARGUMENT, "options is NULL", lstm_schedule_factor(NULL, 0, &out.factor));
    REFUSED(LSTM_E_ARGUMENT, "factor is NULL", lstm_schedule_factor(&schedule, 0, NULL));
}

static void what_is_not_there_counts_nothing_and_is_freed_and_stopped(void **fixture)
{
    (void)fixture;
    assert_int_equal(lstm_state_size(NULL), 0);
    assert_int_equal(lstm_iter_iteration(NULL), 0);
    assert_int_equal(lstm_iter_epoch(NULL), 0);
    assert_int_equal(lstm_iter_windows(NULL), 0);
    assert_int_equal(lstm_updater_calls(NULL), 0);
    lstm_series_free(NULL);
    lstm_dataset_free(NULL);
    lstm_method_free(NULL);
    lstm_backtest_free(NULL);
    lstm_model_free(NULL);
    lstm_state_free(NULL);
    lstm_iter_free(NULL);
    lstm_updater_free(NULL);
    lstm_trainer_free(NULL);
    lstm_trainer_stop(NULL);
}

/* Sizes that no array here has, and their text in the message. */
static const struct {
    int64_t size;
    const char *shown;
} wrong_sizes[] = {
    {0, " 0"},
    {-1, "-1"},
    {7, " 7"},
    {1000003, "1000003"},
    {INT64_MAX, "9223372036854775807"},
    {INT64_MIN, "-9223372036854775808"},
};
enum { N_WRONG_SIZE = sizeof wrong_sizes / sizeof wrong_sizes[0] };

static void arrays_of_another_size_are_refused(void **fixture)
{
    const victim *v = *fixture;
    lstm_updater *u = v->t.updater;
    lstm_model *m = v->t.model;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    valid.window_len = 4;
    for (int i = 0; i < N_WRONG_SIZE; i++) {
        int64_t size = wrong_sizes[i].size;
        const char *shown = wrong_sizes[i].shown;
        lstm_real *values = out.values;
        REFUSED(LSTM_E_SHAPE, shown, lstm_model_get(m, "input.bias", values, size));
        REFUSED(LSTM_E_SHAPE, shown, lstm_model_set(m, "input.bias", rows, size));
        REFUSED(LSTM_E_SHAPE, shown, lstm_state_get(v->state, values, size));
        REFUSED(LSTM_E_SHAPE, shown, lstm_state_set(v->state, rows, size));
        REFUSED(LSTM_E_SHAPE, shown, lstm_iter_offsets(v->t.iter, out.offsets, size));
        REFUSED(LSTM_E_SHAPE, shown, lstm_updater_step_losses(u, out.numbers, size));
        REFUSED(LSTM_E_SHAPE, shown, lstm_updater_output(u, 0, values, size, &out.n));
        REFUSED(LSTM_E_SHAPE, shown, lstm_updater_state(u, values, size));
        REFUSED(LSTM_E_SHAPE, shown, lstm_updater_gradient(u, "input.bias", values, size));
        REFUSED(LSTM_E_SHAPE, shown, lstm_updater_moment(u, "v", "input.bias", values, size));
        REFUSED(LSTM_E_SHAPE, shown, lstm_valid(m, v->t.test, &valid, out.numbers, size));
    }
    assert_unharmed(v);
}

static void an_index_out_of_range_is_refused(void **fixture)
{
    const victim *v = *fixture;
    static const struct {
        int64_t index;
        const char *shown;
    } wrong[] = {
        {-1, "-1"},
        {10, "10"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t index = wrong[i].index;
        REFUSED(LSTM_E_ARGUMENT, wrong[i].shown,
                lstm_model_parameter(v->t.model, index, &out.parameter));
        REFUSED(LSTM_E_ARGUMENT, wrong[i].shown,
                lstm_updater_output(v->t.updater, index, out.values, 8, &out.n));
        REFUSED(LSTM_E_ARGUMENT, wrong[i].shown, lstm_series_set_role(v->t.train, index, 0));
        if (index != 10) {
            REFUSED(LSTM_E_ARGUMENT, wrong[i].shown, lstm_series_set_role(v->t.train, 0, index));
        }
    }
    REFUSED(LSTM_E_ARGUMENT, "5", lstm_updater_output(v->t.updater, 5, out.values, 8, &out.n));
    assert_unharmed(v);
}

static void a_name_that_no_tensor_or_moment_has_is_refused(void **fixture)
{
    const victim *v = *fixture;
    lstm_updater *u = v->t.updater;
    lstm_real *values = out.values;
    REFUSED(LSTM_E_NAME, "lstm.2.bias", lstm_model_get(v->t.model, "lstm.2.bias", values, 6));
    REFUSED(LSTM_E_NAME, "lstm.2.bias", lstm_model_set(v->t.model, "lstm.2.bias", rows, 6));
    REFUSED(LSTM_E_NAME, "lstm.2.bias", lstm_updater_gradient(u, "lstm.2.bias", values, 6));
    REFUSED(LSTM_E_NAME, "lstm.2.bias", lstm_updater_moment(u, "m", "lstm.2.bias", values, 6));
    REFUSED(LSTM_E_NAME, "\"s\"", lstm_updater_moment(u, "s", "input.bias", values, 6));
    REFUSED(LSTM_E_NAME, "\"\"", lstm_updater_moment(u, "", "input.bias", values, 6));
    assert_unharmed(v);
}

static void a_count_of_streams_below_1_or_too_large_is_refused(void **fixture)
{
    const victim *v = *fixture;
    REFUSED(LSTM_E_ARGUMENT, "n_stream is 0", lstm_state_new(&out.state, v->t.model, 0));
    REFUSED(LSTM_E_ARGUMENT, "n_stream is -3", lstm_state_new(&out.state, v->t.model, -3));
    REFUSED(LSTM_E_LIMIT, "9223372036854775807", lstm_state_new(&out.state, v->t.model, INT64_MAX));
    REFUSED(LSTM_E_LIMIT, "2147483648",
            lstm_state_new(&out.state, v->t.model, INT64_C(2147483648)));
}

static void a_model_and_a_series_of_other_columns_do_not_fit(void **fixture)
{
    const victim *v = *fixture;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    lstm_forecast_options many = LSTM_FORECAST_OPTIONS_INIT;
    lstm_trainer_options trainer = LSTM_TRAINER_OPTIONS_INIT;
    const lstm_series *narrow = v->narrow, *test = v->t.test;
    valid.window_len = pred.n_step = many.n_step = 4;
    trainer.max_iteration = trainer.validate.every = 1;
    trainer.valid_series = v->narrow;
    trainer.valid = &valid;
    REFUSED(LSTM_E_SHAPE, "3 input columns",
            lstm_updater_new(&out.updater, v->alien, v->t.iter, NULL));
    REFUSED(LSTM_E_SHAPE, "the model takes 2",
            lstm_valid(v->alien, v->t.test, &valid, out.numbers, 12));
    REFUSED(LSTM_E_SHAPE, "1 input columns",
            lstm_valid(v->t.model, v->narrow, &valid, out.numbers, 12));
    REFUSED(LSTM_E_SHAPE, "3 input columns",
            lstm_pred(v->alien, v->t.test, &pred, out.values, out.more));
    REFUSED(LSTM_E_SHAPE, "1 input columns",
            lstm_pred(v->t.model, v->narrow, &pred, out.values, out.more));
    REFUSED(LSTM_E_SHAPE, "3 input columns", lstm_forecast(v->alien, &test, 1, &many, out.values));
    REFUSED(LSTM_E_SHAPE, "1 input columns",
            lstm_forecast(v->t.model, &narrow, 1, &many, out.values));
    REFUSED(LSTM_E_SHAPE, "covariates", lstm_forecast(v->t.model, &test, 1, &many, out.values));
    REFUSED(LSTM_E_SHAPE, "1 input columns",
            lstm_trainer_new(&out.trainer, v->t.updater, &trainer));
    assert_unharmed(v);
}

static void results_asked_for_before_there_are_any_are_refused(void **fixture)
{
    const victim *v = *fixture;
    lstm_updater *u = NULL;
    lstm_iter *iter = NULL;
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.window_len = 5;
    options.batch_size = 4;
    assert_ok(lstm_iter_new(&iter, v->t.train, &options));
    assert_ok(lstm_updater_new(&u, v->t.model, iter, NULL));
    REFUSED(LSTM_E_ORDER, NULL, lstm_iter_offsets(iter, out.offsets, 4));
    REFUSED(LSTM_E_ORDER, NULL, lstm_iter_read(iter, out.values, out.more));
    REFUSED(LSTM_E_ORDER, NULL, lstm_updater_apply(u));
    REFUSED(LSTM_E_ORDER, NULL, lstm_updater_info(u, &out.info));
    REFUSED(LSTM_E_ORDER, NULL, lstm_updater_step_losses(u, out.numbers, 5));
    REFUSED(LSTM_E_ORDER, NULL, lstm_updater_output(u, 0, out.values, 8, &out.n));
    REFUSED(LSTM_E_ORDER, NULL, lstm_updater_state(u, out.values, 96));
    REFUSED(LSTM_E_ORDER, NULL, lstm_updater_gradient(u, "input.bias", out.values, 6));
    REFUSED(LSTM_E_ORDER, NULL, lstm_updater_apply(v->t.updater));
    REFUSED(LSTM_E_ORDER, NULL, lstm_trainer_best(v->t.trainer, &out.model));
    lstm_updater_free(u);
    lstm_iter_free(iter);
    assert_unharmed(v);
}

static void a_file_that_is_missing_or_no_model_is_refused_by_name(void **fixture)
{
    const victim *v = *fixture;
    FILE *file = fopen(scratch("text"), "w");
    assert_non_null(file);
    assert_true(fputs("this is no model at all, but a text", file) >= 0);
    assert_int_equal(fclose(file), 0);
    REFUSED(LSTM_E_IO, "missing", lstm_model_load(&out.model, scratch("missing")));
    REFUSED(LSTM_E_IO, scratch_folder, lstm_model_load(&out.model, scratch_folder));
    REFUSED(LSTM_E_FORMAT, NULL, lstm_model_load(&out.model, scratch("text")));
    REFUSED(LSTM_E_IO, "no/folder", lstm_model_save(v->t.model, scratch("no/folder")));
    REFUSED(LSTM_E_IO, "no/folder", lstm_trainer_save(v->t.trainer, scratch("no/folder")));
    REFUSED(LSTM_E_IO, "missing", lstm_trainer_resume(v->t.trainer, scratch("missing")));
    REFUSED(LSTM_E_FORMAT, NULL, lstm_trainer_resume(v->t.trainer, scratch("text")));
    assert_unharmed(v);
}

/* A read of what was freed shows under AddressSanitizer. */
static void an_updater_may_be_freed_after_its_model(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    assert_ok(lstm_updater_update(t.updater));
    lstm_model_free(t.model);
    lstm_iter_free(t.iter);
    t.model = NULL;
    t.iter = NULL;
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_for_a_series_is_refused),
        cmocka_unit_test(null_for_a_model_is_refused),
        cmocka_unit_test(null_for_a_state_is_refused),
        cmocka_unit_test(null_for_an_iterator_is_refused),
        cmocka_unit_test(null_for_an_updater_is_refused),
        cmocka_unit_test(null_for_a_trainer_is_refused),
        cmocka_unit_test(null_for_a_forecast_or_a_schedule_is_refused),
        cmocka_unit_test(what_is_not_there_counts_nothing_and_is_freed_and_stopped),
        cmocka_unit_test(arrays_of_another_size_are_refused),
        cmocka_unit_test(an_index_out_of_range_is_refused),
        cmocka_unit_test(a_name_that_no_tensor_or_moment_has_is_refused),
        cmocka_unit_test(a_count_of_streams_below_1_or_too_large_is_refused),
        cmocka_unit_test(a_model_and_a_series_of_other_columns_do_not_fit),
        cmocka_unit_test(results_asked_for_before_there_are_any_are_refused),
        cmocka_unit_test(a_file_that_is_missing_or_no_model_is_refused_by_name),
        cmocka_unit_test(an_updater_may_be_freed_after_its_model),
    };
    return cmocka_run_group_tests_name("wrong use", tests, make_victim_and_folder,
                                       free_victim_and_folder);
}
