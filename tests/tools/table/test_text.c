/* SPDX-License-Identifier: MIT */
/* Text tables as people have them: dialects, columns, missing values, series. */
#include "table_case.h"

#include <stdio.h>
#include <stdlib.h>

static void a_plain_table_is_read(void **state)
{
    (void)state;
    table_frame *frame =
        table_of("date,load,temp\n2020-01-01 00:00,1.5,2\n2020-01-01 01:00,-3,4e1\n", NULL);
    assert_values(frame, 2, 2, (double[]){1.5, 2, -3, 40});
    assert_string_equal(frame->names[0], "load");
    assert_string_equal(frame->names[1], "temp");
    assert_string_equal(frame->time_name, "date");
    assert_int_equal(frame->times[0], at(2020, 1, 1, 0, 0));
    assert_int_equal(frame->times[1], at(2020, 1, 1, 1, 0));
    assert_int_equal(frame->step_unit, LSTM_STEP_SECONDS);
    assert_int_equal(frame->step, 3600);
    assert_int_equal(frame->n_series, 1);
    assert_null(frame->series[0].name);
    assert_int_equal(frame->series[0].n_row, 2);
    assert_true(frame->form.header && !frame->form.npy && !frame->form.gzip);
    assert_int_equal(frame->form.delimiter, ',');
    assert_remark(frame, TABLE_STEP, "1 hour");
    table_free(frame);
}

/* The same table in other bytes. */
static void delimiters_marks_and_line_ends_do_not_matter(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char delimiter;
        bool comma, bom;
    } cases[] = {
        {"t,a,b\n2020,1.5,2\n2021,3,\n", ',', false, false},
        {"t;a;b\n2020;1.5;2\n2021;3;\n", ';', false, false},
        {"t;a;b\n2020;1,5;2\n2021;3;\n", ';', true, false},
        {"sep=;\r\nt;a;b\r\n2020;1,5;2\r\n2021;3;\r\n", ';', true, false},
        {"t\ta\tb\n2020\t1.5\t2\n2021\t3\t\n", '\t', false, false},
        {"t\ta\tb\n2020\t1,5\t2\n2021\t3\t\n", '\t', true, false},
        {"t|a|b\n2020|1.5|2\n2021|3|NA\n", '|', false, false},
        {"t,a,b\r\n2020,1.5,2\r\n2021,3,\r\n", ',', false, false},
        {"t,a,b\r2020,1.5,2\r2021,3,\r", ',', false, false},
        {"t,a,b\n2020,1.5,2\n2021,3,", ',', false, false},
        {"\xEF\xBB\xBFt,a,b\n2020,1.5,2\n2021,3,\n", ',', false, true},
        {"\"t\",\"a\",\"b\"\n\"2020\",\"1.5\",\"2\"\n\"2021\",\"3\",\"\"\n", ',', false, false},
        {"t, a, b\n2020, 1.5,\t2 \n2021, 3 , \n", ',', false, false},
        {"# a comment, with \"quote\nt,a,b\n\n2020,1.5,2\n#2020,7,7\n   \n2021,3,\n\n", ',', false,
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        table_frame *frame = table_of(cases[i].text, &(table_options){.time_column = "t"});
        assert_values(frame, 2, 2, (double[]){1.5, 2, 3, NAN});
        assert_string_equal(frame->names[1], "b");
        assert_int_equal(frame->form.delimiter, cases[i].delimiter);
        assert_int_equal(frame->form.decimal_comma, cases[i].comma);
        assert_int_equal(frame->form.bom, cases[i].bom);
        assert_int_equal(frame->step_unit, LSTM_STEP_MONTHS);
        assert_int_equal(frame->step, 12);
        table_free(frame);
    }
}

static void quotes_may_enclose_delimiters_quotes_and_line_ends(void **state)
{
    (void)state;
    table_frame *frame =
        table_of("\"a \"\"b\"\", c\",\"xy\",note\n1,2,\"no, \"\"number\"\"\n#\"\n3,4,x\n", NULL);
    assert_int_equal(frame->n_row, 2);
    assert_string_equal(frame->names[0], "a \"b\", c");
    table_free(frame);
}

