/* SPDX-License-Identifier: MIT */
/* Times as text. Expected times are those of lstm_utc_time(), or were computed by hand. */
#include "table/date.h"
#include "table_case.h"

static void assert_time(const char *text, int64_t time, bool has_offset)
{
    table_stamp stamp;
    table_date_fault fault = table_date_read(text, strlen(text), &stamp);
    if (fault != TABLE_DATE_OK || stamp.time != time || stamp.has_offset != has_offset)
        fail_msg("\"%s\" is %lld (fault %d), expected %lld", text, (long long)stamp.time,
                 (int)fault, (long long)time);
}

static void assert_no_time(const char *text, table_date_fault wanted)
{
    table_stamp stamp;
    table_date_fault fault = table_date_read(text, strlen(text), &stamp);
    if (fault != wanted)
        fail_msg("\"%s\": fault %d, expected %d", text, (int)fault, (int)wanted);
}

static void dates_with_the_year_first_are_read(void **state)
{
    (void)state;
    assert_time("1970-01-01", 0, false);
    assert_time("1970", 0, false);
    assert_time("2020-07-15", at(2020, 7, 15, 0, 0), false);
    assert_time("2020/7/5", at(2020, 7, 5, 0, 0), false);
    assert_time("2020.07.15", at(2020, 7, 15, 0, 0), false);
    assert_time("20200715", at(2020, 7, 15, 0, 0), false);
    assert_time("2020-07", at(2020, 7, 1, 0, 0), false);
    assert_time("2020M07", at(2020, 7, 1, 0, 0), false);
    assert_time("2020-Q3", at(2020, 7, 1, 0, 0), false);
    assert_time("2020Q4", at(2020, 10, 1, 0, 0), false);
    assert_time("2020-W29", at(2020, 7, 13, 0, 0), false);
    assert_time("2020W29", at(2020, 7, 13, 0, 0), false);
    assert_time("2020-W29-3", at(2020, 7, 15, 0, 0), false);
    assert_time("2020W297", at(2020, 7, 19, 0, 0), false);
    assert_time("2020-W01-1", at(2019, 12, 30, 0, 0), false);
    assert_time("2020-W53-7", at(2021, 1, 3, 0, 0), false);
    assert_time("2021-W01", at(2021, 1, 4, 0, 0), false);
    assert_time("0001-W01", INT64_C(-62135596800), false);
    assert_time("2020-W29-3T14:30", at(2020, 7, 15, 14, 30), false);
    assert_time("0001-01-01", INT64_C(-62135596800), false);
    assert_time("9999-12-31 23:59:59", INT64_C(253402300799), false);
    assert_time("2000-02-29", at(2000, 2, 29, 0, 0), false);
}

static void times_of_day_are_read(void **state)
{
    (void)state;
    int64_t time = at(2020, 7, 15, 14, 30);
    assert_time("2020-07-15T14:30", time, false);
    assert_time("2020-07-15t14:30:00", time, false);
    assert_time("2020-07-15 14:30:07", time + 7, false);
    assert_time("2020-07-15   14:30:07", time + 7, false);
    assert_time("2020-07-15 14:30:07.000", time + 7, false);
    assert_time("2020-07-15 14:30:07,0", time + 7, false);
    assert_time("20200715T143007", time + 7, false);
    assert_time("20200715T1430", time, false);
    assert_time("2020-07-15 1:05", at(2020, 7, 15, 1, 5), false);
    assert_time("2020-07-15 24:00", at(2020, 7, 16, 0, 0), false);
}

