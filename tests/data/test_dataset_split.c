/* SPDX-License-Identifier: MIT */
/* Times and parts of the series of a data set. */
#include "dataset_fixture.h"

static const lstm_real zeros[500];

static lstm_dataset *new_timed(int64_t step_unit, int64_t step)
{
    lstm_dataset *d = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 1;
    options.step_unit = step_unit;
    options.step = step;
    assert_ok(lstm_dataset_new(&d, &options));
    return d;
}

static int64_t date(int64_t year, int64_t month, int64_t day)
{
    int64_t time = 0;
    assert_ok(lstm_utc_time(&time, year, month, day, 0));
    return time;
}

static void assert_parts(const lstm_dataset *d, int64_t series, int64_t train, int64_t valid)
{
    int64_t train_end = -7, valid_end = -7;
    assert_ok(lstm_dataset_parts(d, series, &train_end, &valid_end));
    assert_int_equal(train_end, train);
    assert_int_equal(valid_end, valid);
}

static void at_first_all_rows_are_for_training(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = new_dataset(1, NULL, 0);
    assert_ok(lstm_dataset_add(d, NULL, zeros, 5, 0));
    assert_parts(d, 0, 5, 5);
    assert_ok(lstm_dataset_append(d, 0, zeros, 3));
    assert_parts(d, 0, 8, 8);
    assert_ok(lstm_dataset_split(d, 0, 4, 6));
    assert_ok(lstm_dataset_append(d, 0, zeros, 3));
    assert_parts(d, 0, 4, 6);
    lstm_dataset_free(d);
}

static void a_split_in_rows_is_of_one_series_or_all(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = new_dataset(1, NULL, 0);
    assert_ok(lstm_dataset_add(d, "long", zeros, 10, 0));
    assert_ok(lstm_dataset_add(d, "short", zeros, 6, 0));
    assert_ok(lstm_dataset_split(d, LSTM_ALL_SERIES, 4, 6));
    assert_ok(lstm_dataset_split(d, 0, 0, 10));
    assert_parts(d, 0, 0, 10);
    assert_parts(d, 1, 4, 6);
    assert_status(lstm_dataset_split(d, LSTM_ALL_SERIES, 4, 7), LSTM_E_SHAPE,
                  "valid_end is 7, series \"short\" has 6 rows");
    assert_status(lstm_dataset_split(d, 1, 5, 4), LSTM_E_ARGUMENT, "train_end is 5");
    assert_status(lstm_dataset_split(d, 1, -1, 4), LSTM_E_ARGUMENT, "train_end is -1");
    assert_status(lstm_dataset_split(d, 2, 1, 2), LSTM_E_ARGUMENT, "series is 2");
    assert_status(lstm_dataset_split(d, -2, 1, 2), LSTM_E_ARGUMENT, "series is -2");
    assert_parts(d, 0, 0, 10);
    assert_parts(d, 1, 4, 6);
    lstm_dataset_free(d);
}

static void fractions_round_to_whole_rows(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = new_dataset(1, NULL, 0);
    for (int64_t n = 1; n <= 200; n++)
        assert_ok(lstm_dataset_add(d, NULL, zeros, n, 0));
    assert_ok(lstm_dataset_split_fraction(d, LSTM_ALL_SERIES, .7, .1));
    for (int64_t n = 1; n <= 200; n++) { /* no row is nearer, in tenths of a row */
        int64_t train_end = 0, valid_end = 0;
        assert_ok(lstm_dataset_parts(d, n - 1, &train_end, &valid_end));
        assert_true(10 * train_end - 7 * n >= -5 && 10 * train_end - 7 * n <= 5);
        assert_true(10 * valid_end - 8 * n >= -5 && 10 * valid_end - 8 * n <= 5);
    }
    assert_ok(lstm_dataset_split_fraction(d, 9, .7, .3));
    assert_parts(d, 9, 7, 10);
    assert_ok(lstm_dataset_split_fraction(d, 9, 0, 1));
    assert_parts(d, 9, 0, 10);
    assert_status(lstm_dataset_split_fraction(d, 9, .7, .31), LSTM_E_ARGUMENT, "valid is 0.31");
    assert_status(lstm_dataset_split_fraction(d, 9, -.1, .3), LSTM_E_ARGUMENT, "train is -0.1");
    assert_status(lstm_dataset_split_fraction(d, 9, NAN, .3), LSTM_E_ARGUMENT, "train is nan");
    assert_status(lstm_dataset_split_fraction(d, 9, 0, NAN), LSTM_E_ARGUMENT, "valid is nan");
    assert_parts(d, 9, 0, 10);
    lstm_dataset_free(d);
}

