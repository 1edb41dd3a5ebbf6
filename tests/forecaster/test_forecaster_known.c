/* SPDX-License-Identifier: MIT */
/* Known covariates: what they are worth, and where their future rows or values are missing. */
#include "known_fixture.h"

#define NA ((lstm_real)NAN)

/* The covariate makes up most of what a network without it cannot know. */
static void networks_use_known_covariates(void **fixture)
{
    (void)fixture;
    lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
    options.n_hidden = 32, options.n_update = 300, options.batch_size = 32;
    options.dropout = LSTM_ZERO;
    double errors[2];
    errors_with_and_without(&options, NULL, errors);
    if (!(errors[0] < 0.7 * errors[1]))
        fail_msg("%g with the covariate, %g without", errors[0], errors[1]);
}

/* Calendar columns are known for all times; other known columns must be given. */
static void the_future_of_known_columns_is_needed(void **fixture)
{
    (void)fixture;
    const int64_t one[1] = {LSTM_ROLE_BOTH};
    lstm_dataset *dated = new_timed(1, one, LSTM_STEP_SECONDS, 86400), *known = new_data(2);
    lstm_real *rows = new_rows(ROWS), y[2 * H * K];
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = (lstm_real)(wave(t, 7) + 0.1 * noise(t));
    add_rows(dated, rows, ROWS);
    assert_ok(
        lstm_dataset_add_calendar(dated, LSTM_CALENDAR_WEEKDAY | LSTM_CALENDAR_YEARDAY, NULL, 0));
    lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
    options.season_len = 0;
    lstm_forecaster *forecaster = fit_new(&options, dated);
    assert_described(forecaster, "\"season_len\":7");
    assert_ok(lstm_forecaster_predict(forecaster, dated, 0, y));
    assert_finite(H, y);
    const int64_t end = ROWS; /* 8,000 years before the limit */
    assert_status(lstm_forecaster_predict_from(forecaster, dated, 0, &end, 1, 3000000, y),
                  LSTM_E_LIMIT, "needs column 1 (weekday_sin) after the year 9999");
    assert_status(lstm_forecaster_predict_from(forecaster, dated, 0, &end, 1, INT64_MAX, y),
                  LSTM_E_LIMIT, "after the year 9999");
    lstm_forecaster_free(forecaster);

    const int64_t origin = ROWS - 2;
    forecaster = fit_new(&options, known);
    assert_ok(lstm_dataset_set_future(known, 1, NULL, 0));
    assert_status(lstm_forecaster_predict(forecaster, known, 1, y), LSTM_E_SHAPE,
                  "series \"1\": column 1 (1) is known to row 149, a forecast of 5 rows from row "
                  "150 needs more: lstm_dataset_set_future()");
    assert_ok(lstm_forecaster_predict_from(forecaster, known, 1, &origin, 1, 2, y));
    assert_status(lstm_forecaster_predict_from(forecaster, known, 1, &origin, 1, 3, y),
                  LSTM_E_SHAPE, "a forecast of 3 rows from row 148");
    assert_status(lstm_forecaster_predict_from(forecaster, known, 1, &origin, 1, INT64_MAX, y),
                  LSTM_E_SHAPE, "set_future");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dated);
    lstm_dataset_free(known);
}

/* A forecast of series 0 with n future rows, whose known values are `values` from row ROWS on. */
static void forecast_with(const lstm_forecaster *forecaster, lstm_dataset *dataset, int64_t n,
                          const lstm_real *values, lstm_real *y)
{
    lstm_real rows[3 * H * C] = {0};
    for (int64_t i = 0; i < n; i++)
        rows[i * C + 1] = values[i];
    assert_ok(lstm_dataset_set_future(dataset, 0, rows, n));
    assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y));
}

