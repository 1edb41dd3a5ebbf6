/* SPDX-License-Identifier: MIT */
/* Irregular times: order, duplicates, gaps, daylight saving, steps. */
#include "table_case.h"

#include <stdio.h>
#include <stdlib.h>

static void rows_are_sorted_by_time(void **state)
{
    (void)state;
    const char *text = "ds,y\n2020-01-03,3\n2020-01-01,1\n2020-01-04,4\n2020-01-02,2\n";
    table_frame *frame = table_of(text, NULL);
    assert_values(frame, 4, 1, (double[]){1, 2, 3, 4});
    assert_int_equal(frame->times[0], at(2020, 1, 1, 0, 0));
    assert_remark(frame, TABLE_ORDER, "rows earlier than the row before: 2, the first in line 3");
    table_free(frame);
    refused(text, &(table_options){.disorder = TABLE_REFUSE}, LSTM_E_FORMAT, 3, 1,
            "earlier than the row before");
    frame = table_of("ds,y\n2020-01-03,3\n2020-01-02,2\n2020-01-01,1\n", NULL);
    assert_values(frame, 3, 1, (double[]){1, 2, 3});
    assert_remark(frame, TABLE_ORDER, "the newest row is the first");
    table_free(frame);
}

static void rows_with_equal_times_are_refused_or_merged(void **state)
{
    (void)state;
    const char *text = "ds,y,z\n2020-01-01,1,1\n2020-01-02,2,NA\n2020-01-02,4,5\n"
                       "2020-01-02,9,7\n2020-01-03,3,3\n";
    refused(text, NULL, LSTM_E_FORMAT, 4, 1, "the time 2020-01-02 is also that of line 3");
    refused(text, &(table_options){.duplicates = TABLE_REFUSE}, LSTM_E_FORMAT, 4, 1, "line 3");
    static const struct {
        table_policy policy;
        double y, z;
    } cases[] = {{TABLE_FIRST, 2, NAN}, {TABLE_LAST, 9, 7}, {TABLE_MEAN, 5, 6}};
    for (size_t i = 0; i < 3; i++) {
        table_frame *frame = table_of(text, &(table_options){.duplicates = cases[i].policy});
        assert_values(frame, 3, 2, (double[]){1, 1, cases[i].y, cases[i].z, 3, 3});
        assert_remark(frame, TABLE_DUPLICATES,
                      "rows with the time of another: 2, the first in line 4");
        table_free(frame);
    }
}

static void the_same_time_in_two_series_is_no_duplicate(void **state)
{
    (void)state;
    refused("unique_id,ds,y\na,2020-01-01,1\nb,2020-01-01,2\na,2020-01-01,3\n", NULL, LSTM_E_FORMAT,
            4, 2, "line 2");
    table_frame *frame =
        table_of("unique_id,ds,y\na,2020-01-01,1\nb,2020-01-01,2\na,2020-01-02,3\n", NULL);
    assert_values(frame, 3, 1, (double[]){1, 3, 2});
    table_free(frame);
    refused("ds,y,store\n2020-01-01,1,1\n2020-01-01,2,2\n", NULL, LSTM_E_FORMAT, 3, 1,
            "needs a column of their ids");
}

static void gaps_become_missing_values(void **state)
{
    (void)state;
    const char *text =
        "ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-05,5\n2020-01-06,6\n2020-01-08,8\n";
    table_frame *frame = table_of(text, NULL);
    assert_values(frame, 8, 1, (double[]){1, 2, NAN, NAN, 5, 6, NAN, 8});
    for (int i = 0; i < 8; i++)
        assert_int_equal(frame->times[i], at(2020, 1, 1 + i, 0, 0));
    assert_remark(frame, TABLE_GAPS, "gaps: 2, with 3 rows");
    assert_remark(frame, TABLE_GAPS, "of length 2, ends before 2020-01-05");
    table_free(frame);
    refused(text, &(table_options){.gaps = TABLE_REFUSE}, LSTM_E_FORMAT, 4, 1,
            "rows missing between this row and 2020-01-02: 2");
}