static void a_split_by_time_has_the_rows_before_it(void **fixture)
{
    (void)fixture;
    lstm_dataset *hourly = new_timed(LSTM_STEP_SECONDS, 3600);
    int64_t start = date(2016, 7, 1);
    assert_ok(lstm_dataset_add(hourly, NULL, zeros, 100, start));
    assert_ok(lstm_dataset_add(hourly, NULL, zeros, 100, start - 1800));
    assert_ok(lstm_dataset_split_time(hourly, LSTM_ALL_SERIES, start + 3 * 3600, date(2016, 7, 3)));
    assert_parts(hourly, 0, 3, 48);
    assert_parts(hourly, 1, 4, 49);
    assert_ok(lstm_dataset_split_time(hourly, 0, INT64_MIN, INT64_MAX));
    assert_parts(hourly, 0, 0, 100);
    assert_status(lstm_dataset_split_time(hourly, 0, 5, 4), LSTM_E_ARGUMENT, "valid_end is 4");
    lstm_dataset_free(hourly);
    lstm_dataset *monthly = new_timed(LSTM_STEP_MONTHS, 1);
    assert_ok(lstm_dataset_add(monthly, NULL, zeros, 36, date(1990, 1, 31)));
    assert_ok(lstm_dataset_split_time(monthly, 0, date(1991, 1, 1), date(1992, 2, 29)));
    assert_parts(monthly, 0, 12, 25);
    lstm_dataset_free(monthly);
}

static void rows_have_the_times_of_their_steps(void **fixture)
{
    (void)fixture;
    int64_t time = 0;
    lstm_dataset *quarterly = new_timed(LSTM_STEP_MONTHS, 3);
    assert_ok(lstm_dataset_add(quarterly, NULL, zeros, 8, date(1959, 3, 31) + 60));
    const int64_t dates[][3] = {{1959, 3, 31},  {1959, 6, 30}, {1959, 9, 30},
                                {1959, 12, 31}, {1960, 3, 31}, {1960, 6, 30}};
    for (int64_t row = 0; row < 6; row++) {
        assert_ok(lstm_dataset_time(quarterly, 0, row, &time));
        assert_int_equal(time, date(dates[row][0], dates[row][1], dates[row][2]) + 60);
    }
    assert_ok(lstm_dataset_time(quarterly, 0, 4 * 60 + 1, &time)); /* far beyond the last row */
    assert_int_equal(time, date(2019, 6, 30) + 60);
    assert_status(lstm_dataset_time(quarterly, 0, 4 * 8041, &time), LSTM_E_LIMIT, "row 32164");
    assert_status(lstm_dataset_time(quarterly, 0, INT64_MAX, &time), LSTM_E_LIMIT, "row 9223");
    assert_status(lstm_dataset_time(quarterly, 0, -1, &time), LSTM_E_ARGUMENT, "row is -1");
    assert_int_equal(time, date(2019, 6, 30) + 60);
    lstm_dataset_free(quarterly);
}

