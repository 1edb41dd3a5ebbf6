/* SPDX-License-Identifier: MIT */
/* Civil time against the dates that Python's datetime 3.11 gives. */
#include "assert_status.h"
#include "data/civil.h"

#include <lstmts/dataset.h>

static const struct {
    int64_t time;
    lts_civil civil;
    int weekday;
} dates[] = {
    {INT64_C(-62135596800), {1, 1, 1, 0}, 0},
    {INT64_C(253402300799), {9999, 12, 31, 86399}, 4},
    {INT64_C(-2203891201), {1900, 2, 28, 86399}, 2},
    {INT64_C(-2203891200), {1900, 3, 1, 0}, 3},
    {INT64_C(-1), {1969, 12, 31, 86399}, 2},
    {INT64_C(0), {1970, 1, 1, 0}, 3},
    {INT64_C(951825600), {2000, 2, 29, 43200}, 1},
    {INT64_C(978220801), {2000, 12, 31, 1}, 6},
    {INT64_C(4107456000), {2100, 2, 28, 0}, 6},
    {INT64_C(4107542400), {2100, 3, 1, 0}, 0},
    {INT64_C(1709188200), {2024, 2, 29, 23400}, 3},
    {INT64_C(1677628800), {2023, 3, 1, 0}, 2},
    {INT64_C(7289650800), {2200, 12, 31, 82800}, 2},
    {INT64_C(6958035829), {2190, 6, 28, 71029}, 0},
    {INT64_C(1071398212), {2003, 12, 14, 38212}, 6},
    {INT64_C(-1113475652), {1934, 9, 19, 47548}, 2},
    {INT64_C(4016527907), {2097, 4, 11, 51107}, 3},
    {INT64_C(4884549019), {2124, 10, 14, 11419}, 5},
    {INT64_C(1178552214), {2007, 5, 7, 56214}, 0},
    {INT64_C(2489102348), {2048, 11, 16, 4748}, 0},
    {INT64_C(5675562290), {2149, 11, 7, 32690}, 4},
    {INT64_C(6389991206), {2172, 6, 28, 20006}, 6},
    {INT64_C(3998901933), {2096, 9, 19, 50733}, 2},
    {INT64_C(1850917922), {2028, 8, 26, 57122}, 5},
    {INT64_C(5957579961), {2158, 10, 15, 40761}, 6},
    {INT64_C(-2077605796), {1904, 3, 1, 55004}, 1},
    {INT64_C(6490234937), {2175, 9, 1, 39737}, 4},
    {INT64_C(116360094), {1973, 9, 8, 65694}, 5},
    {INT64_C(6505675015), {2176, 2, 27, 14215}, 1},
    {INT64_C(3087068601), {2067, 10, 28, 83001}, 4},
    {INT64_C(2178276085), {2039, 1, 10, 45685}, 0},
    {INT64_C(549644499), {1987, 6, 2, 54099}, 1},
    {INT64_C(7179407111), {2197, 7, 3, 85511}, 0},
    {INT64_C(5779420733), {2153, 2, 21, 38333}, 2},
    {INT64_C(6900164208), {2188, 8, 28, 1008}, 3},
    {INT64_C(669951690), {1991, 3, 26, 6090}, 1},
    {INT64_C(3388936349), {2077, 5, 22, 69149}, 5},
    {INT64_C(5876196932), {2156, 3, 17, 46532}, 2},
    {INT64_C(4256155973), {2104, 11, 15, 5573}, 5},
    {INT64_C(2234265815), {2040, 10, 19, 48215}, 4},
};

static void times_and_dates_are_those_of_python(void **fixture)
{
    (void)fixture;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        lts_civil civil = lts_civil_of(dates[i].time);
        assert_memory_equal(&civil, &dates[i].civil, sizeof civil);
        assert_int_equal(lts_time_of(&civil), dates[i].time);
        assert_int_equal(lts_weekday_of(lts_day_of_time(dates[i].time)), dates[i].weekday);
    }
}

/*
 * Every day from 1900-01-01 to 2200-12-31. Expected is what this prints, modulo 2^64:
 *
 *     d, sum = date(1900, 1, 1), 0
 *     while d <= date(2200, 12, 31):
 *         sum = sum * 1000003 + (d.year * 10000 + d.month * 100 + d.day) * 10 + d.weekday()
 *         d += timedelta(days=1)
 */
static void the_days_of_300_years_are_those_of_python(void **fixture)
{
    (void)fixture;
    uint64_t sum = 0;
    for (int64_t i = 0; i < 109938; i++) {
        int64_t day = -25567 + i;
        lts_civil civil = lts_civil_of(day * LTS_DAY_SECONDS);
        assert_int_equal(lts_days_of(civil.year, civil.month, civil.day), day);
        int64_t number = civil.year * 10000 + civil.month * 100 + civil.day;
        sum = sum * 1000003 + (uint64_t)(number * 10 + lts_weekday_of(day));
    }
    assert_true(sum == UINT64_C(17759016861375981296));
}

