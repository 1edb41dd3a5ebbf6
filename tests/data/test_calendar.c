/* SPDX-License-Identifier: MIT */
/* Calendar columns, and the values of all columns. */
#include "assert_close.h"
#include "data/calendar.h"
#include "data/civil.h"
#include "dataset_fixture.h"
#include "failing_allocator.h"

enum { CYCLES = 15, WORKDAY = 16, HOLIDAY = 32, ALL = 63 };

/* Sine and cosine of hour, weekday, day of year and month, and 1 from Monday to Friday, as computed
 * with Python's datetime and math. */
static const struct {
    int64_t time;
    double values[9];
} moments[] = {
    {INT64_C(-2208988800), {0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1}},
    {INT64_C(1709251199),
     {-7.27220521020543e-05, 0.9999999973557515, 0.43388373911755823, -0.900968867902419,
      0.848351197812304, 0.5294338912181852, 0.49999999999999994, 0.8660254037844387, 1}},
    {INT64_C(1735646400),
     {1.2246467991473532e-16, -1.0, 0.7818314824680298, 0.6234898018587336, -0.017166329754707492,
      0.9998526477050269, -0.5000000000000004, 0.8660254037844384, 1}},
    {INT64_C(1704002400),
     {1.0, 6.123233995736766e-17, -0.7818314824680299, 0.6234898018587334, -0.01721335615583528,
      0.9998518392091162, -0.5000000000000004, 0.8660254037844384, 0}},
    {INT64_C(7289650800),
     {-0.2588190451025207, 0.9659258262890683, 0.9749279121818236, -0.22252093395631434,
      -0.01721335615583528, 0.9998518392091162, -0.5000000000000004, 0.8660254037844384, 1}},
    {INT64_C(0), {0.0, 1.0, 0.43388373911755823, -0.900968867902419, 0.0, 1.0, 0.0, 1.0, 1}},
    {INT64_C(-19800),
     {-0.9914448613738105, 0.13052619222005127, 0.9749279121818236, -0.22252093395631434,
      -0.01721335615583528, 0.9998518392091162, -0.5000000000000004, 0.8660254037844384, 1}},
    {INT64_C(-1966102497),
     {0.9153993230333209, 0.40254699028826146, -0.433883739117558, -0.9009688679024191,
      -0.9483615800121716, -0.31719128858910595, -0.8660254037844384, -0.5000000000000004, 1}},
    {INT64_C(2450500957),
     {0.9827610047670234, -0.18488052225507814, 0.7818314824680298, 0.6234898018587336,
      -0.8165380514459157, -0.5772916165517278, -0.5000000000000001, -0.8660254037844386, 1}},
    {INT64_C(1379451556),
     {-0.7093657367358102, 0.70484058590951, 0.7818314824680298, 0.6234898018587336,
      -0.9679377830240641, -0.25119006388481957, -0.8660254037844384, -0.5000000000000004, 1}},
    {INT64_C(3409414520),
     {-0.9147247398859675, 0.4040775299871909, -0.433883739117558, -0.9009688679024191,
      0.2219215130041655, 0.9750645322571948, 0.0, 1.0, 1}},
    {INT64_C(393521582),
     {-0.8013408270015274, -0.5982080565994645, 0.0, 1.0, 0.19667288979357647, -0.980469160361632,
      0.49999999999999994, -0.8660254037844387, 1}},
};

static void the_columns_are_those_of_python(void **fixture)
{
    (void)fixture;
    lts_calendar calendar;
    assert_ok(lts_calendar_init(&calendar, CYCLES + WORKDAY, NULL, 0));
    assert_int_equal(calendar.n_column, 9);
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        lstm_real got[LTS_CALENDAR_COLUMNS];
        lts_calendar_row(&calendar, moments[i].time, got);
        for (int64_t c = 0; c < 9; c++)
            assert_close("calendar", lts_calendar_name(&calendar, c), (int64_t)i, (double)got[c],
                         moments[i].values[c], TOLERANCE);
    }
    lts_calendar_clear(&calendar);
}