static void rows_without_times_have_none(void **fixture)
{
    (void)fixture;
    int64_t time = 0;
    lstm_dataset *d = new_dataset(1, NULL, 0);
    assert_ok(lstm_dataset_add(d, NULL, zeros, 8, INT64_MAX));
    assert_status(lstm_dataset_time(d, 0, 0, &time), LSTM_E_ARGUMENT, "LSTM_STEP_ROWS");
    assert_status(lstm_dataset_split_time(d, 0, 0, 1), LSTM_E_ARGUMENT, "LSTM_STEP_ROWS");
    lstm_dataset_free(d);
}

static void rows_outside_of_the_calendar_are_refused(void **fixture)
{
    (void)fixture;
    const int64_t last_day = date(9999, 12, 31);
    lstm_dataset *daily = new_timed(LSTM_STEP_SECONDS, 86400);
    assert_status(lstm_dataset_add(daily, "x", zeros, 2, last_day), LSTM_E_LIMIT, "row 1");
    assert_status(lstm_dataset_add(daily, "x", zeros, 2, INT64_MIN), LSTM_E_LIMIT, "start");
    assert_status(lstm_dataset_add(daily, "x", zeros, 2, INT64_MAX), LSTM_E_LIMIT, "start");
    assert_ok(lstm_dataset_add(daily, "x", zeros, 2, last_day - 86400));
    assert_status(lstm_dataset_append(daily, 0, zeros, 1), LSTM_E_LIMIT, "row 2");
    assert_int_equal(lstm_dataset_rows(daily, 0), 2);
    lstm_dataset_free(daily);
    lstm_dataset *giant = new_timed(LSTM_STEP_MONTHS, INT64_MAX);
    assert_status(lstm_dataset_add(giant, "x", zeros, 3, 0), LSTM_E_LIMIT, "row 2");
    assert_ok(lstm_dataset_add(giant, "x", zeros, 1, 0));
    lstm_dataset_free(giant);
}

static void only_dates_of_the_calendar_have_a_time(void **fixture)
{
    (void)fixture;
    int64_t time = 77;
    assert_status(lstm_utc_time(&time, 2023, 2, 29, 0), LSTM_E_ARGUMENT, "2023-02-29");
    assert_status(lstm_utc_time(&time, 1900, 2, 29, 0), LSTM_E_ARGUMENT, "1900-02-29");
    assert_status(lstm_utc_time(&time, 0, 1, 1, 0), LSTM_E_ARGUMENT, "0-01-01");
    assert_status(lstm_utc_time(&time, 10000, 1, 1, 0), LSTM_E_ARGUMENT, "10000-01-01");
    assert_status(lstm_utc_time(&time, 2023, 13, 1, 0), LSTM_E_ARGUMENT, "2023-13-01");
    assert_status(lstm_utc_time(&time, 2023, 0, 1, 0), LSTM_E_ARGUMENT, "2023-00-01");
    assert_status(lstm_utc_time(&time, 2023, 4, 31, 0), LSTM_E_ARGUMENT, "2023-04-31");
    assert_status(lstm_utc_time(&time, 2023, 4, 0, 0), LSTM_E_ARGUMENT, "2023-04-00");
    assert_status(lstm_utc_time(&time, 2023, 4, 1, 86400), LSTM_E_ARGUMENT, "second is 86400");
    assert_status(lstm_utc_time(&time, 2023, 4, 1, -1), LSTM_E_ARGUMENT, "second is -1");
    assert_int_equal(time, 77);
    assert_ok(lstm_utc_time(&time, 2000, 2, 29, 86399));
    assert_int_equal(time, 951868799); /* date -u -d '2000-02-29 23:59:59' +%s */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_first_all_rows_are_for_training),
        cmocka_unit_test(a_split_in_rows_is_of_one_series_or_all),
        cmocka_unit_test(fractions_round_to_whole_rows),
        cmocka_unit_test(a_split_by_time_has_the_rows_before_it),
        cmocka_unit_test(rows_have_the_times_of_their_steps),
        cmocka_unit_test(rows_without_times_have_none),
        cmocka_unit_test(rows_outside_of_the_calendar_are_refused),
        cmocka_unit_test(only_dates_of_the_calendar_have_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
