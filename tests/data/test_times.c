/* SPDX-License-Identifier: MIT */
/* Rows that come with times: the step between them, and their places in a series. */
#include "dataset_fixture.h"

#include <lstmts/times.h>

#include <float.h>

enum { HOUR = 3600, DAY = 86400, MOST = 40 };

#define MISSING ((lstm_real)NAN)

static int64_t date(int64_t year, int64_t month, int64_t day)
{
    int64_t time = 0;
    assert_ok(lstm_utc_time(&time, year, month, day, 0));
    return time;
}

/* Dates, year, month and day each, become times. */
static void dates(int64_t *times, const int64_t (*parts)[3], int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        times[i] = date(parts[i][0], parts[i][1], parts[i][2]);
}

static void assert_step(const int64_t *times, int64_t n, int64_t unit, int64_t step)
{
    int64_t found_unit = -7, found = -7;
    assert_ok(lstm_find_step(times, n, &found_unit, &found));
    assert_int_equal(found_unit, unit);
    assert_int_equal(found, step);
}

#define ASSERT_STEP_OF(unit, step, ...)                                                            \
    do {                                                                                           \
        const int64_t parts[][3] = {__VA_ARGS__};                                                  \
        int64_t times[sizeof parts / sizeof *parts];                                               \
        dates(times, parts, sizeof parts / sizeof *parts);                                         \
        assert_step(times, sizeof parts / sizeof *parts, unit, step);                              \
    } while (0)

static lstm_dataset *new_timed(int64_t C, int64_t unit, int64_t step, int64_t missing)
{
    lstm_dataset *d = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = C;
    options.step_unit = unit, options.step = step;
    options.missing = missing;
    assert_ok(lstm_dataset_new(&d, &options));
    return d;
}

static void seconds_have_the_greatest_common_step(void **fixture)
{
    (void)fixture;
    assert_step((int64_t[]){0, HOUR, 2 * HOUR}, 3, LSTM_STEP_SECONDS, HOUR);
    assert_step((int64_t[]){-3 * HOUR, 0, 2 * HOUR}, 3, LSTM_STEP_SECONDS, HOUR);
    assert_step((int64_t[]){0, 2 * HOUR, 4 * HOUR, 8 * HOUR}, 4, LSTM_STEP_SECONDS, 2 * HOUR);
    assert_step((int64_t[]){0, 900, 1801}, 3, LSTM_STEP_SECONDS, 1);
    assert_step((int64_t[]){5, 7 * DAY + 5}, 2, LSTM_STEP_SECONDS, 7 * DAY);
    ASSERT_STEP_OF(LSTM_STEP_SECONDS, DAY, {2024, 2, 28}, {2024, 2, 29}, {2024, 3, 2});
    ASSERT_STEP_OF(LSTM_STEP_SECONDS, 28 * DAY, {2023, 1, 2}, {2023, 1, 30}, {2023, 2, 27});
    assert_step((int64_t[]){date(1, 1, 1), date(9999, 12, 31)}, 2, LSTM_STEP_SECONDS,
                date(9999, 12, 31) - date(1, 1, 1));
}

static void months_quarters_and_years_are_steps_in_months(void **fixture)
{
    (void)fixture;
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 1, {2023, 12, 1}, {2024, 1, 1}, {2024, 2, 1});
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 1, {2024, 1, 15}, {2024, 3, 15}, {2024, 4, 15});
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 3, {2023, 10, 1}, {2024, 1, 1}, {2024, 7, 1});
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 12, {2023, 1, 1}, {2024, 1, 1}, {2026, 1, 1});
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 12, {1, 1, 1}, {9998, 1, 1}, {9999, 1, 1});
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 12, {2023, 2, 28}, {2024, 2, 29}, {2025, 2, 28});
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 48, {2020, 2, 29}, {2024, 2, 29});
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 1, {2023, 1, 31}, {2023, 2, 28}, {2023, 3, 31});
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 1, {2023, 4, 30}, {2023, 5, 31}, {2023, 6, 30});
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 1, {2023, 4, 30}, {2023, 5, 30}, {2023, 6, 30});
    ASSERT_STEP_OF(LSTM_STEP_MONTHS, 1, {2023, 1, 30}, {2023, 2, 28}, {2023, 3, 30});
}