static void gaps_of_each_series_are_filled(void **state)
{
    (void)state;
    table_frame *frame = table_of("unique_id,ds,y\na,2020-01,1\na,2020-03,3\nb,2019-12,7\n"
                                  "b,2020-01,8\nc,2021-01,9\n",
                                  NULL);
    assert_values(frame, 6, 1, (double[]){1, NAN, 3, 7, 8, 9});
    assert_int_equal(frame->times[1], at(2020, 2, 1, 0, 0));
    assert_int_equal(frame->series[1].first, 3);
    assert_int_equal(frame->series[2].first, 5);
    assert_int_equal(frame->series[2].n_row, 1);
    assert_int_equal(frame->step_unit, LSTM_STEP_MONTHS);
    assert_int_equal(frame->step, 1);
    table_free(frame);
}

static void a_wrong_date_does_not_fill_a_thousand_years(void **state)
{
    (void)state;
    refused("ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-03,2\n3020-01-04,3\n", NULL, LSTM_E_LIMIT, 5,
            1, "rows are missing before 3020-01-04");
    refused("ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-05,3\n", &(table_options){.max_values = 4},
            LSTM_E_LIMIT, 4, 1, "2 rows are missing");
}

static void month_ends_are_a_month_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t n_row, step;
    } cases[] = {
        {"ds,y\n2020-01-31,1\n2020-02-29,2\n2020-03-31,3\n2020-04-30,4\n", 4, 1},
        {"ds,y\n2019-02-28,1\n2019-03-31,2\n2019-04-30,3\n", 3, 1},
        {"ds,y\n2019-12-31,1\n2020-03-31,2\n2020-06-30,3\n2020-12-31,4\n", 5, 3},
        {"ds,y\n2000-02-29,1\n2001-02-28,2\n2002-02-28,2\n2004-02-29,3\n", 5, 12},
        {"ds,y\n2020-01-15 06:00,1\n2020-02-15 06:00,2\n", 2, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        table_frame *frame = table_of(cases[i].text, NULL);
        assert_int_equal(frame->step_unit, LSTM_STEP_MONTHS);
        assert_int_equal(frame->step, cases[i].step);
        assert_int_equal(frame->n_row, cases[i].n_row);
        table_free(frame);
    }
    /* four weeks are no month */
    table_frame *frame = table_of("ds,y\n2020-01-01,1\n2020-01-29,2\n2020-02-26,3\n", NULL);
    assert_int_equal(frame->step_unit, LSTM_STEP_SECONDS);
    assert_int_equal(frame->step, 28 * 86400);
    table_free(frame);
}

static void a_row_between_the_steps_is_irregular(void **state)
{
    (void)state;
    char text[2000];
    size_t n = (size_t)sprintf(text, "ds,y\n");
    for (int h = 0; h < 24; h++)
        n += (size_t)sprintf(text + n, "2020-01-01 %02d:%02d,1\n", h, h == 12 ? 30 : 0);
    refused(text, NULL, LSTM_E_FORMAT, 14, 1,
            "the step seems to be 1 hour, but 2020-01-01 12:30:00 is 5400 seconds");
    table_frame *frame = table_of(text, &(table_options){.time_column = ""});
    assert_int_equal(frame->n_row, 24);
    table_free(frame);
}

/* More different distances than are counted. */
static void times_at_random_are_irregular(void **state)
{
    (void)state;
    char text[4000];
    size_t n = (size_t)sprintf(text, "time,y\n");
    int64_t time = 1577836800;
    for (int i = 0; i < 100; i++, time += 61 * i + 7 * (i % 5))
        n += (size_t)sprintf(text + n, "%lld,1\n", (long long)time);
    refused(text, NULL, LSTM_E_FORMAT, 7, 1, "times are irregular");
}

static void the_step_may_be_rarer_than_its_multiples(void **state)
{
    (void)state;
    table_frame *frame = table_of("ds,y\n2020-01-01,1\n2020-01-03,3\n2020-01-05,5\n2020-01-06,6\n"
                                  "2020-01-09,9\n",
                                  NULL);
    assert_int_equal(frame->step, 86400);
    assert_values(frame, 9, 1, (double[]){1, NAN, 3, NAN, 5, 6, NAN, NAN, 9});
    table_free(frame);
}

static void a_single_row_has_no_step(void **state)
{
    (void)state;
    table_frame *frame = table_of("ds,y\n2020-01-01,1\n", NULL);
    assert_int_equal(frame->step_unit, LSTM_STEP_ROWS);
    assert_int_equal(frame->step, 0);
    assert_int_equal(frame->times[0], at(2020, 1, 1, 0, 0));
    assert_remark(frame, TABLE_STEP, "step is not known");
    table_free(frame);
}

