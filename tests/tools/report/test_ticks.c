/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "report/ticks.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void assert_texts(const report_ticks *ticks, const char *const *texts, int n)
{
    assert_int_equal(ticks->n, n);
    for (int i = 0; i < n; i++)
        assert_string_equal(ticks->text[i], texts[i]);
}

static void numbers_have_round_marks(void **state)
{
    (void)state;
    report_ticks ticks;
    report_ticks_of(-0.13, 0.94, 5, &ticks);
    assert_texts(&ticks, (const char *[]){"0.0", "0.5"}, 2);
    report_ticks_of(0, 1, 5, &ticks);
    assert_texts(&ticks, (const char *[]){"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}, 6);
    report_ticks_of(-130, 94, 5, &ticks);
    assert_texts(&ticks, (const char *[]){"-100", "-50", "0", "50"}, 4);
    report_ticks_of(2e6, 6e6, 5, &ticks);
    assert_texts(&ticks, (const char *[]){"2e+06", "3e+06", "4e+06", "5e+06", "6e+06"}, 5);
    report_ticks_of(7, 7, 5, &ticks);
    assert_texts(&ticks, (const char *[]){"7.000"}, 1);
}

/* Ascending multiples of one step of the form 1, 2 or 5 times a power of ten, within the range, at
   most `wanted` intervals, and wanted / 2.5 marks at least. */
static void marks_of_any_range_are_multiples_within_it(void **state)
{
    (void)state;
    for (int k = 0; k < 2000; k++) {
        const double width = pow(10, (k % 37) - 18) * (1 + (k % 9)),
                     low = width * ((k % 13) - 6) / 3;
        const double high = low + width;
        const int wanted = 2 + k % 7;
        report_ticks ticks;
        report_ticks_of(low, high, wanted, &ticks);
        assert_in_range(ticks.n, wanted < 5 ? 1 : 2 * wanted / 5, wanted + 1);
        const double step = ticks.n > 1 ? ticks.at[1] - ticks.at[0] : 0;
        if (ticks.n > 1) {
            const double digit = step / pow(10, floor(log10(step) + 1e-9));
            assert_true(fabs(digit - 1) < 1e-6 || fabs(digit - 2) < 1e-6 || fabs(digit - 5) < 1e-6);
        }
        for (int i = 0; i < ticks.n; i++) {
            assert_true(ticks.at[i] >= low - 1e-8 * width && ticks.at[i] <= high + 1e-8 * width);
            assert_true(ticks.n < 2 || fabs(remainder(ticks.at[i], step)) < 1e-6 * step);
            assert_true(fabs(strtod(ticks.text[i], NULL) - ticks.at[i]) <=
                        1e-3 * fabs(ticks.at[i]) + 0.02 * step);
        }
    }
}

static double at(int64_t year, int64_t month, int64_t day, int64_t second)
{
    int64_t time = 0;
    assert_int_equal(lstm_utc_time(&time, year, month, day, second), LSTM_OK);
    return (double)time;
}

static void times_have_marks_of_the_calendar(void **state)
{
    (void)state;
    report_ticks ticks;
    report_time_ticks(at(2012, 1, 1, 0), at(2015, 12, 31, 0), 6, &ticks);
    assert_texts(&ticks, (const char *[]){"2012", "2013", "2014", "2015"}, 4);
    report_time_ticks(at(2015, 4, 11, 0), at(2016, 1, 28, 0), 6, &ticks);
    assert_texts(&ticks,
                 (const char *[]){"May 2015", "Jul 2015", "Sep 2015", "Nov 2015", "Jan 2016"}, 5);
    report_time_ticks(at(2024, 2, 28, 0), at(2024, 3, 2, 0), 4, &ticks);
    assert_texts(&ticks, (const char *[]){"28 Feb", "29 Feb", "1 Mar", "2 Mar"}, 4);
    report_time_ticks(at(2024, 2, 28, 7200), at(2024, 2, 29, 3 * 3600), 5, &ticks);
    assert_texts(&ticks, (const char *[]){"06:00", "12:00", "18:00", "29 Feb"}, 4);
    report_time_ticks(at(1900, 3, 1, 0), at(1900, 3, 1, 9), 5, &ticks);
    assert_texts(&ticks, (const char *[]){"1 Mar", "00:00:02", "00:00:04", "00:00:06", "00:00:08"},
                 5);
    report_time_ticks(at(1, 1, 1, 0), at(9999, 12, 31, 0), 6, &ticks);
    assert_in_range(ticks.n, 3, REPORT_MOST_TICKS);
    assert_string_equal(ticks.text[0], "100");
    report_time_ticks(-1e300, 1e300, 5, &ticks); /* no times */
    assert_in_range(ticks.n, 3, 6);
}

static void weeks_begin_on_mondays(void **state)
{
    (void)state;
    report_ticks ticks;
    for (int year = 1960; year < 2000; year += 13) {
        report_time_ticks(at(year, 1, 3, 0), at(year, 2, 9, 0), 6, &ticks);
        assert_in_range(ticks.n, 4, 7);
        for (int i = 0; i < ticks.n; i++) /* 2024-01-01 was a Monday */
            assert_true(remainder(ticks.at[i] - at(2024, 1, 1, 0), 7 * 86400.0) == 0);
    }
}

static void a_time_is_a_date_and_an_hour(void **state)
{
    (void)state;
    char text[REPORT_TICK_TEXT];
    report_time_text(at(2015, 12, 31, 0), text);
    assert_string_equal(text, "2015-12-31");
    report_time_text(at(987, 1, 2, 13 * 3600 + 300), text);
    assert_string_equal(text, "0987-01-02 13:05");
    report_time_text(1e18, text);
    assert_true(strtod(text, NULL) == 1e18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_round_marks),
        cmocka_unit_test(marks_of_any_range_are_multiples_within_it),
        cmocka_unit_test(times_have_marks_of_the_calendar),
        cmocka_unit_test(weeks_begin_on_mondays),
        cmocka_unit_test(a_time_is_a_date_and_an_hour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