static void other_days_of_a_month_are_no_months(void **fixture)
{
    (void)fixture;
    ASSERT_STEP_OF(LSTM_STEP_SECONDS, DAY, {2023, 1, 1}, {2023, 2, 1}, {2023, 3, 2});
    ASSERT_STEP_OF(LSTM_STEP_SECONDS, DAY, {2023, 1, 30}, {2023, 2, 28}, {2023, 3, 31});
    ASSERT_STEP_OF(LSTM_STEP_SECONDS, 2 * DAY, {2023, 4, 30}, {2023, 5, 30}, {2023, 7, 31});
    int64_t times[3] = {date(2023, 1, 1), date(2023, 2, 1) + HOUR, date(2023, 3, 1)};
    assert_step(times, 3, LSTM_STEP_SECONDS, HOUR);
}

static void times_without_a_step_are_refused(void **fixture)
{
    (void)fixture;
    const int64_t same[3] = {0, HOUR, HOUR}, back[3] = {0, HOUR, HOUR - 1};
    const int64_t early[2] = {date(1, 1, 1) - 1, 0}, late[2] = {0, date(9999, 12, 31) + DAY};
    int64_t unit = -7, step = -7;
    assert_status(lstm_find_step(NULL, 2, &unit, &step), LSTM_E_ARGUMENT, "times is NULL");
    assert_status(lstm_find_step(same, 2, NULL, &step), LSTM_E_ARGUMENT, "step_unit is NULL");
    assert_status(lstm_find_step(same, 2, &unit, NULL), LSTM_E_ARGUMENT, "step is NULL");
    assert_status(lstm_find_step(same, 1, &unit, &step), LSTM_E_ARGUMENT, "n_row is 1");
    assert_status(lstm_find_step(same, -1, &unit, &step), LSTM_E_ARGUMENT, "n_row is -1");
    assert_status(lstm_find_step(same, 3, &unit, &step), LSTM_E_ARGUMENT,
                  "row 2 has time 1970-01-01 01:00:00, row 1 before it 1970-01-01 01:00:00: a "
                  "duplicate");
    assert_status(lstm_find_step(back, 3, &unit, &step), LSTM_E_ARGUMENT,
                  "row 2 has time 1970-01-01 00:59:59, row 1 before it 1970-01-01 01:00:00: not in "
                  "order");
    assert_status(lstm_find_step(early, 2, &unit, &step), LSTM_E_LIMIT, "row 0 has time -6213559");
    assert_status(lstm_find_step(late, 2, &unit, &step), LSTM_E_LIMIT, "row 1 has time 25340230");
    assert_int_equal(unit, -7);
    assert_int_equal(step, -7);
}

static void rows_without_gaps_are_those_of_lstm_dataset_add(void **fixture)
{
    (void)fixture;
    const lstm_real rows[6] = {1, 2, 3, 4, 5, 6};
    const double doubles[6] = {1, 2, 3, 4, 5, 6};
    const int64_t times[3] = {7, HOUR + 7, 2 * HOUR + 7};
    lstm_dataset *d = new_timed(2, LSTM_STEP_SECONDS, HOUR, LSTM_MISSING_REFUSE);
    int64_t time = 0;
    assert_ok(lstm_dataset_add_times(d, "a", times, rows, 3));
    assert_ok(lstm_dataset_add_times_double(d, NULL, times, doubles, 3));
    assert_ok(lstm_dataset_add_times(d, NULL, times + 2, rows, 1));
    assert_string_equal(lstm_dataset_name(d, 0), "a");
    assert_string_equal(lstm_dataset_name(d, 1), "1");
    for (int64_t s = 0; s < 2; s++) {
        assert_int_equal(lstm_dataset_rows(d, s), 3);
        assert_values(lstm_dataset_data(d, s), rows, 6);
        assert_ok(lstm_dataset_time(d, s, 2, &time));
        assert_int_equal(time, times[2]);
    }
    assert_int_equal(lstm_dataset_rows(d, 2), 1);
    assert_ok(lstm_dataset_time(d, 2, 0, &time));
    assert_int_equal(time, times[2]);
    lstm_dataset_free(d);
}