static void each_choice_of_features_has_their_columns(void **fixture)
{
    (void)fixture;
    static const char *const names[LTS_CALENDAR_COLUMNS] = {
        "hour_sin",    "hour_cos",  "weekday_sin", "weekday_cos", "yearday_sin",
        "yearday_cos", "month_sin", "month_cos",   "workday",     "holiday"};
    const int64_t new_year = 0;
    lts_calendar all;
    lstm_real every[LTS_CALENDAR_COLUMNS];
    assert_ok(lts_calendar_init(&all, ALL, &new_year, 1));
    lts_calendar_row(&all, moments[1].time, every);
    for (int64_t features = 1; features <= ALL; features++) {
        lts_calendar some;
        lstm_real got[LTS_CALENDAR_COLUMNS];
        int64_t n = 0;
        assert_ok(lts_calendar_init(&some, features, &new_year, 1));
        lts_calendar_row(&some, moments[1].time, got);
        for (int64_t c = 0; c < LTS_CALENDAR_COLUMNS; c++)
            if ((features >> (c < 8 ? c / 2 : c - 4) & 1) != 0) {
                assert_string_equal(lts_calendar_name(&some, n), names[c]);
                assert_true(got[n++] == every[c]);
            }
        assert_int_equal(some.n_column, n);
        lts_calendar_clear(&some);
    }
    lts_calendar_clear(&all);
}

static void holidays_are_whole_days_and_no_workdays(void **fixture)
{
    (void)fixture;
    const int64_t DAY = LTS_DAY_SECONDS;
    /* unordered, before 1970 too: a Monday, a Wednesday, a Thursday, a Saturday */
    const int64_t holidays[4] = {4 * DAY + 3600, -DAY, 0, 2 * DAY + DAY - 1};
    lts_calendar calendar;
    assert_ok(lts_calendar_init(&calendar, WORKDAY + HOLIDAY, holidays, 4));
    for (int64_t second = -5 * DAY; second < 9 * DAY; second += 1800) {
        lstm_real got[LTS_CALENDAR_COLUMNS];
        int64_t day = (second + 5 * DAY) / DAY - 5;
        bool holiday = day == 4 || day == -1 || day == 0 || day == 2;
        bool weekend = day == 2 || day == 3 || day == -5 || day == -4; /* day 0 is a Thursday */
        lts_calendar_row(&calendar, second, got);
        assert_true(got[0] == (!weekend && !holiday));
        assert_true(got[1] == holiday);
    }
    lts_calendar_clear(&calendar);
}

static lstm_dataset *new_hourly(const char *const *names)
{
    lstm_dataset *d = NULL;
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 2;
    options.names = names;
    options.roles = roles;
    options.step_unit = LSTM_STEP_SECONDS;
    options.step = 3600;
    assert_ok(lstm_dataset_new(&d, &options));
    return d;
}

static void calendar_columns_follow_the_stored_ones(void **fixture)
{
    (void)fixture;
    const lstm_real rows[4] = {1, 10, 2, 20}, future[4] = {0, 30, 0, 40};
    lstm_dataset *d = new_hourly(NULL);
    assert_ok(lstm_dataset_add(d, "x", rows, 2, 3600));
    assert_ok(lstm_dataset_set_future(d, 0, future, 2));
    assert_ok(lstm_dataset_add_calendar(d, LSTM_CALENDAR_HOUR, NULL, 0));
    assert_int_equal(lstm_dataset_columns(d), 4);
    assert_int_equal(lstm_dataset_width(d), 2);
    assert_int_equal(lstm_dataset_inputs(d), 4);
    assert_int_equal(lstm_dataset_targets(d), 1);
    assert_int_equal(lstm_dataset_find_column(d, "hour_cos"), 3);
    assert_int_equal(lstm_dataset_role(d, 3), LSTM_ROLE_KNOWN);
    assert_string_equal(lstm_dataset_column_name(d, 2), "hour_sin");
    for (int64_t row = 0; row < 100; row++) {
        lstm_real value = -7;
        assert_ok(lstm_dataset_value(d, 0, row, 3, &value));
        assert_close("hour", "cos", row, (double)value,
                     cos(6.283185307179586 * (double)(row + 1) / 24), TOLERANCE);
        if (row < 4) {
            assert_ok(lstm_dataset_value(d, 0, row, 1, &value));
            assert_true(value == (lstm_real)(10 * (row + 1)));
        }
        assert_int_equal(lstm_dataset_observed(d, 0, row, 2), row < 4);
    }
    lstm_dataset_free(d);
}

