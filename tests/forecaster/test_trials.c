/* SPDX-License-Identifier: MIT */
/* The candidates of a fit: as a list, in a file, and in descriptions of forecasters. */
#include "forecaster/trials.h"

#include "forecaster_fixture.h"

#include <stdbool.h>

/* Asserts that trials are described as `want`. */
static void assert_trials(const lts_trials *trials, const char *want)
{
    json_t *json = lts_trials_describe(trials);
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6));
    assert_string_equal(text, want);
    free(text);
    json_decref(json);
}

static void trials_are_described_by_what_was_compared(void **fixture)
{
    (void)fixture;
    static lts_trials trials;
    assert_trials(&trials, "{}");
    static const lts_trial all[] = {
        {LTS_TRIAL_SEASON, 24, 0, 0.5},
        {LTS_TRIAL_SEASON, 168, 0, 0.75},
        {LTS_TRIAL_RIDGE_CONTEXT, 7, 0, HUGE_VAL},
        {LTS_TRIAL_RIDGE_BASE, LSTM_BASE_NONE, 0, 1},
        {LTS_TRIAL_RIDGE_BASE, LSTM_BASE_LAST, 0, 2},
        {LTS_TRIAL_RIDGE_BASE, LSTM_BASE_MEAN, 0, 3},
        {LTS_TRIAL_RIDGE_BASE, LSTM_BASE_MEAN, 24, 4},
        {LTS_TRIAL_RIDGE_TRANSFORM, LSTM_TRANSFORM_LOG, 0, 5},
        {LTS_TRIAL_RIDGE_SEASON, LSTM_SEASON_YEAR, 0, 6},
        {LTS_TRIAL_NETWORK_BASE, LSTM_BASE_LAST, 0, 7},
        {LTS_TRIAL_NETWORK_TRANSFORM, LSTM_TRANSFORM_SQRT, 0, 8},
        {LTS_TRIAL_NETWORK_SEGMENT, 12, 0, 9},
        {LTS_TRIAL_UPDATES, 500, 0, 10},
        {LTS_TRIAL_SEASON, 24, 0, 0.25}, /* again */
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        lts_trials_note(&trials, all[i]);
    assert_int_equal(trials.n, sizeof all / sizeof *all - 1);
    assert_trials(&trials,
                  "{\"season_len\":{\"24\":0.25,\"168\":0.75},\"ridge\":{\"context_len\":{\"7\":"
                  "null},\"base\":{\"none\":1.0,\"last value\":2.0,\"mean of the context\":3.0,"
                  "\"mean of 24 rows\":4.0},\"transform\":{\"logarithm\":5.0},\"season\":{"
                  "\"harmonics of the year\":6.0}},\"network\":{\"base\":{\"last value\":7.0},"
                  "\"transform\":{\"square root\":8.0},\"segment_len\":{\"12\":9.0}},"
                  "\"n_update\":{\"500\":10.0}}");
}

static void a_full_list_takes_no_more(void **fixture)
{
    (void)fixture;
    static lts_trials trials;
    for (int64_t i = 0; i < 2 * LTS_MOST_TRIALS; i++)
        lts_trials_note(&trials, (lts_trial){LTS_TRIAL_SEASON, i, 0, (double)i});
    assert_int_equal(trials.n, LTS_MOST_TRIALS);
    lts_trials_note(&trials, (lts_trial){LTS_TRIAL_SEASON, 3, 0, 77}); /* is there */
    assert_true(trials.at[3].error == 77 && trials.at[63].value == 63);
    json_t *json = lts_trials_json(&trials);
    static lts_trials read;
    assert_ok(lts_trials_read(&read, json));
    assert_int_equal(read.n, trials.n);
    for (int64_t i = 0; i < read.n; i++) {
        assert_int_equal(read.at[i].kind, trials.at[i].kind);
        assert_int_equal(read.at[i].value, trials.at[i].value);
        assert_int_equal(read.at[i].length, trials.at[i].length);
        assert_true(read.at[i].error == trials.at[i].error);
    }
    json_array_append_new(json, json_array());
    assert_status(lts_trials_read(&read, json), LSTM_E_FORMAT, "no array of 0 .. 64");
    json_decref(json);
}

static void what_a_file_says_is_verified(void **fixture)
{
    (void)fixture;
    static const char *const wrong[] = {
        "{}",
        "1",
        "[1]",
        "[[0,1,0]]",
        "[[0,1,0,1,1]]",
        "[[-1,1,0,1]]",
        "[[9,1,0,1]]",
        "[[0,-1,0,1]]",
        "[[0,1,-1,1]]",
        "[[2,3,0,1]]",
        "[[3,4,0,1]]",
        "[[4,4,0,1]]",
        "[[5,3,0,1]]",
        "[[6,4,0,1]]",
        "[[0,1.0,0,1]]",
        "[[0,1,0,\"1\"]]",
        "[[0,1,0,1],[0,1,0]]",
    };
    static lts_trials trials;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *json = json_loads(wrong[i], JSON_DECODE_ANY, NULL);
        assert_non_null(json);
        assert_status(lts_trials_read(&trials, json), LSTM_E_FORMAT, "choice: trial");
        json_decref(json);
    }
    json_t *right = json_loads("[[0,2,0,null],[2,2,9,1],[8,5,0,0.5]]", 0, NULL);
    assert_ok(lts_trials_read(&trials, right));
    assert_true(trials.n == 3 && trials.at[0].error == HUGE_VAL && trials.at[2].error == 0.5);
    json_decref(right);
    assert_ok(lts_trials_read(&trials, NULL));
    assert_int_equal(trials.n, 0);
}