static void names_are_utf_8(void **state)
{
    (void)state;
    table_frame *frame = table_of("Außentemp. °C,κ\n1,2\n", NULL);
    assert_string_equal(frame->names[0], "Außentemp. °C");
    assert_string_equal(frame->names[1], "κ");
    table_free(frame);
    frame = table_of("\xE2\x82\xAC,\xED\x9F\xBF,\xEE\x80\x80,\xF0\x9F\x98\x80,\xF4\x8F\xBF\xBF\n"
                     "1,2,3,4,5\n",
                     NULL);
    assert_int_equal(frame->n_column, 5);
    table_free(frame);
}

static void a_table_without_a_header_has_numbers_as_names(void **state)
{
    (void)state;
    table_frame *frame = table_of("2020-01-01,1,2\n2020-01-02,3,4\n", NULL);
    assert_values(frame, 2, 2, (double[]){1, 2, 3, 4});
    assert_string_equal(frame->names[0], "2");
    assert_string_equal(frame->names[1], "3");
    assert_false(frame->form.header);
    table_free(frame);
    frame = table_of("1\n2\n", NULL);
    assert_values(frame, 2, 1, (double[]){1, 2});
    assert_string_equal(frame->names[0], "1");
    assert_int_equal(frame->form.delimiter, 0);
    table_free(frame);
    frame = table_of("2019,2020\n1,2\n", &(table_options){.header = TABLE_HEADER_YES});
    assert_values(frame, 1, 2, (double[]){1, 2});
    assert_string_equal(frame->names[0], "2019");
    table_free(frame);
}

static void missing_values_are_missing(void **state)
{
    (void)state;
    table_frame *frame = table_of("a,b\nNA,1\n,2\nnan,3\nNULL,4\n-,5\n?,6\n-999,7\n8,8\n",
                                  &(table_options){.missing = "-999"});
    assert_values(frame, 8, 2,
                  (double[]){NAN, 1, NAN, 2, NAN, 3, NAN, 4, NAN, 5, NAN, 6, NAN, 7, 8, 8});
    table_free(frame);
}

static void text_and_empty_columns_are_left_out_with_a_remark(void **state)
{
    (void)state;
    table_frame *frame =
        table_of("day,weather,temp,\n2020-01-01,rain,5,\n2020-01-02,NA,6,\n", NULL);
    assert_values(frame, 2, 1, (double[]){5, 6});
    assert_remark(frame, TABLE_COLUMNS, "\"weather\", is left out");
    assert_string_equal(frame->names[0], "temp");
    table_free(frame);
    frame = table_of("a,b,c\n1,,5\n2,,6\n", NULL);
    assert_values(frame, 2, 2, (double[]){1, 5, 2, 6});
    assert_string_equal(frame->names[1], "c");
    assert_remark(frame, TABLE_COLUMNS, "\"b\" is left out: it has no values");
    table_free(frame);
}

static void row_numbers_of_data_frames_are_left_out(void **state)
{
    (void)state;
    table_frame *frame = table_of(",y\n0,1\n1,4\n2,9\n", NULL);
    assert_values(frame, 3, 1, (double[]){1, 4, 9});
    assert_remark(frame, TABLE_COLUMNS, "counts the rows");
    table_free(frame);
    frame = table_of(",y\n0,1\n5,4\n2,9\n", NULL);
    assert_values(frame, 3, 2, (double[]){0, 1, 5, 4, 2, 9});
    assert_string_equal(frame->names[0], "1");
    table_free(frame);
}

static void long_tables_have_a_series_for_each_id(void **state)
{
    (void)state;
    table_frame *frame = table_of("unique_id,ds,y\n"
                                  "b,2020-01-01,1\nb,2020-01-02,2\n"
                                  "a,2020-01-05,3\na,2020-01-06,4\nb,2020-01-03,5\n",
                                  NULL);
    assert_int_equal(frame->n_series, 2);
    assert_string_equal(frame->series[0].name, "b");
    assert_string_equal(frame->series[1].name, "a");
    assert_int_equal(frame->series[0].n_row, 3);
    assert_int_equal(frame->series[1].first, 3);
    assert_int_equal(frame->series[1].n_row, 2);
    assert_values(frame, 5, 1, (double[]){1, 2, 5, 3, 4});
    assert_int_equal(frame->times[3], at(2020, 1, 5, 0, 0));
    assert_int_equal(frame->step, 86400);
    table_free(frame);
}