/* Seasons have three rows. */
static void missing_future_values_are_filled_by_the_policy(void **fixture)
{
    (void)fixture;
    const lstm_real given[] = {1, 2, NA, 4, 5, 6};
    const struct {
        int64_t policy;
        lstm_real value;
    } cases[] = {{LSTM_MISSING_FORWARD, 2},
                 {LSTM_MISSING_LINEAR, 3},
                 {LSTM_MISSING_SEASONAL, value_at(0, ROWS - 1, 1)},
                 {LSTM_MISSING_MASK, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lstm_real filled[] = {1, 2, cases[i].value, 4, 5, 6}, y[H * K], want[H * K];
        lstm_dataset *dataset = new_data_of(cases[i].policy, 2);
        lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        forecast_with(forecaster, dataset, 6, given, y);
        forecast_with(forecaster, dataset, 6, filled, want);
        assert_memory_equal(y, want, sizeof y);
        filled[2] = 0;
        forecast_with(forecaster, dataset, 6, filled, want);
        assert_memory_not_equal(y, want, sizeof y);
        lstm_forecaster_free(forecaster);
        lstm_dataset_free(dataset);
    }
}

static void missing_future_values_are_refused(void **fixture)
{
    (void)fixture;
    lstm_real rows[H * C] = {0}, y[H * K], again[H * K];
    lstm_dataset *dataset = new_data_of(LSTM_MISSING_REFUSE, 2);
    lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_ok(lstm_forecaster_predict(forecaster, dataset, 1, y));
    rows[2 * C + 1] = NA;
    assert_status(lstm_dataset_set_future(dataset, 1, rows, H), LSTM_E_NUMERIC,
                  "series \"1\", row 152, column 1 (1) is missing");
    assert_ok(lstm_forecaster_predict(forecaster, dataset, 1, again));
    assert_memory_equal(y, again, sizeof y);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

static void a_future_without_any_value_is_refused(void **fixture)
{
    (void)fixture;
    const int64_t last = ROWS - 1;
    lstm_real rows[H * C], y[H * K];
    lstm_dataset *dataset = new_data_of(LSTM_MISSING_MASK, 2);
    lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    for (int64_t i = 0; i < H * C; i++)
        rows[i] = NA;
    assert_ok(lstm_dataset_set_future(dataset, 0, rows, H));
    assert_status(
        lstm_forecaster_predict(forecaster, dataset, 0, y), LSTM_E_SHAPE,
        "series \"0\": column 1 (1) has no value in rows 150 to 154, which a forecast of 5 "
        "rows from row 150 needs");
    assert_status(lstm_forecaster_predict_from(forecaster, dataset, 0, &last, 1, 2, y),
                  LSTM_E_SHAPE, "has no value in rows 150 to 150");
    assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &last, 1, 1, y));
    rows[(H - 1) * C + 1] = 1;
    assert_ok(lstm_dataset_set_future(dataset, 0, rows, H));
    assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y));
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

/* The networks read segments of six rows: the sixth row of five is the fifth again. */
static void the_last_segment_is_continued_after_the_horizon(void **fixture)
{
    (void)fixture;
    const lstm_real repeated[] = {1, 2, 3, 4, 5, 5}, other[] = {1, 2, 3, 4, 5, 6};
    lstm_real y[H * K], want[H * K];
    lstm_dataset *dataset = new_data_of(LSTM_MISSING_REFUSE, 2);
    lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_described(forecaster, "\"segment_len\":6");
    forecast_with(forecaster, dataset, H, repeated, y);
    forecast_with(forecaster, dataset, H + 1, repeated, want);
    assert_memory_equal(y, want, sizeof y);
    forecast_with(forecaster, dataset, H + 1, other, want);
    assert_memory_not_equal(y, want, sizeof y);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_use_known_covariates),
        cmocka_unit_test(the_future_of_known_columns_is_needed),
        cmocka_unit_test(missing_future_values_are_filled_by_the_policy),
        cmocka_unit_test(missing_future_values_are_refused),
        cmocka_unit_test(a_future_without_any_value_is_refused),
        cmocka_unit_test(the_last_segment_is_continued_after_the_horizon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