static void every_day_of_all_years_follows_the_one_before(void **fixture)
{
    (void)fixture;
    lts_civil before = lts_civil_of(LTS_FIRST_TIME);
    int64_t n_day = (LTS_LAST_TIME + 1 - LTS_FIRST_TIME) / LTS_DAY_SECONDS;
    for (int64_t i = 1; i < n_day; i++) {
        lts_civil civil = lts_civil_of(LTS_FIRST_TIME + i * LTS_DAY_SECONDS + i % LTS_DAY_SECONDS);
        bool month_ends = before.day == lts_days_in_month(before.year, before.month);
        bool year_ends = month_ends && before.month == 12;
        if (civil.day != (month_ends ? 1 : before.day + 1) ||
            civil.month != (year_ends ? 1 : before.month + month_ends) ||
            civil.year != before.year + year_ends || civil.second != i % LTS_DAY_SECONDS)
            fail_msg("day %d is wrong", (int)i);
        before = civil;
    }
    assert_int_equal(before.year * 10000 + before.month * 100 + before.day, 99991231);
}

static void months_of_every_length_keep_the_day_of_the_start(void **fixture)
{
    (void)fixture;
    for (int64_t day = 1; day <= 31; day++) {
        const lts_civil start = {1899, 1, day, 12345};
        for (int64_t row = 0; row < 1200; row++) {
            int64_t time = 0, month = row % 12 + 1, year = 1899 + row / 12;
            assert_true(lts_time_of_row(LSTM_STEP_MONTHS, 1, lts_time_of(&start), row, &time));
            lts_civil civil = lts_civil_of(time);
            int64_t last = lts_days_in_month(year, month);
            const lts_civil want = {year, month, day < last ? day : last, 12345};
            assert_memory_equal(&civil, &want, sizeof civil);
        }
    }
}

static void times_outside_of_the_years_1_to_9999_are_none(void **fixture)
{
    (void)fixture;
    int64_t time = 5;
    assert_true(lts_time_of_row(LSTM_STEP_SECONDS, 1, LTS_LAST_TIME - 3, 3, &time));
    assert_true(time == LTS_LAST_TIME);
    assert_false(lts_time_of_row(LSTM_STEP_SECONDS, 1, LTS_LAST_TIME - 3, 4, &time));
    assert_false(lts_time_of_row(LSTM_STEP_MONTHS, 12, LTS_LAST_TIME, 1, &time));
    assert_false(lts_time_of_row(LSTM_STEP_MONTHS, INT64_MAX, 0, 1, &time));
    assert_false(lts_time_of_row(LSTM_STEP_SECONDS, INT64_MAX, 0, INT64_MAX, &time));
    assert_false(lts_time_of_row(LSTM_STEP_MONTHS, 3, 0, INT64_MAX, &time));
    assert_true(time == LTS_LAST_TIME);
}

/* Steps of seconds and of months, from days that not every month has. */
static void a_time_has_the_row_that_is_not_before_it(void **fixture)
{
    (void)fixture;
    const lts_civil start = {1999, 12, 31, 3600};
    const struct {
        int64_t unit, step;
    } steps[] = {{LSTM_STEP_SECONDS, 60},
                 {LSTM_STEP_SECONDS, 3600},
                 {LSTM_STEP_MONTHS, 1},
                 {LSTM_STEP_MONTHS, 12}};
    for (int i = 0; i < 4; i++)
        for (int64_t row = 0; row < 200; row++) {
            int64_t time, first = lts_time_of(&start);
            assert_true(lts_time_of_row(steps[i].unit, steps[i].step, first, row, &time));
#define ROW_OF(time) lts_row_of_time(steps[i].unit, steps[i].step, first, time)
            assert_int_equal(ROW_OF(time), row);
            assert_int_equal(ROW_OF(time - 1), row);
            assert_int_equal(ROW_OF(time + 1), row + 1);
            assert_int_equal(ROW_OF(INT64_MIN), 0);
            int64_t end = ROW_OF(INT64_MAX); /* the first row after the year 9999 */
            assert_false(lts_time_of_row(steps[i].unit, steps[i].step, first, end, &time));
            assert_true(lts_time_of_row(steps[i].unit, steps[i].step, first, end - 1, &time));
#undef ROW_OF
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_and_dates_are_those_of_python),
        cmocka_unit_test(the_days_of_300_years_are_those_of_python),
        cmocka_unit_test(every_day_of_all_years_follows_the_one_before),
        cmocka_unit_test(months_of_every_length_keep_the_day_of_the_start),
        cmocka_unit_test(a_time_has_the_row_that_is_not_before_it),
        cmocka_unit_test(times_outside_of_the_years_1_to_9999_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