static void gaps_become_missing_rows(void **fixture)
{
    (void)fixture;
    const lstm_real rows[8] = {1, 2, 3, MISSING, 5, 6, 7, 8};
    const double doubles[8] = {1, 2, 3, (double)NAN, 5, 6, 7, 8};
    const int64_t times[4] = {0, 2 * HOUR, 3 * HOUR, 6 * HOUR}; /* the first gap is after row 0 */
    const lstm_real filled[14] = {1, 2,       MISSING, MISSING, 3,       MISSING, 5,
                                  6, MISSING, MISSING, MISSING, MISSING, 7,       8};
    lstm_dataset *d = new_timed(2, LSTM_STEP_SECONDS, HOUR, LSTM_MISSING_MASK);
    assert_ok(lstm_dataset_add_times(d, NULL, times, rows, 4));
    assert_ok(lstm_dataset_add_times_double(d, NULL, times, doubles, 4));
    for (int64_t s = 0; s < 2; s++) {
        assert_int_equal(lstm_dataset_rows(d, s), 7);
        assert_values(lstm_dataset_data(d, s), filled, 14);
        assert_false(lstm_dataset_observed(d, s, 1, 0));
        assert_true(lstm_dataset_observed(d, s, 2, 0));
    }
    lstm_dataset_free(d);
}

static void gaps_are_filled_by_the_policy(void **fixture)
{
    (void)fixture;
    const lstm_real rows[3] = {1, 4, 6}, filled[6] = {1, 2, 3, 4, 5, 6};
    const int64_t times[3] = {0, 3 * DAY, 5 * DAY};
    lstm_dataset *d = new_timed(1, LSTM_STEP_SECONDS, DAY, LSTM_MISSING_LINEAR);
    assert_ok(lstm_dataset_add_times(d, NULL, times, rows, 3));
    assert_int_equal(lstm_dataset_rows(d, 0), 6);
    for (int64_t row = 0; row < 6; row++)
        assert_float_equal(lstm_dataset_data(d, 0)[row], filled[row], 1e-6);
    assert_false(lstm_dataset_observed(d, 0, 1, 0));
    lstm_dataset_free(d);
}

/* Rows 1, 2, ... of these dates lie in the rows `places`; the others are missing. */
static void assert_months(const int64_t (*parts)[3], const int64_t *places, int64_t n, int64_t step)
{
    int64_t times[MOST];
    lstm_real rows[MOST], expected[MOST];
    dates(times, parts, n);
    for (int64_t row = 0; row < MOST; row++)
        expected[row] = MISSING;
    for (int64_t i = 0; i < n; i++)
        expected[places[i]] = rows[i] = (lstm_real)(i + 1);
    lstm_dataset *d = new_timed(1, LSTM_STEP_MONTHS, step, LSTM_MISSING_MASK);
    assert_ok(lstm_dataset_add_times(d, NULL, times, rows, n));
    assert_int_equal(lstm_dataset_rows(d, 0), places[n - 1] + 1);
    assert_values(lstm_dataset_data(d, 0), expected, places[n - 1] + 1);
    lstm_dataset_free(d);
}

static void months_are_placed_by_their_number(void **fixture)
{
    (void)fixture;
    const int64_t first_days[][3] = {{2023, 1, 1}, {2023, 2, 1}, {2023, 4, 1}};
    const int64_t last_days[][3] = {{2023, 1, 31}, {2023, 2, 28}, {2024, 2, 29}};
    const int64_t from_february[][3] = {{2023, 2, 28}, {2023, 3, 31}, {2023, 6, 30}};
    const int64_t quarters[][3] = {{2023, 1, 1}, {2023, 7, 1}, {2023, 10, 1}};
    const int64_t leap_days[][3] = {{2020, 2, 29}, {2021, 2, 28}, {2024, 2, 29}};
    const int64_t last_year[][3] = {{9999, 9, 1}, {9999, 12, 1}}, first_year[][3] = {{1, 1, 1}};
    assert_months(first_days, (int64_t[]){0, 1, 3}, 3, 1);
    assert_months(last_days, (int64_t[]){0, 1, 13}, 3, 1);
    assert_months(from_february, (int64_t[]){0, 1, 4}, 3, 1);
    assert_months(quarters, (int64_t[]){0, 2, 3}, 3, 3);
    assert_months(leap_days, (int64_t[]){0, 1, 4}, 3, 12);
    assert_months(last_year, (int64_t[]){0, 3}, 2, 1);
    assert_months(first_year, (int64_t[]){0}, 1, 12);
}