static void values_that_are_not_there_are_refused(void **fixture)
{
    (void)fixture;
    const lstm_real rows[4] = {1, 10, 2, 20}, future[4] = {0, 30, 0, 40};
    lstm_real value = -7;
    lstm_dataset *d = new_hourly(NULL);
    assert_ok(lstm_dataset_add(d, "x", rows, 2, 3600));
    assert_ok(lstm_dataset_set_future(d, 0, future, 2));
    assert_ok(lstm_dataset_add_calendar(d, LSTM_CALENDAR_HOUR, NULL, 0));
    assert_status(lstm_dataset_value(d, 0, 2, 0, &value), LSTM_E_SHAPE,
                  "series \"x\", column 0 (0) has 2 rows, row is 2");
    assert_status(lstm_dataset_value(d, 0, 4, 1, &value), LSTM_E_SHAPE, "has 4 rows, row is 4");
    assert_status(lstm_dataset_value(d, 0, INT64_MAX, 2, &value), LSTM_E_LIMIT, "row 9223");
    assert_status(lstm_dataset_value(d, 0, -1, 2, &value), LSTM_E_ARGUMENT, "row is -1");
    assert_status(lstm_dataset_value(d, 0, 0, 4, &value), LSTM_E_ARGUMENT, "column is 4");
    assert_status(lstm_dataset_value(d, 0, 0, -1, &value), LSTM_E_ARGUMENT, "column is -1");
    assert_status(lstm_dataset_value(d, 1, 0, 0, &value), LSTM_E_ARGUMENT, "series is 1");
    assert_true(value == -7);
    lstm_dataset_free(d);
}

static void wrong_calendars_are_refused(void **fixture)
{
    (void)fixture;
    static const char *const names[2] = {"load", "month_cos"};
    const int64_t late = INT64_MAX, day = 0;
    lstm_dataset *d = new_hourly(names), *timeless = new_dataset(1, NULL, 0);
    assert_status(lstm_dataset_add_calendar(timeless, 1, NULL, 0), LSTM_E_ARGUMENT,
                  "LSTM_STEP_ROWS");
    assert_status(lstm_dataset_add_calendar(d, 0, NULL, 0), LSTM_E_ARGUMENT, "features is 0");
    assert_status(lstm_dataset_add_calendar(d, 64, NULL, 0), LSTM_E_ARGUMENT, "features is 64");
    assert_status(lstm_dataset_add_calendar(d, 1, &day, -1), LSTM_E_ARGUMENT, "n_holiday is -1");
    assert_status(lstm_dataset_add_calendar(d, 1, NULL, 1), LSTM_E_ARGUMENT, "holidays is NULL");
    assert_status(lstm_dataset_add_calendar(d, HOLIDAY, NULL, 0), LSTM_E_ARGUMENT, "n_holiday");
    assert_status(lstm_dataset_add_calendar(d, 1, &late, 1), LSTM_E_ARGUMENT, "holiday 0 is 9223");
    assert_status(lstm_dataset_add_calendar(d, CYCLES, &day, 1), LSTM_E_ARGUMENT,
                  "\"month_cos\", is that of column 1");
    assert_int_equal(lstm_dataset_columns(d), 2);
    assert_int_equal(lstm_dataset_find_column(d, "month_cos"), 1);
    assert_ok(lstm_dataset_add_calendar(d, LSTM_CALENDAR_WORKDAY, NULL, 0));
    assert_status(lstm_dataset_add_calendar(d, 1, NULL, 0), LSTM_E_ORDER, "already");
    assert_int_equal(lstm_dataset_columns(d), 3);
    lstm_dataset_free(timeless);
    lstm_dataset_free(d);
}

static lstm_status make_with_calendar(void *context)
{
    (void)context;
    const int64_t days[2] = {0, 86400};
    lstm_dataset *d = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 1;
    options.step_unit = LSTM_STEP_SECONDS;
    lstm_status status = lstm_dataset_new(&d, &options);
    if (status >= 0)
        status = lstm_dataset_add_calendar(d, ALL, days, 2);
    lstm_dataset_free(d);
    return status;
}

static void exhausted_memory_is_reported_and_nothing_is_lost(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    assert_true(failing_allocator_sweep(&memory, make_with_calendar, NULL) >= 10);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_columns_are_those_of_python),
        cmocka_unit_test(each_choice_of_features_has_their_columns),
        cmocka_unit_test(holidays_are_whole_days_and_no_workdays),
        cmocka_unit_test(calendar_columns_follow_the_stored_ones),
        cmocka_unit_test(values_that_are_not_there_are_refused),
        cmocka_unit_test(wrong_calendars_are_refused),
        cmocka_unit_test(exhausted_memory_is_reported_and_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