/* Local times of Berlin from a day before a change of clocks to a day after, `minutes` apart. The value is
   the number of the row. */
static char *local_times(bool spring, int minutes)
{
    char *text = malloc(20000);
    assert_non_null(text);
    size_t n = (size_t)sprintf(text, "ds,y\n");
    int64_t change = spring ? at(2020, 3, 29, 2, 0) : at(2020, 10, 25, 3, 0);
    int row = 0;
    for (int64_t t = change - 86400; t < change + 86400; t += 60 * minutes) {
        int64_t local = t >= change ? t + (spring ? 3600 : -3600) : t;
        n += (size_t)sprintf(text + n, "%d-%02d-%02d %02d:%02d,%d\n", 2020, spring ? 3 : 10,
                             (int)((local - at(2020, spring ? 3 : 10, 1, 0, 0)) / 86400) + 1,
                             (int)(local / 3600 % 24), (int)(local / 60 % 60), row++);
    }
    return text;
}

static void the_hour_that_clocks_leave_out_is_missing(void **state)
{
    (void)state;
    for (int minutes = 15; minutes <= 60; minutes *= 2) {
        char *text = local_times(true, minutes);
        int n = 60 / minutes;
        table_frame *frame = table_of(text, NULL);
        assert_int_equal(frame->n_row, 49 * n);
        for (int i = 0; i < 49 * n; i++) {
            double y = frame->values[i];
            assert_true(i < 24 * n ? y == i : i < 25 * n ? isnan(y) : y == i - n);
        }
        assert_remark(frame, TABLE_CLOCK, "hours left out, since clocks are set forward: 1");
        assert_string_equal(remark_on(frame, TABLE_GAPS), "");
        table_free(frame);
        free(text);
    }
}

static void the_hour_that_is_there_twice_is_merged(void **state)
{
    (void)state;
    static const struct {
        table_policy policy;
        double share; /* of the second hour */
    } cases[] = {{TABLE_DEFAULT, 0.5}, {TABLE_FIRST, 0}, {TABLE_LAST, 1}};
    for (int minutes = 15; minutes <= 60; minutes *= 2)
        for (size_t c = 0; c < 3; c++) {
            char *text = local_times(false, minutes);
            int n = 60 / minutes;
            table_frame *frame = table_of(text, &(table_options){.clock_back = cases[c].policy});
            assert_int_equal(frame->n_row, 47 * n);
            for (int i = 0; i < 47 * n; i++) {
                double y = frame->values[i];
                assert_true(i < 23 * n   ? y == i
                            : i < 24 * n ? y == i + n * cases[c].share
                                         : y == i + n);
            }
            assert_remark(frame, TABLE_CLOCK, "there twice, since clocks are set back: 1");
            assert_string_equal(remark_on(frame, TABLE_ORDER), "");
            table_free(frame);
            refused(text, &(table_options){.clock_back = TABLE_REFUSE}, LSTM_E_FORMAT, 24 * n + 2,
                    1, "clocks were set back");
            free(text);
        }
}

static void an_hour_that_is_there_twice_at_noon_is_a_duplicate(void **state)
{
    (void)state;
    refused(
        "ds,y\n2020-10-25 10:00,1\n2020-10-25 11:00,1\n2020-10-25 12:00,1\n2020-10-25 12:00,1\n",
        NULL, LSTM_E_FORMAT, 5, 1, "line 4");
    /* and the second within a year */
    refused("ds,y\n2020-10-25 01:00,1\n2020-10-25 02:00,1\n2020-10-25 02:00,1\n2020-10-25 03:00,1\n"
            "2020-10-25 04:00,1\n2020-10-25 04:00,1\n",
            NULL, LSTM_E_FORMAT, 7, 1, "line 6");
}

