/* SPDX-License-Identifier: MIT */
/* Members that are fitted to the training part alone: the validation part chooses, and no more. */
#include "folder_fixture.h"

#include <lstmts/continuation.h>

static lstm_real valid_row(int64_t i, bool other)
{
    double change = other && i / K >= TRAIN ? 0.4 * noise(i + 777) : 0;
    return (lstm_real)(5 + wave(i / K + i % K, 8) + 0.1 * noise(i) + change);
}

/* As new_data(0), or with other rows from the validation part on. */
static lstm_dataset *new_valid(bool other)
{
    lstm_dataset *dataset = new_timed(K, NULL, LSTM_STEP_ROWS, 1);
    lstm_real *rows = new_rows(ROWS * K);
    for (int64_t i = 0; i < ROWS * K; i++)
        rows[i] = valid_row(i, other);
    add_rows(dataset, rows, ROWS);
    assert_ok(lstm_dataset_split(dataset, 0, TRAIN, ROWS - H));
    return dataset;
}

static lstm_forecaster_options options_of(const lstm_view_options *view, int64_t use)
{
    lstm_forecaster_options options = auto_options();
    options.view = view, options.use = use, options.n_network = 2, options.skip_refit = 1;
    return options;
}

/* From the end of the training part. */
static void forecast_early(const lstm_forecaster_options *options, const lstm_dataset *dataset,
                           lstm_real y[H * K])
{
    const int64_t origin = TRAIN;
    lstm_forecaster *forecaster = fit_new(options, dataset);
    assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, H, y));
    lstm_forecaster_free(forecaster);
}

static void rows_of_the_validation_part_are_not_learned(void **fixture)
{
    (void)fixture;
    lstm_dataset *data[] = {new_valid(false), new_valid(true)};
    const lstm_view_options view = short_view();
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    ridge.context_len = 9, ridge.penalty = 0.1; /* nothing is left to be chosen */
    static const int64_t uses[] = {LSTM_USE_MEAN, LSTM_USE_NETWORKS, LSTM_USE_RIDGE};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        lstm_real y[2][H * K];
        lstm_forecaster_options options = options_of(&view, uses[i]);
        options.ridge = &ridge;
        forecast_early(&options, data[0], y[0]);
        forecast_early(&options, data[1], y[1]);
        assert_memory_equal(y[0], y[1], sizeof y[0]);
        options.skip_refit = 0;
        forecast_early(&options, data[1], y[1]);
        assert_memory_not_equal(y[0], y[1], sizeof y[0]);
    }
    lstm_dataset_free(data[0]);
    lstm_dataset_free(data[1]);
}