/* A column of a period of 8 rows, with a validation part or without. */
static lstm_dataset *new_data(bool has_parts)
{
    enum { N = 160 };
    lstm_dataset *dataset = new_timed(1, NULL, LSTM_STEP_ROWS, 1);
    lstm_real *rows = new_rows(N);
    for (int64_t t = 0; t < N; t++)
        rows[t] = (lstm_real)(5 + wave(t, 8) + 0.1 * noise(t));
    add_rows(dataset, rows, N);
    if (has_parts)
        assert_ok(lstm_dataset_split(dataset, 0, 110, 140));
    return dataset;
}

/* An object of at least so many errors. */
static void assert_compared(const json_t *errors, size_t least)
{
    assert_true(json_object_size(errors) >= least);
    for (void *at = json_object_iter((json_t *)(uintptr_t)errors); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)errors, at))
        assert_true(json_is_null(json_object_iter_value(at)) ||
                    json_number_value(json_object_iter_value(at)) > 0);
}

static json_t *description_of(const lstm_forecaster *forecaster)
{
    static char text[1 << 14];
    int64_t length;
    assert_ok(lstm_forecaster_describe(forecaster, text, sizeof text, &length));
    assert_true(length < (int64_t)sizeof text);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    return json;
}

/* Two networks with one view, and ridge. */
static void assert_members_are_described(const json_t *json)
{
    const json_t *networks = json_object_get(json, "networks");
    const json_t *training = json_object_get(networks, "training");
    const json_t *views = json_object_get(networks, "views"), *view = json_array_get(views, 0);
    const json_t *of_ridge = json_object_get(json_object_get(json, "ridge"), "view");
    assert_int_equal(json_array_size(json_object_get(training, "column_input")), 2);
    assert_string_equal(json_string_value(json_object_get(networks, "loss")), "Huber");
    assert_int_equal(json_array_size(views), 1);
    assert_string_equal(json_string_value(json_object_get(view, "scaling")), "standard");
    assert_string_equal(json_string_value(json_object_get(of_ridge, "scaling")), "standard");
}