static void offsets_are_taken_off(void **state)
{
    (void)state;
    int64_t time = at(2020, 7, 15, 14, 30);
    assert_time("2020-07-15T14:30:00Z", time, true);
    assert_time("2020-07-15T14:30Z", time, true);
    assert_time("2020-07-15 14:30:00 UTC", time, true);
    assert_time("2020-07-15T14:30:00+02:00", time - 7200, true);
    assert_time("2020-07-15T14:30:00 -0330", time + 12600, true);
    assert_time("2020-07-15T14:30:00.00+02", time - 7200, true);
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",
        "x",
        "20",
        "202",
        "20201",
        "202012",
        "2020-",
        "2020-7-",
        "2020-07-15T",
        "2020-07-15 ",
        "2020-07-15T14",
        "2020-07-15T14:",
        "2020-07-15T14:30:",
        "2020-07-15T14:30:00.",
        "2020-07-15T14:30:00+2",
        "2020-07-15T14:30:00+02:0",
        "2020-07-15T14:30:00x",
        "2020.5",
        "2020-07/15",
        "15-07-2020",
        "07/15/2020",
        "2020-Q",
        "2020Q0",
        "-2020-01-01",
        " 2020-01-01",
        "2020-01-01T14:30:00+99",
        "2020-07-15x14:30",
        "2020-W",
        "2020-W2",
        "2020-W291",
        "2020W29-1",
        "2020/W29",
        "2020-W29-",
        "2020-W29T14:30",
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_no_time(none[i], TABLE_DATE_NONE);
    static const char *const range[] = {"2020-13-01",       "2020-00-01",
                                        "2020-02-30",       "2019-02-29",
                                        "1900-02-29",       "2020-04-31",
                                        "2020-01-00",       "0000-01-01",
                                        "2020Q5",           "2020M13",
                                        "20201301",         "2020-01-01 25:00",
                                        "2020-01-01 12:60", "2020-01-01 12:00:60",
                                        "2020-01-01 24:01", "9999-12-31 24:00",
                                        "2020-W54",         "2021-W53",
                                        "2020-W00",         "2020-W29-8",
                                        "2020W290",         "9999-W52-7"};
    for (size_t i = 0; i < sizeof range / sizeof *range; i++)
        assert_no_time(range[i], TABLE_DATE_RANGE);
    assert_no_time("2020-01-01 12:00:00.5", TABLE_DATE_FRACTION);
}

static void assert_formatted(const char *text, const char *format, int64_t time)
{
    table_stamp stamp;
    assert_null(table_date_format_fault(format));
    table_date_fault fault = table_date_read_format(text, strlen(text), format, &stamp);
    if (fault != TABLE_DATE_OK || stamp.time != time)
        fail_msg("\"%s\" by %s is %lld (fault %d), expected %lld", text, format,
                 (long long)stamp.time, (int)fault, (long long)time);
}

static void formats_are_read(void **state)
{
    (void)state;
    int64_t time = at(2020, 7, 5, 14, 30);
    assert_formatted("05.07.2020 14:30", "%d.%m.%Y %H:%M", time);
    assert_formatted("7/5/20 2:30 PM", "%m/%d/%y %I:%M %p", time);
    assert_formatted("05 Jul 2020 14:30:00", "%d %b %Y %T", time);
    assert_formatted("5-july-2020, 14h30", "%d-%B-%Y, %Hh%M", time);
    assert_formatted("2020-07-05 14:30:00.000", "%F %T", time);
    assert_formatted("2020-187 14:30", "%Y-%j %R", time);
    assert_formatted("2020-27-7", "%G-%V-%u", at(2020, 7, 5, 0, 0));
    assert_formatted("2020 W27 14:30", "%G W%V %R", at(2020, 6, 29, 14, 30));
    assert_formatted("Sun 05 Jul 2020", "%a %d %b %Y", at(2020, 7, 5, 0, 0));
    assert_formatted("sunday, 5 jul 2020", "%A, %d %h %Y", at(2020, 7, 5, 0, 0));
    assert_formatted("2020-07-05 14:30:00.000", "%Y-%m-%d %H:%M:%S.%f", time);
    assert_formatted("2020-07-05T14:30:00,000000", "%FT%T,%f", time);
    assert_formatted("07/05/20", "%D", at(2020, 7, 5, 0, 0));
    assert_formatted("2020-07-05 14:30 +0200", "%Y-%m-%d %H:%M %z", time - 7200);
    assert_formatted("1593959400", "%s", time);
    assert_formatted("-1", "%s", -1);
    assert_formatted("100% 2020", "100%% %Y", at(2020, 1, 1, 0, 0));
    assert_formatted("12:05 am 1.1.69", "%I:%M %p %d.%m.%y", at(1969, 1, 1, 0, 5));
    assert_formatted("12:05 PM 1.1.68", "%I:%M %p %e.%m.%y", at(2068, 1, 1, 12, 5));
}