static void ids_may_be_numbers_and_in_any_column(void **state)
{
    (void)state;
    table_frame *frame = table_of("y,store,t\n1,7,2020-01\n2,7,2020-02\n3,8,2020-01\n",
                                  &(table_options){.id_column = "store"});
    assert_int_equal(frame->n_series, 2);
    assert_string_equal(frame->series[0].name, "7");
    assert_values(frame, 3, 1, (double[]){1, 2, 3});
    assert_int_equal(frame->step_unit, LSTM_STEP_MONTHS);
    table_free(frame);
    frame =
        table_of("unique_id,t,y\n1,2020-01,1\n1,2020-02,2\n", &(table_options){.id_column = ""});
    assert_int_equal(frame->n_column, 2);
    assert_null(frame->series[0].name);
    table_free(frame);
}

static void many_series_are_found(void **state)
{
    (void)state;
    enum { S = 3000 };
    static char text[S * 48];
    size_t n = (size_t)sprintf(text, "unique_id,ds,y\n");
    for (int t = 0; t < 2; t++)
        for (int s = 0; s < S; s++)
            n += (size_t)sprintf(text + n, "s%d,202%d,%d\n", s, t, 2 * s + t);
    table_frame *frame = table_of_bytes(text, n, NULL);
    assert_int_equal(frame->n_series, S);
    for (int s = 0; s < S; s++) {
        char name[16];
        snprintf(name, sizeof name, "s%d", s);
        assert_string_equal(frame->series[s].name, name);
        assert_int_equal(frame->series[s].first, 2 * s);
        assert_true(frame->values[2 * s] == 2 * s && frame->values[2 * s + 1] == 2 * s + 1);
    }
    table_free(frame);
}

static void columns_can_be_chosen(void **state)
{
    (void)state;
    const char *text = "a,when,b,c\n1,01/02/2020,2,3\n4,01/03/2020,5,6\n";
    table_frame *frame =
        table_of(text, &(table_options){.time_format = "%m/%d/%Y",
                                        .n_value = 2,
                                        .values = (const char *const[]){"c", "1"}});
    assert_values(frame, 2, 2, (double[]){1, 3, 4, 6});
    assert_string_equal(frame->time_name, "when");
    assert_int_equal(frame->step, 86400);
    table_free(frame);
    frame = table_of(text, &(table_options){.time_format = "%m/%d/%Y", .time_column = "2"});
    assert_int_equal(frame->n_column, 3);
    table_free(frame);
    frame = table_of("2020-01-01,1\n2020-01-01,2\n", &(table_options){.time_column = ""});
    assert_values(frame, 2, 1, (double[]){1, 2});
    assert_null(frame->times);
    assert_int_equal(frame->step_unit, LSTM_STEP_ROWS);
    table_free(frame);
}

