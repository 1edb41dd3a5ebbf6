/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "report/residual_stats.h"

#include <lstmts/lstmts.h>
#include <math.h>

static void a_histogram_counts_each_value_once(void **state)
{
    (void)state;
    double values[REPORT_BINS + 2], middle[REPORT_BINS], count[REPORT_BINS];
    for (int i = 0; i <= REPORT_BINS; i++) /* both ends of the range belong to a bin */
        values[i] = i;
    values[REPORT_BINS + 1] = NAN;
    assert_int_equal(report_histogram(values, REPORT_BINS + 2, middle, count), REPORT_BINS + 1);
    for (int b = 0; b < REPORT_BINS; b++) {
        assert_true(count[b] == (b == REPORT_BINS - 1 ? 2 : 1));
        assert_true(fabs(middle[b] - b - 0.5) < 1e-12);
    }
}

static void what_does_not_vary_has_no_histogram(void **state)
{
    (void)state;
    const double values[] = {NAN, 2, 2};
    double middle[REPORT_BINS], count[REPORT_BINS];
    assert_int_equal(report_histogram(values, 3, middle, count), 0);
    assert_int_equal(report_histogram(values, 1, middle, count), 0);
}

/* 1 2 3 4 has the mean 2.5 and the sum of squares 5. */
static void autocorrelations_are_those_by_hand(void **state)
{
    (void)state;
    const double values[] = {1, 2, 3, 4}, gaps[] = {1, NAN, -1, 1, NAN, -1};
    double r[4];
    report_autocorrelation(values, 4, 4, r);
    assert_true(fabs(r[0] - (0.75 - 0.25 + 0.75) / 5) < 1e-15);
    assert_true(fabs(r[1] - (-0.75 - 0.75) / 5) < 1e-15);
    assert_true(fabs(r[2] - -2.25 / 5) < 1e-15);
    assert_true(r[3] == 0);
    report_autocorrelation(gaps, 6, 3, r);
    assert_true(r[0] == -0.25);
    assert_true(r[1] == -0.5); /* rows 0 and 2, 3 and 5 */
    assert_true(r[2] == 0.5);  /* rows 0 and 3, 2 and 5 */
    report_autocorrelation((double[]){3, 3}, 2, 1, r);
    assert_true(isnan(r[0]));
}

static void means_are_those_of_their_group(void **state)
{
    (void)state;
    const double values[] = {1, -3, NAN, 5};
    const int group[] = {0, 0, 0, 2};
    double means[3];
    assert_int_equal(report_means_by(values, group, 4, 3, means), 2);
    assert_true(means[0] == 2 && isnan(means[1]) && means[2] == 5);
}

static void hours_and_weekdays_are_those_of_the_calendar(void **state)
{
    (void)state;
    int64_t time = 0;
    assert_int_equal(lstm_utc_time(&time, 2024, 1, 1, 0), LSTM_OK); /* a Monday */
    for (int64_t hour = -24 * 400; hour < 24 * 400; hour++) {
        const double at = (double)(time + 3600 * hour + 1800);
        assert_int_equal(report_hour(at), ((hour % 24) + 24) % 24);
        assert_int_equal(report_weekday(at), (((hour + 24 * 700) / 24) % 7));
    }
    assert_int_equal(report_hour(-1), 23);
    assert_int_equal(report_weekday(-1), 2); /* 1969-12-31 was a Wednesday */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_histogram_counts_each_value_once),
        cmocka_unit_test(what_does_not_vary_has_no_histogram),
        cmocka_unit_test(autocorrelations_are_those_by_hand),
        cmocka_unit_test(means_are_those_of_their_group),
        cmocka_unit_test(hours_and_weekdays_are_those_of_the_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
