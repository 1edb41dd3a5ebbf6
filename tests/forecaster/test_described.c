/* SPDX-License-Identifier: MIT */
/* Options reach the members of a forecaster, and its description says what was chosen. */
#include "forecaster_fixture.h"

#include <jansson.h>
#include <stdbool.h>

enum { ROWS = 120, H = 4 };

static void options_reach_the_networks(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_waves(ROWS, 1, 2);
    lstm_forecaster_options options = small_options(H);
    options.n_network = 2, options.n_hidden = 5, options.n_layer = 2, options.n_update = 2;
    options.batch_size = 3, options.learning_rate = 0.125, options.dropout = 0.25;
    options.use = LSTM_USE_NETWORKS;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_described(forecaster, "\"forecast_by\":\"networks\"");
    assert_described(forecaster, "the option use says so");
    assert_described(forecaster, "\"training\":{\"n_network\":2,\"n_hidden\":5,"
                                 "\"n_layer\":2,\"n_update\":2,\"batch_size\":3,"
                                 "\"learning_rate\":0.125,\"dropout\":0.25,");
    for (int64_t i = 0; i < 2; i++) {
        const lstm_model *model = lstm_forecaster_model(forecaster, i);
        assert_non_null(model);
        assert_int_equal(lstm_model_hidden(model), 5);
        assert_int_equal(lstm_model_layers(model), 2);
    }
    assert_null(lstm_forecaster_model(forecaster, 2));
    assert_null(lstm_forecaster_model(forecaster, -1));
    lstm_forecaster_free(forecaster);
    options.dropout = LSTM_ZERO;
    forecaster = fit_new(&options, dataset);
    assert_described(forecaster, "\"dropout\":0");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

/* Any loss of the table, and a view: the forecast is the location of the distribution. */
static void losses_and_views_can_be_given(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_waves(ROWS, 2, 1);
    const double levels[] = {0.1, 0.5, 0.9};
    for (int64_t kind = LSTM_LOSS_MSE; kind <= LSTM_LOSS_STUDENT_T; kind++) {
        lstm_forecaster_options options = small_options(H);
        lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
        lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
        lstm_real y[2 * H];
        loss.kind = kind;
        if (kind == LSTM_LOSS_QUANTILE)
            loss.levels = levels, loss.n_level = 3;
        view.segment_len = 2, view.context_len = 5, view.horizon = 3;
        view.base = LSTM_BASE_LAST, view.difference = kind % 2;
        options.view = &view, options.loss = &loss, options.use = LSTM_USE_MEAN;
        lstm_forecaster *forecaster = new_forecaster(&options);
        view.segment_len = -1, loss.kind = -1; /* both are copied */
        assert_ok(lstm_forecaster_fit(forecaster, dataset));
        assert_described(forecaster, "\"segment_len\":2,\"context_len\":5,\"horizon\":3");
        assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y));
        for (int64_t i = 0; i < 2 * H; i++)
            assert_true(fabs((double)y[i] - 2) < 5);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

/* Networks for counts see the values as they are; what are no counts is refused by its place. */
static void counts_are_not_scaled(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_MASK);
    lstm_real *rows = new_rows(ROWS + 1), y[H];
    lstm_forecaster_options options = small_options(H);
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_forecaster *forecaster = NULL;
    for (int64_t i = 0; i < ROWS; i++)
        rows[i] = (lstm_real)(i * i % 7);
    rows[ROWS] = -1;
    assert_ok(lstm_dataset_add(dataset, "calls", rows, ROWS, 0));
    loss.kind = LSTM_LOSS_NEGATIVE_BINOMIAL;
    options.loss = &loss, options.use = LSTM_USE_NETWORKS;
    forecaster = fit_new(&options, dataset);
    assert_described(forecaster, "\"transform\":\"none\",\"transformed\":[],\"difference\":0,"
                                 "\"scaling\":\"none\",\"scale_series\":0,\"season\":\"none\","
                                 "\"base\":\"none\"");
    assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y));
    for (int64_t h = 0; h < H; h++)
        assert_true(y[h] > 0);
    assert_ok(lstm_dataset_append(dataset, 0, rows + ROWS, 1));
    assert_status(lstm_forecaster_fit(forecaster, dataset), LSTM_E_NUMERIC,
                  "series \"calls\", row 120, column 0");
    lstm_forecaster_free(forecaster);
    view.context_len = 3, view.base = LSTM_BASE_LAST, options.view = &view;
    assert_status(lstm_forecaster_new(&forecaster, &options), LSTM_E_ARGUMENT,
                  "needs counts: base of the view must be 0");
    free(rows);
    lstm_dataset_free(dataset);
}

static void the_description_is_json_of_what_was_chosen(void **fixture)
{
    (void)fixture;
    static const char *const by[] = {"", "mean of networks and ridge", "networks", "ridge",
                                     "seasonal naive"};
    lstm_dataset *dataset = new_waves(ROWS, 1, 1);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster_options options = small_options(H);
        char text[1 << 14], part[20];
        int64_t length, again;
        options.use = use;
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        assert_ok(lstm_forecaster_describe(forecaster, text, sizeof text, &length));
        assert_int_equal(length, strlen(text));
        json_error_t error;
        json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
        if (json == NULL)
            fail_msg("%s in %s", error.text, text);
        assert_string_equal(json_string_value(json_object_get(json, "forecast_by")), by[use]);
        assert_int_equal(json_integer_value(json_object_get(json, "season_len")), 6);
        assert_true(json_integer_value(json_object_get(json, "validation_windows")) >= 5);
        const json_t *errors = json_object_get(json, "validation_error");
        double naive = json_number_value(json_object_get(errors, "naive"));
        double seasonal = json_number_value(json_object_get(errors, "seasonal_naive"));
        assert_true(seasonal > 0 && seasonal < naive);
        assert_int_equal(json_object_get(json, "ridge") != NULL,
                         use == LSTM_USE_RIDGE || use == LSTM_USE_MEAN);
        json_decref(json);
        memset(part, 'x', sizeof part);
        assert_ok(lstm_forecaster_describe(forecaster, part, 10, &again));
        assert_int_equal(again, length);
        assert_memory_equal(part, text, 9);
        assert_true(part[9] == '\0' && part[10] == 'x');
        assert_ok(lstm_forecaster_describe(forecaster, NULL, 0, NULL));
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_reach_the_networks),
        cmocka_unit_test(losses_and_views_can_be_given),
        cmocka_unit_test(counts_are_not_scaled),
        cmocka_unit_test(the_description_is_json_of_what_was_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