static void a_description_says_what_was_compared(void **fixture)
{
    (void)fixture;
    for (int has_parts = 0; has_parts <= 1; has_parts++) {
        static const double levels[] = {0.5, 0.75};
        lstm_dataset *dataset = new_data(has_parts != 0);
        lstm_forecaster_options options = small_options(3);
        options.n_update = 0, options.n_network = 2, options.use = LSTM_USE_MEAN;
        options.levels = levels, options.n_level = 2;
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        json_t *json = description_of(forecaster), *all = json_object_get(json, "candidates");
        const json_t *ridge = json_object_get(all, "ridge"),
                     *network = json_object_get(all, "network");
        const json_t *seasons = json_object_get(all, "season_len");
        assert_true(json_number_value(json_object_get(seasons, "8")) < 0.5);
        assert_compared(json_object_get(ridge, "context_len"), 3);
        assert_compared(json_object_get(ridge, "base"), 4);
        assert_compared(json_object_get(ridge, "transform"), 3);
        assert_compared(json_object_get(network, "base"), 3);
        assert_compared(json_object_get(network, "transform"), 3);
        assert_compared(json_object_get(network, "segment_len"), 3);
        const json_t *updates = json_object_get(all, "n_update");
        assert_non_null(json_object_get(updates, "500"));
        assert_non_null(json_object_get(updates, "150"));
        assert_int_equal(json_integer_value(json_object_get(json, "horizon")), 3);
        assert_int_equal(json_integer_value(json_object_get(json, "validation_parts_made")),
                         !has_parts);
        const json_t *given = json_object_get(json, "levels");
        assert_true(json_real_value(json_array_get(given, 0)) == 0.5);
        assert_true(json_array_size(given) == 2);
        assert_members_are_described(json);
        json_decref(json);
        lstm_forecaster_free(forecaster);
        lstm_dataset_free(dataset);
    }
}

/* Errors of a kind that is tried again are those of the last time. */
static void what_is_tried_again_forgets_the_errors_before(void **fixture)
{
    (void)fixture;
    static lts_trials trials;
    lts_trials_forget(&trials, LTS_TRIAL_SEASON);
    lts_trials_note(&trials, (lts_trial){LTS_TRIAL_RIDGE_CONTEXT, 7, 0, 1});
    lts_trials_note(&trials, (lts_trial){LTS_TRIAL_UPDATES, 500, 0, 2});
    lts_trials_note(&trials, (lts_trial){LTS_TRIAL_RIDGE_CONTEXT, 14, 0, 3});
    lts_trials_forget(&trials, LTS_TRIAL_RIDGE_CONTEXT);
    assert_trials(&trials, "{\"n_update\":{\"500\":2.0}}");
}

/* A forecaster of two columns by one member, with a logarithm of those that are positive. */
static void describe_alone(int64_t use, const char *part, const char *other)
{
    enum { N = 120 };
    lstm_dataset *dataset = new_timed(2, NULL, LSTM_STEP_ROWS, 1);
    lstm_real *rows = new_rows(2 * N);
    for (int64_t t = 0; t < N; t++) {
        rows[2 * t] = (lstm_real)(wave(t, 8) + 0.1 * noise(t));
        rows[2 * t + 1] = (lstm_real)(5 + wave(t, 8) + 0.1 * noise(t));
    }
    add_rows(dataset, rows, N);
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_forecaster_options options = small_options(3);
    view.context_len = 8, view.transform = LSTM_TRANSFORM_BOXCOX, view.lambda = 0.25;
    view.skip_transform = 1;
    view.season = LSTM_SEASON_HARMONICS, view.season_len = 8, view.n_harmonic = 2;
    options.view = &view, options.season_len = 8, options.use = use;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    char want[200];
    snprintf(want, sizeof want,
             "\"transform\":\"Box-Cox\",\"transformed\":[\"%s\"],\"lambda\":0.25,",
             lstm_dataset_column_name(dataset, 1));
    assert_described(forecaster, want);
    assert_described(forecaster, "\"season\":\"harmonics\",\"season_len\":8,\"n_harmonic\":2");
    json_t *json = description_of(forecaster);
    assert_non_null(json_object_get(json, part));
    assert_null(json_object_get(json, other));
    json_decref(json);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

static void what_does_not_forecast_is_not_described(void **fixture)
{
    (void)fixture;
    describe_alone(LSTM_USE_RIDGE, "ridge", "networks");
    describe_alone(LSTM_USE_NETWORKS, "networks", "ridge");
}

/* What options say is compared with nothing. */
static void what_is_given_is_not_compared(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(true);
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_forecaster_options options = small_options(3);
    view.context_len = 8;
    options.view = &view, options.season_len = 8, options.use = LSTM_USE_RIDGE;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_described(forecaster, "\"candidates\":{}");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trials_are_described_by_what_was_compared),
        cmocka_unit_test(a_full_list_takes_no_more),
        cmocka_unit_test(what_a_file_says_is_verified),
        cmocka_unit_test(a_description_says_what_was_compared),
        cmocka_unit_test(what_is_given_is_not_compared),
        cmocka_unit_test(what_is_tried_again_forgets_the_errors_before),
        cmocka_unit_test(what_does_not_forecast_is_not_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