static void times_off_the_grid_are_refused(void **fixture)
{
    (void)fixture;
    const lstm_real rows[4] = {1, 2, 3, 4};
    const int64_t off[3] = {0, HOUR, 2 * HOUR + 60}, same[3] = {0, HOUR, HOUR};
    const int64_t back[3] = {0, 2 * HOUR, HOUR}, late[2] = {0, INT64_MAX};
    lstm_dataset *d = new_timed(1, LSTM_STEP_SECONDS, HOUR, LSTM_MISSING_MASK);
    assert_status(lstm_dataset_add_times(d, "meter 7", off, rows, 3), LSTM_E_ARGUMENT,
                  "series \"meter 7\", row 2 has time 1970-01-01 02:01:00, which is not on the "
                  "grid of 3600 seconds from row 0, 1970-01-01 00:00:00");
    assert_status(lstm_dataset_add_times(d, NULL, same, rows, 3), LSTM_E_ARGUMENT,
                  "series \"0\", row 2 has time 1970-01-01 01:00:00, row 1 before it");
    assert_status(lstm_dataset_add_times(d, NULL, back, rows, 3), LSTM_E_ARGUMENT, "not in order");
    assert_status(lstm_dataset_add_times(d, NULL, late, rows, 2), LSTM_E_LIMIT,
                  "series \"0\", row 1 has time 9223372036854775807");
    assert_int_equal(lstm_dataset_series(d), 0);
    lstm_dataset_free(d);
    int64_t times[3];
    d = new_timed(1, LSTM_STEP_MONTHS, 3, LSTM_MISSING_MASK);
    dates(times, (const int64_t[][3]){{2023, 1, 1}, {2023, 4, 1}, {2023, 8, 1}}, 3);
    assert_status(lstm_dataset_add_times(d, NULL, times, rows, 3), LSTM_E_ARGUMENT,
                  "row 2 has time 2023-08-01 00:00:00, which is not on the grid of 3 months");
    dates(times, (const int64_t[][3]){{2023, 1, 1}, {2023, 4, 2}, {2023, 7, 1}}, 3);
    assert_status(lstm_dataset_add_times(d, NULL, times, rows, 3), LSTM_E_ARGUMENT, "row 1 has");
    dates(times, (const int64_t[][3]){{2023, 1, 31}, {2023, 4, 30}, {2023, 7, 30}}, 3);
    assert_status(lstm_dataset_add_times(d, NULL, times, rows, 3), LSTM_E_ARGUMENT, "row 2 has");
    assert_int_equal(lstm_dataset_series(d), 0);
    lstm_dataset_free(d);
}

static void long_gaps_are_refused(void **fixture)
{
    (void)fixture;
    const lstm_real rows[3] = {1, 2, 3};
    lstm_dataset *d = new_timed(1, LSTM_STEP_SECONDS, DAY, LSTM_MISSING_MASK);
    int64_t times[3] = {0, DAY, INT64_C(1033) * DAY}; /* 10 * 3 + 1000 + 1 rows are missing */
    assert_status(lstm_dataset_add_times(d, NULL, times, rows, 3), LSTM_E_LIMIT,
                  "series \"0\" has 3 rows and lacks 1031, of which 1031 before row 2, 1972-10-30");
    times[2] -= DAY;
    assert_ok(lstm_dataset_add_times(d, NULL, times, rows, 3));
    assert_int_equal(lstm_dataset_rows(d, 0), 1033);
    times[2] = date(9999, 12, 31);
    assert_status(lstm_dataset_add_times(d, NULL, times, rows, 3), LSTM_E_LIMIT, "9999-12-31");
    lstm_dataset_free(d);
    d = new_timed(1, LSTM_STEP_SECONDS, DAY, LSTM_MISSING_REFUSE);
    times[1] = 4 * DAY, times[2] = 5 * DAY;
    assert_status(lstm_dataset_add_times(d, "x", times, rows, 3), LSTM_E_NUMERIC,
                  "series \"x\": 3 rows are missing before row 1, 1970-01-05 00:00:00, and "
                  "`missing` is LSTM_MISSING_REFUSE; LSTM_MISSING_MASK takes them");
    lstm_dataset_free(d);
}