static void what_is_not_of_the_format_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *format;
        table_date_fault fault;
    } cases[] = {
        {"05.07.2020", "%d/%m/%Y", TABLE_DATE_NONE},
        {"05.07.2020 ", "%d.%m.%Y", TABLE_DATE_NONE},
        {"05.07.2020x", "%d.%m.%Y", TABLE_DATE_NONE},
        {"05.07.", "%d.%m.%Y", TABLE_DATE_NONE},
        {"31.04.2020", "%d.%m.%Y", TABLE_DATE_RANGE},
        {"13:00 PM 2020", "%I:%M %p %Y", TABLE_DATE_RANGE},
        {"0:00 AM 2020", "%I:%M %p %Y", TABLE_DATE_RANGE},
        {"1:00 xm 2020", "%I:%M %p %Y", TABLE_DATE_NONE},
        {"2019-366", "%Y-%j", TABLE_DATE_RANGE},
        {"2020-000", "%Y-%j", TABLE_DATE_NONE},
        {"5 Ju 2020", "%d %b %Y", TABLE_DATE_NONE},
        {"5 Mai 2020", "%d %b %Y", TABLE_DATE_NONE},
        {"2020 12:00:00.25", "%Y %T", TABLE_DATE_FRACTION},
        {"2020 12:00:00.25", "%Y %T.%f", TABLE_DATE_FRACTION},
        {"2020 12:00:00", "%Y %T.%f", TABLE_DATE_NONE},
        {"2020 12:00:00.", "%Y %T.%f", TABLE_DATE_NONE},
        {"2021 53", "%G %V", TABLE_DATE_RANGE},
        {"2021 0", "%G %V", TABLE_DATE_NONE},
        {"2021 1 8", "%G %V %u", TABLE_DATE_RANGE},
        {"Mit 2020", "%a %Y", TABLE_DATE_NONE},
        {"", "%Y", TABLE_DATE_NONE},
        {"x", "%y", TABLE_DATE_NONE},
        {"-x", "%s", TABLE_DATE_NONE},
        {"2020 25:00", "%Y %H:%M", TABLE_DATE_RANGE},
        {"2020 24:01", "%Y %H:%M", TABLE_DATE_RANGE},
        {"2020 x", "%F", TABLE_DATE_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        table_stamp stamp;
        assert_int_equal(
            table_date_read_format(cases[i].text, strlen(cases[i].text), cases[i].format, &stamp),
            cases[i].fault);
    }
}

static void formats_are_checked(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",    "%d.%m", "%Y %Q", "%Y %",  "year", "%",
                                        "%%Y", "%G",    "%V",    "%Y-%V", "%G-%m"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_non_null(table_date_format_fault(wrong[i]));
    assert_non_null(strstr(table_date_format_fault("%Y %Z"), "not known"));
    assert_non_null(strstr(table_date_format_fault("%d.%m"), "no year"));
}

static void dates_of_times_are_inverse(void **state)
{
    (void)state;
    for (int64_t time = INT64_C(-62135596800); time <= INT64_C(253402300799); time += 86399) {
        table_date date = table_date_of(time);
        int64_t again = 0;
        assert_int_equal(table_date_time(&date, &again), TABLE_DATE_OK);
        assert_int_equal(again, time);
    }
}

static void months_are_added_to_the_last_day_of_shorter_months(void **state)
{
    (void)state;
    int64_t time;
    assert_true(table_date_add_months(at(2020, 1, 31, 6, 0), 1, &time));
    assert_int_equal(time, at(2020, 2, 29, 6, 0));
    assert_true(table_date_add_months(at(2020, 1, 31, 6, 0), 2, &time));
    assert_int_equal(time, at(2020, 3, 31, 6, 0));
    assert_true(table_date_add_months(at(2020, 1, 31, 6, 0), -11, &time));
    assert_int_equal(time, at(2019, 2, 28, 6, 0));
    assert_false(table_date_add_months(at(9999, 12, 1, 0, 0), 1, &time));
    assert_false(table_date_add_months(at(1, 1, 1, 0, 0), -1, &time));
    assert_false(table_date_add_months(at(2020, 1, 1, 0, 0), INT64_MAX, &time));
}

static void times_are_printed(void **state)
{
    (void)state;
    char out[32];
    assert_string_equal(table_date_print(out, at(2020, 7, 5, 0, 0)), "2020-07-05");
    assert_string_equal(table_date_print(out, at(1, 7, 5, 4, 3) + 2), "0001-07-05 04:03:02");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_with_the_year_first_are_read),
        cmocka_unit_test(times_of_day_are_read),
        cmocka_unit_test(offsets_are_taken_off),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(formats_are_read),
        cmocka_unit_test(what_is_not_of_the_format_is_refused),
        cmocka_unit_test(formats_are_checked),
        cmocka_unit_test(dates_of_times_are_inverse),
        cmocka_unit_test(months_are_added_to_the_last_day_of_shorter_months),
        cmocka_unit_test(times_are_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