static void data_sets_are_made_of_tables(void **state)
{
    (void)state;
    table_frame *frame = table_of("unique_id,ds,y,x\na,2020-01,1,5\na,2020-03,3,6\nb,2019-12,7,7\n"
                                  "b,2020-01,8,8\n",
                                  NULL);
    lstm_dataset *data = (lstm_dataset *)&data;
    table_error error = {0};
    assert_int_equal(table_dataset(&data, frame, NULL, &error), LSTM_E_NUMERIC);
    assert_ptr_equal(data, &data);
    assert_non_null(strstr(error.message, "\"a\""));
    int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT};
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.roles = roles;
    options.missing = LSTM_MISSING_LINEAR;
    assert_int_equal(table_dataset(&data, frame, &options, &error), LSTM_OK);
    assert_int_equal(lstm_dataset_series(data), 2);
    assert_string_equal(lstm_dataset_name(data, 1), "b");
    assert_int_equal(lstm_dataset_find_column(data, "x"), 1);
    assert_int_equal(lstm_dataset_role(data, 1), LSTM_ROLE_INPUT);
    assert_int_equal(lstm_dataset_rows(data, 0), 3);
    int64_t time;
    assert_int_equal(lstm_dataset_time(data, 0, 3, &time), LSTM_OK);
    assert_int_equal(time, at(2020, 4, 1, 0, 0));
    assert_true(lstm_dataset_data(data, 0)[2] == (lstm_real)2); /* filled between 1 and 3 */
    assert_int_equal(lstm_dataset_observed(data, 0, 1, 0), 0);
    lstm_dataset_free(data);
    table_free(frame);
}

static void whole_numbers_count_rows_and_are_no_target(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "ds,y\n0,1\n1,2\n2,3\n3,4\n",
        "unique_id,ds,y\na,0,1\na,1,2\nb,0,3\nb,1,4\n",
        "unique_id,ds,y\na,7,1\nb,7,3\na,8,2\nb,8,4\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        table_frame *frame = table_of(texts[i], NULL);
        assert_values(frame, 4, 1, (double[]){1, 2, 3, 4});
        assert_string_equal(frame->names[0], "y");
        assert_null(frame->times);
        assert_remark(frame, TABLE_COLUMNS, "\"ds\", counts the rows");
        table_free(frame);
    }
    table_frame *frame = table_of("n,y\n5,1\n6,2\n7,3\n", &(table_options){.time_column = "n"});
    assert_values(frame, 3, 1, (double[]){1, 2, 3});
    assert_remark(frame, TABLE_COLUMNS, "\"n\", counts the rows");
    table_free(frame);
    /* Without its name, or with other steps, it has values. */
    static const char *const others[] = {"n,y\n5,1\n6,2\n7,3\n", "ds,y\n5,1\n7,2\n6,3\n",
                                         "ds,y\n0,1\n0,2\n0,3\n", "ds,y\n0,1\n1,2\nNA,3\n"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        frame = table_of(others[i], NULL);
        assert_int_equal(frame->n_column, 2);
        table_free(frame);
    }
}

static void offsets_from_utc_are_remarked(void **state)
{
    (void)state;
    table_frame *frame =
        table_of("ds,y\n2020-01-01T00:00+02:00,1\n2020-01-02T00:00+02:00,2\n", NULL);
    assert_int_equal(frame->times[0], at(2019, 12, 31, 22, 0));
    assert_remark(frame, TABLE_CLOCK, "are taken as UTC");
    table_free(frame);
    frame = table_of("ds,y\n2020-01-01T00:00,1\n2020-01-02T00:00,2\n", NULL);
    assert_string_equal(remark_on(frame, TABLE_CLOCK), "");
    table_free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted_by_time),
        cmocka_unit_test(rows_with_equal_times_are_refused_or_merged),
        cmocka_unit_test(the_same_time_in_two_series_is_no_duplicate),
        cmocka_unit_test(gaps_become_missing_values),
        cmocka_unit_test(gaps_of_each_series_are_filled),
        cmocka_unit_test(a_wrong_date_does_not_fill_a_thousand_years),
        cmocka_unit_test(month_ends_are_a_month_apart),
        cmocka_unit_test(a_row_between_the_steps_is_irregular),
        cmocka_unit_test(times_at_random_are_irregular),
        cmocka_unit_test(the_step_may_be_rarer_than_its_multiples),
        cmocka_unit_test(a_single_row_has_no_step),
        cmocka_unit_test(the_hour_that_clocks_leave_out_is_missing),
        cmocka_unit_test(the_hour_that_is_there_twice_is_merged),
        cmocka_unit_test(an_hour_that_is_there_twice_at_noon_is_a_duplicate),
        cmocka_unit_test(whole_numbers_count_rows_and_are_no_target),
        cmocka_unit_test(offsets_from_utc_are_remarked),
        cmocka_unit_test(data_sets_are_made_of_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