static void wrong_use_leaves_the_data_set_as_it_was(void **fixture)
{
    (void)fixture;
    const lstm_real rows[2] = {1, 2}, infinite[2] = {1, (lstm_real)INFINITY};
    const double doubles[2] = {1, DBL_MAX};
    const int64_t times[2] = {0, 2 * HOUR}, close[2] = {0, HOUR};
    lstm_dataset *d = new_timed(1, LSTM_STEP_SECONDS, HOUR, LSTM_MISSING_MASK);
    assert_status(lstm_dataset_add_times(NULL, NULL, times, rows, 2), LSTM_E_ARGUMENT, "dataset");
    assert_status(lstm_dataset_add_times(d, NULL, NULL, rows, 2), LSTM_E_ARGUMENT, "times is NULL");
    assert_status(lstm_dataset_add_times(d, NULL, times, NULL, 2), LSTM_E_ARGUMENT, "rows is NULL");
    assert_status(lstm_dataset_add_times_double(NULL, NULL, times, doubles, 2), LSTM_E_ARGUMENT,
                  "dataset is NULL");
    assert_status(lstm_dataset_add_times_double(d, NULL, NULL, doubles, 2), LSTM_E_ARGUMENT,
                  "times is NULL");
    assert_status(lstm_dataset_add_times_double(d, NULL, times, NULL, 2), LSTM_E_ARGUMENT,
                  "rows is NULL");
    assert_status(lstm_dataset_add_times(d, "x", times, rows, 0), LSTM_E_ARGUMENT,
                  "n_row of series \"x\" is 0");
    assert_status(lstm_dataset_add_times(d, "x", times, rows, INT64_MAX), LSTM_E_LIMIT,
                  "9223372036854775807 rows and 1 columns");
    assert_status(lstm_dataset_add_times(d, NULL, times, infinite, 2), LSTM_E_NUMERIC,
                  "series \"0\", row 1, column 0 (0) is inf");
    assert_status(lstm_dataset_add_times(d, NULL, close, infinite, 2), LSTM_E_NUMERIC,
                  "series \"0\", row 1, column 0 (0) is inf");
    if (sizeof(lstm_real) == sizeof(float))
        assert_status(lstm_dataset_add_times_double(d, NULL, times, doubles, 2), LSTM_E_NUMERIC,
                      "row 1, column 0 (0) is 1.79769e+308");
    assert_status(lstm_dataset_add_times(d, "\n", times, rows, 2), LSTM_E_ARGUMENT, "control");
    assert_int_equal(lstm_dataset_series(d), 0);
    lstm_dataset_free(d);
    d = new_timed(1, LSTM_STEP_ROWS, 1, LSTM_MISSING_MASK);
    assert_status(lstm_dataset_add_times(d, NULL, times, rows, 2), LSTM_E_ARGUMENT,
                  "step_unit is LSTM_STEP_ROWS");
    lstm_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_have_the_greatest_common_step),
        cmocka_unit_test(months_quarters_and_years_are_steps_in_months),
        cmocka_unit_test(other_days_of_a_month_are_no_months),
        cmocka_unit_test(times_without_a_step_are_refused),
        cmocka_unit_test(rows_without_gaps_are_those_of_lstm_dataset_add),
        cmocka_unit_test(gaps_become_missing_rows),
        cmocka_unit_test(gaps_are_filled_by_the_policy),
        cmocka_unit_test(months_are_placed_by_their_number),
        cmocka_unit_test(times_off_the_grid_are_refused),
        cmocka_unit_test(long_gaps_are_refused),
        cmocka_unit_test(wrong_use_leaves_the_data_set_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