/* Each training has a folder. */
static void each_network_is_trained_once(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_valid(false);
    const lstm_view_options view = short_view();
    lstm_forecaster_options options = options_of(&view, LSTM_USE_MEAN);
    options.folder = scratch_folder, options.n_network = 3;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_int_equal(scratch_entries(0), 3);
    assert_described(forecaster, "\"fitted_to\":\"training part\"");
    assert_described(forecaster, "\"n_network\":3");
    lstm_forecaster_free(forecaster);
    empty_folder();
    options.skip_refit = 0;
    forecaster = fit_new(&options, dataset);
    assert_int_equal(scratch_entries(0), 6); /* on small data all are judged */
    assert_described(forecaster, "\"fitted_to\":\"training and validation part\"");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

static void a_schedule_is_chosen_and_kept(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_valid(false);
    const lstm_view_options view = short_view();
    lstm_forecaster_options options = options_of(&view, LSTM_USE_NETWORKS);
    lstm_real chosen[H * K], given[H * K];
    options.n_update = 0;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    char text[1 << 14];
    assert_ok(lstm_forecaster_describe(forecaster, text, sizeof text, NULL));
    lstm_forecaster_free(forecaster);
    forecast_early(&options, dataset, chosen);
    options.n_update = strstr(text, "\"n_update\":2000") != NULL  ? 2000
                       : strstr(text, "\"n_update\":500") != NULL ? 500
                                                                  : 150;
    if (options.n_update == 2000)
        options.dropout = LSTM_ZERO;
    forecast_early(&options, dataset, given);
    assert_memory_equal(chosen, given, sizeof chosen);
    lstm_dataset_free(dataset);
}

/* All members are kept at first: those that were not chosen must not be in the file. */
static void what_was_not_chosen_is_not_saved(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_valid(false);
    lstm_forecaster_options options = auto_options();
    options.skip_refit = 1;
    for (int64_t use = LSTM_USE_AUTO; use <= LSTM_USE_BASELINE; use++) {
        options.use = use;
        sight whole;
        lstm_forecaster *loaded = NULL, *forecaster = fit_new(&options, dataset);
        look(forecaster, dataset, &whole);
        assert_ok(lstm_forecaster_save(forecaster, scratch("saved")));
        assert_ok(lstm_forecaster_load(&loaded, scratch("saved")));
        assert_sight(loaded, dataset, &whole);
        assert_ok(lstm_forecaster_fit(loaded, dataset)); /* with the same options */
        assert_sight(loaded, dataset, &whole);
        lstm_forecaster_free(loaded);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

/* Ends with the validation part, or with the H rows behind it. */
static lstm_status continue_to(lstm_forecaster *forecaster, int64_t end, int64_t n_update)
{
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    lstm_dataset *dataset = new_valid(false);
    options.n_update = n_update, options.learning_rate = 0.5;
    assert_ok(lstm_dataset_split(dataset, 0, TRAIN, end));
    lstm_status status = lstm_forecaster_continue(forecaster, dataset, &options);
    lstm_dataset_free(dataset);
    return status;
}

static lstm_forecaster *fit_kept(int64_t use, const lstm_dataset *dataset)
{
    const lstm_view_options view = short_view();
    lstm_forecaster_options options = options_of(&view, use);
    return fit_new(&options, dataset);
}

/* Ridge has not learned the validation part: it must not do so where nothing is to be done. */
static void without_rows_and_updates_a_continuation_changes_nothing(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_valid(false);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        sight before, after;
        lstm_forecaster *forecaster = fit_kept(use, dataset);
        look(forecaster, dataset, &before);
        assert_ok(continue_to(forecaster, ROWS - H, 0));
        assert_sight(forecaster, dataset, &before);
        lstm_forecaster_cancel(forecaster);
        assert_int_equal(continue_to(forecaster, ROWS - H, 0), LSTM_STOPPED);
        assert_ok(continue_to(forecaster, ROWS, 0));
        look(forecaster, dataset, &after);
        bool is_ridge = use == LSTM_USE_MEAN || use == LSTM_USE_RIDGE;
        assert_int_equal(memcmp(before.y, after.y, sizeof before.y) != 0, is_ridge);
        assert_ok(continue_to(forecaster, ROWS, 0)); /* these rows are not new any more */
        assert_sight(forecaster, dataset, &after);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

/* What a continuation has learned is described, also of a loaded forecaster. */
static void what_a_continuation_learns_is_described(void **fixture)
{
    (void)fixture;
    static const char *const both = "\"fitted_to\":\"training and validation part\"";
    lstm_dataset *dataset = new_valid(false);
    lstm_forecaster *loaded = NULL, *forecaster = fit_kept(LSTM_USE_MEAN, dataset);
    char text[1 << 14];
    assert_ok(lstm_forecaster_describe(forecaster, text, sizeof text, NULL));
    assert_null(strstr(text, "continued"));
    assert_ok(continue_to(forecaster, ROWS, 0));
    assert_described(forecaster, "\"training part, ridge also to the validation part\"");
    assert_described(forecaster, "{\"n_refit\":1,\"n_update\":0,\"learning_rate\":0.0}");
    assert_ok(continue_to(forecaster, ROWS, 3));
    assert_ok(lstm_forecaster_save(forecaster, scratch("saved")));
    assert_ok(lstm_forecaster_load(&loaded, scratch("saved")));
    assert_ok(continue_to(loaded, ROWS, 2));
    assert_described(forecaster, both);
    assert_described(forecaster, "{\"n_refit\":2,\"n_update\":3,\"learning_rate\":0.5}");
    assert_described(loaded, both);
    assert_described(loaded, "{\"n_refit\":3,\"n_update\":5,\"learning_rate\":0.5}");
    assert_ok(lstm_forecaster_fit(loaded, dataset));
    assert_described(loaded, "\"fitted_to\":\"training part\"");
    lstm_forecaster_free(loaded);
    lstm_forecaster_free(forecaster);
    forecaster = fit_kept(LSTM_USE_RIDGE, dataset);
    assert_ok(continue_to(forecaster, ROWS, 0));
    assert_described(forecaster, both);
    lstm_forecaster_free(forecaster);
    forecaster = fit_kept(LSTM_USE_NETWORKS, dataset);
    assert_ok(continue_to(forecaster, ROWS, 0));
    assert_described(forecaster, "\"fitted_to\":\"training part\"");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

/* A rate that is far too high. */
static void networks_that_were_asked_for_must_not_diverge(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_valid(false);
    const lstm_view_options view = short_view();
    lstm_forecaster_options options = options_of(&view, LSTM_USE_NETWORKS);
    options.learning_rate = 1e38, options.n_update = 20;
    lstm_forecaster *forecaster = new_forecaster(&options);
    assert_status(lstm_forecaster_fit(forecaster, dataset), LSTM_E_NUMERIC, "");
    lstm_forecaster_free(forecaster);
    options.use = LSTM_USE_AUTO;
    forecaster = fit_new(&options, dataset);
    assert_described(forecaster, "a network cannot be trained");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

static void it_is_0_or_1(void **fixture)
{
    (void)fixture;
    lstm_forecaster *forecaster = NULL;
    lstm_forecaster_options options = small_options(H);
    for (options.skip_refit = -1; options.skip_refit <= 2; options.skip_refit += 3)
        assert_status(lstm_forecaster_new(&forecaster, &options), LSTM_E_ARGUMENT, "skip_refit");
    assert_null(forecaster);
}

#define TEST(name) cmocka_unit_test_teardown(name, clean_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_of_the_validation_part_are_not_learned),
        TEST(each_network_is_trained_once),
        TEST(a_schedule_is_chosen_and_kept),
        TEST(what_was_not_chosen_is_not_saved),
        TEST(without_rows_and_updates_a_continuation_changes_nothing),
        TEST(what_a_continuation_learns_is_described),
        TEST(networks_that_were_asked_for_must_not_diverge),
        TEST(it_is_0_or_1),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