static void times_are_detected(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t first, step;
        lstm_step_unit unit;
        const char *form;
    } cases[] = {
        {"x,time\n1,1577836800\n2,1577836860\n", 1577836800, 60, LSTM_STEP_SECONDS, "Unix seconds"},
        {"x,time\n1,1577836800000\n2,1577836860000\n", 1577836800, 60, LSTM_STEP_SECONDS,
         "Unix milliseconds"},
        {"x,time\n1,1577836800000000000\n2,1577836860000000000\n", 1577836800, 60,
         LSTM_STEP_SECONDS, "Unix nanoseconds"},
        {"1577836800,1\n1577836860,1\n1577836920,4\n", 1577836800, 60, LSTM_STEP_SECONDS,
         "Unix seconds"},
        {"x,time\n1,1577836800.0\n2,1577836860.0\n", 1577836800, 60, LSTM_STEP_SECONDS,
         "Unix seconds"},
        {"Date Time,p\n01.01.2020 00:10:00,1\n01.01.2020 00:20:00,2\n", 1577837400, 600,
         LSTM_STEP_SECONDS, "%d.%m.%Y %H:%M:%S"},
        {"YEAR,n\n1700,5\n1701,11\n", -8520336000, 12, LSTM_STEP_MONTHS, "year first"},
        {"year,quarter,gdp\n1970,1,5\n1970,2,6\n", 0, 3, LSTM_STEP_MONTHS, "columns of years"},
        {"gdp,month,year\n5,1,1970\n6,2,1970\n", 0, 1, LSTM_STEP_MONTHS, "columns of years"},
        {"No,year,month,day,hour,pm\n1,1970,1,1,0,5\n2,1970,1,1,1,6\n", 0, 3600, LSTM_STEP_SECONDS,
         "columns of years"},
        {"Date;Time;p\n01.01.1970;00:00:00;5\n01.01.1970;00:01:00;6\n", 0, 60, LSTM_STEP_SECONDS,
         "%d.%m.%Y"},
        {"p,time,date\n5,14:00,1970-01-01\n6,15:00,1970-01-01\n7,24:00,1970-01-01\n", 50400, 3600,
         LSTM_STEP_SECONDS, "year first"},
        {"1970-01-01,02:00,7\n1970-01-01,03:00,8\n", 7200, 3600, LSTM_STEP_SECONDS, "year first"},
        {"q,y\n1970Q1,5\n1970Q2,6\n", 0, 3, LSTM_STEP_MONTHS, "year first"},
        {"date,y\n19700101,5\n19700108,6\n", 0, 604800, LSTM_STEP_SECONDS, "year first"},
        {"t,y\n1970-01-01T02:00+02:00,5\n1970-01-01T03:00+02:00,6\n", 0, 3600, LSTM_STEP_SECONDS,
         "year first"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        table_frame *frame = table_of(cases[i].text, NULL);
        assert_non_null(frame->times);
        assert_int_equal(frame->times[0], cases[i].first);
        assert_int_equal(frame->step_unit, cases[i].unit);
        assert_int_equal(frame->step, cases[i].step);
        assert_non_null(strstr(frame->form.times, cases[i].form));
        table_free(frame);
    }
}

static void numbers_are_not_taken_for_times(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "a,b\n2020,1\n2021,2\n",
        "a,b\n2020.5,1\n1999.1,2\n",
        "time,b\n0,1\n1,2\n",
        "20200101,1\n20200102,2\n",
        "price,b\n1577836800,1\n1577836700,2\n1577836900,2\n",
        "day,month\n1,1\n2,1\n",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        table_frame *frame = table_of(cases[i], NULL);
        assert_null(frame->times);
        assert_int_equal(frame->n_column, 2);
        assert_remark(frame, TABLE_STEP, "no times");
        table_free(frame);
    }
}

/* Chunks end anywhere: in cells, quotes, line ends. */
static void long_texts_are_read_like_short_ones(void **state)
{
    (void)state;
    enum { N = 70000 };
    char *text = malloc(N * 24);
    assert_non_null(text);
    size_t n = (size_t)sprintf(text, "a,b\r\n");
    for (int i = 0; i < N; i++)
        n += (size_t)sprintf(text + n, i % 7 == 3 ? "#%d,\r\n" : "%d,\"%d.5\"\r\n", i, -i);
    table_frame *frame = table_of_bytes(text, n, NULL);
    int64_t row = 0;
    for (int i = 0; i < N; i++)
        if (i % 7 != 3) {
            assert_true(frame->values[2 * row] == i);
            assert_true(frame->values[2 * row + 1] == (i == 0 ? 0.5 : -i - 0.5));
            row++;
        }
    assert_int_equal(frame->n_row, row);
    table_free(frame);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_table_is_read),
        cmocka_unit_test(delimiters_marks_and_line_ends_do_not_matter),
        cmocka_unit_test(quotes_may_enclose_delimiters_quotes_and_line_ends),
        cmocka_unit_test(names_are_utf_8),
        cmocka_unit_test(a_table_without_a_header_has_numbers_as_names),
        cmocka_unit_test(missing_values_are_missing),
        cmocka_unit_test(text_and_empty_columns_are_left_out_with_a_remark),
        cmocka_unit_test(row_numbers_of_data_frames_are_left_out),
        cmocka_unit_test(long_tables_have_a_series_for_each_id),
        cmocka_unit_test(ids_may_be_numbers_and_in_any_column),
        cmocka_unit_test(many_series_are_found),
        cmocka_unit_test(columns_can_be_chosen),
        cmocka_unit_test(times_are_detected),
        cmocka_unit_test(numbers_are_not_taken_for_times),
        cmocka_unit_test(long_texts_are_read_like_short_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
