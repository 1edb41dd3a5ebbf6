/* SPDX-License-Identifier: MIT */
/* Malformed text tables: a message with line and column, and no table. */
#include "table_case.h"

#include <stdio.h>
#include <stdlib.h>

static void malformed_cells_are_refused_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        lstm_status status;
        int64_t line, column;
        const char *part;
    } cases[] = {
        /* numbers */
        {"a,b\n1,2\n3,0x1p3\n", LSTM_E_FORMAT, 3, 2, "\"0x1p3\" in column \"b\" is not a number"},
        {"a,b\n1,2\n3,nan(1)\n", LSTM_E_FORMAT, 3, 2, "is not a number"},
        {"a,b\n1,2\n3,INF\n", LSTM_E_FORMAT, 3, 2, "is not a number"},
        {"a,b\n1,2\n3,-Infinity\n", LSTM_E_FORMAT, 3, 2, "is not a number"},
        {"a,b\n1,2\n3,1e999\n", LSTM_E_NUMERIC, 3, 2, "larger than any number"},
        {"a,b\n1,2\n3,1_000\n", LSTM_E_FORMAT, 3, 2, "is not a number"},
        {"a,b\n1,2\n3,\" 4\"\n", LSTM_E_FORMAT, 3, 2, "\" 4\""},
        {"a,b\n1,2\n3,4 5\n", LSTM_E_FORMAT, 3, 2, "\"4 5\""},
        {"a,b\n1,2\n3,=cmd()\n", LSTM_E_FORMAT, 3, 2, "\"=cmd()\""},
        {"a,b\n1,2\n3,\"1,5\"\n", LSTM_E_FORMAT, 3, 2, "(--decimal , reads decimal commas)"},
        {"a,b\n\"1,5\",2\n\"1,7\",3\n", LSTM_E_FORMAT, 2, 1, "(--decimal , reads decimal commas)"},
        {"a;b\n1.234,5;2\n1.234,7;3\n", LSTM_E_FORMAT, 2, 1, "thousands"},
        {"a;b\n1,5;2\n3;4.5\n5;6,5\n", LSTM_E_FORMAT, 2, 1, "(--decimal , reads decimal commas)"},
        {"a,b\n1,2\n3,\"1,000.5\"\n", LSTM_E_FORMAT, 3, 2, "thousands"},
        {"a,b\n1,2\n3,\"\x1B[31m\"\n", LSTM_E_FORMAT, 3, 2, "\"?[31m\""},
        /* rows */
        {"a,b\n1,2\n3\n", LSTM_E_FORMAT, 3, 2, "cells in the row: 1, expected 2"},
        {"a,b\n1,2\n3,4,5\n", LSTM_E_FORMAT, 3, 3, "cells in the row: 3, expected 2"},
        {"a,b\n1,2\n\n# x\n3,4,5\n", LSTM_E_FORMAT, 5, 3, "cells in the row: 3"},
        {"a,b\n\"1\n\",2\n3\n", LSTM_E_FORMAT, 3, 1, "\"1?\""},
        {"a,b\n1,2\n3", LSTM_E_FORMAT, 3, 2, "cells in the row: 1"},
        /* quotes */
        {"a,b\n1,2\n3,\"4\n", LSTM_E_FORMAT, 3, 2, "has no end"},
        {"a,b\n1,2\n3,\"4\"5\n", LSTM_E_FORMAT, 3, 2, "quote inside of a cell"},
        {"a,b\n1,2\n3,4\"\n", LSTM_E_FORMAT, 3, 2, "quote inside of a cell"},
        /* headers */
        {"", LSTM_E_FORMAT, 0, 0, "is empty"},
        {"\n\n# x\n", LSTM_E_FORMAT, 0, 0, "is empty"},
        {"a,b\n", LSTM_E_FORMAT, 1, 0, "no row of data"},
        {"a,b,a\n1,2,3\n", LSTM_E_FORMAT, 1, 3, "another column named \"a\""},
        {"a,\xFC\n1,2\n", LSTM_E_FORMAT, 1, 2, "is not UTF-8"},
        {"a,\"b\tc\"\n1,2\n", LSTM_E_FORMAT, 1, 2, "control character"},
        {"date,x\n2020-01-01,one\n2020-01-02,two\n", LSTM_E_FORMAT, 0, 0, "no column of numbers"},
        {"a:b\n1:2\n3:4\n", LSTM_E_FORMAT, 0, 0, "--delimiter says what separates them"},
        {"a\nNA\n\nNA\n", LSTM_E_FORMAT, 0, 0, "all values are missing"},
        /* times */
        {"date,y\n01/02/2020,1\n", LSTM_E_FORMAT, 2, 1,
         "(--time-format names others): %m/%d/%Y, or %d/%m/%Y"},
        {"date,y\n2020-01-01,1\n2020-01-02,2\n2020-02-30,3\n", LSTM_E_FORMAT, 4, 1,
         "\"2020-02-30\" in column \"date\" is not a time that exists"},
        {"date,y\n2020-01-01 00:00:00.5,1\n", LSTM_E_FORMAT, 2, 1, "has a fraction of a second"},
        {"date,y\n2020-01-01 00:00:00.0,1\n2020-01-01 00:00:00.5,1\n2020-01-01 00:00:01.5,2\n",
         LSTM_E_FORMAT, 3, 1, "\"2020-01-01 00:00:00.5\" has a fraction of a second"},
        {"y,ds\n1,2020-01-31\n2\n3,x\n4,y\n5,z\n", LSTM_E_FORMAT, 3, 2, "\"\" is not a time"},
        {"date,y\n2021-W53,1\n", LSTM_E_FORMAT, 2, 1, "is not a time that exists"},
        {"date,y\n2020-01-01,1\n2020-01-02,2\n,3\n", LSTM_E_FORMAT, 4, 1, "every row needs one"},
        {"date,y\n2020-01-01,1\n2020-01-02,2\nx,3\n", LSTM_E_FORMAT, 4, 1, "not a time in a form"},
        {"ds,y\n2020-01-01T00:00Z,1\n2020-01-01T01:00,2\n2020-01-01T02:00Z,2\n", LSTM_E_FORMAT, 3,
         1, "has no offset"},
        {"ds,y\n2020-01-01T00:00,1\n2020-01-01T01:00Z,2\n2020-01-01T02:00,2\n", LSTM_E_FORMAT, 3, 1,
         "has an offset"},
        {"ds,y\n2020-01-01 00:00:00,1\n2020-01-01 00:00:00.5,2\n2020-01-01 00:00:01,2\n",
         LSTM_E_FORMAT, 3, 1, "fraction of a second"},
        {"time,y\n1577836800000,1\n1577836800500,2\n1577836801000,3\n", LSTM_E_FORMAT, 3, 1,
         "fraction of a second"},
        {"time,y\n1577836800,1\n-1577836801,2\n99999999999999,3\n", LSTM_E_FORMAT, 4, 1,
         "outside of the years"},
        {"time,y\n1577836800,1\n1577836801,2\n15778368O2,3\n", LSTM_E_FORMAT, 4, 1,
         "whole number of seconds"},
        {"date,time,y\n2020-01-01,10:00,1\n2020-01-01,11:60,2\n2020-01-01,12:00,2\n", LSTM_E_FORMAT,
         3, 2, "is not a time that exists"},
        {"date,time,y\n2020-01-01,10:00,1\n2020-01-01,eleven,2\n2020-01-01,12:00,2\n",
         LSTM_E_FORMAT, 3, 2, "not a time of day"},
        {"date,time,y\n9999-12-31,10:00,1\n9999-12-31,24:00,2\n", LSTM_E_FORMAT, 3, 1, "the years"},
        {"year,quarter,y\n2020,1,2\n2020,5,3\n", LSTM_E_FORMAT, 3, 1, "quarter 5 of year 2020"},
        {"year,month,y\n2020,1,2\n2020,x,3\n", LSTM_E_FORMAT, 3, 2, "not a part of a time"},
        {"year,month,day,hour,minute,y\n2020,1,2,3,4,5\n2020,1,2,3,61,5\n", LSTM_E_FORMAT, 3, 1,
         "none that exists"},
        /* series */
        {"unique_id,ds,y\na,2020-01-01,1\n,2020-01-02,1\n", LSTM_E_FORMAT, 3, 1, "is empty"},
        {"unique_id,ds,y\na,2020-01-01,1\n\xFF,2020-01-02,1\n", LSTM_E_FORMAT, 3, 1, "not UTF-8"},
        /* other files */
        {"\xFF\xFE"
         "a",
         LSTM_E_FORMAT, 1, 1, "UTF-16"},
        {"PK\3\4 and so on", LSTM_E_FORMAT, 0, 0, "zip archive"},
        {"PAR1 and so on", LSTM_E_FORMAT, 0, 0, "Parquet"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(cases[i].text, NULL, cases[i].status, cases[i].line, cases[i].column,
                cases[i].part);
}

static void a_byte_0_is_refused(void **state)
{
    (void)state;
    static const char text[] = "a,b\n1,2\n3,4\0\n5,6\n";
    refused_bytes(text, sizeof text - 1, NULL, LSTM_E_FORMAT, 3, 2, "byte 0");
    static const char zeros[1000];
    refused_bytes(zeros, sizeof zeros, NULL, LSTM_E_FORMAT, 1, 1, "byte 0");
}

static void names_that_are_not_utf_8_are_refused(void **state)
{
    (void)state;
    /* cut, overlong, surrogates, beyond U+10FFFF, a byte of another character */
    static const char *const names[] = {
        "\xC3",         "\xE2\x82",         "\xF0\x9F\x98", "\xC0\x80",  "\xE0\x80\x80",
        "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80",         "\xE2\x82x", "\xF0\x9F\x98x"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[40];
        snprintf(text, sizeof text, "a,%s\n1,2\n", names[i]);
        refused(text, NULL, LSTM_E_FORMAT, 1, 2, "is not UTF-8");
    }
    refused("a,\xC2\x85\n1,2\n", NULL, LSTM_E_FORMAT, 1, 2, "control character");
    char text[400];
    memset(text, 'x', sizeof text);
    memcpy(text + 255, "\n1\n", 4);
    table_free(table_of(text, NULL));
    memcpy(text + 255, "x\n1\n", 5);
    refused(text, NULL, LSTM_E_FORMAT, 1, 1, "longer than 255 bytes");
}

static void long_cells_are_shortened_in_messages(void **state)
{
    (void)state;
    char text[400] = "a\n1\n", *at = text + strlen(text);
    for (int i = 0; i < 60; i++)
        at += sprintf(at, "\xE2\x82\xAC");
    strcpy(at, "\n");
    table_error error;
    table_frame *frame = NULL;
    assert_int_equal(table_read_memory(&frame, text, strlen(text), "test", NULL, &error),
                     LSTM_E_FORMAT);
    assert_non_null(strstr(error.message, "\xE2\x82\xAC...\" in column"));
}

/* Every beginning of a table is refused unless it ends with a row. A row that is cut behind its last
   delimiter has all its cells, of which the last is missing: no reader can tell. */
static void truncated_tables_are_refused_within_a_row(void **state)
{
    (void)state;
    static const char text[] =
        "unique_id,ds,y,\"z\"\na,2020-01-01,1.25,\"7\"\na,2020-01-02,2.5,\"8\"\n";
    const size_t header = 19, one_row = 40, cut_cell = 58, two_rows = 61, all = sizeof text - 1;
    assert_int_equal(all, two_rows + 1);
    for (size_t n = 0; n <= all; n++) {
        if (n == header + 18) /* a first row that is cut so has no column z */
            continue;
        bool is_one = n == one_row || n == one_row + 1, is_two = n == two_rows || n == all;
        table_frame *frame = NULL;
        table_error error;
        lstm_status status = table_read_memory(&frame, text, n, "cut", NULL, &error);
        if (!is_one && !is_two && n != cut_cell) {
            assert_true(status == LSTM_E_FORMAT && error.message[0] != '\0' && frame == NULL);
            continue;
        }
        assert_int_equal(status, LSTM_OK);
        assert_values(frame, is_one ? 1 : 2, 2, (double[]){1.25, 7, 2.5, is_two ? 8 : NAN});
        table_free(frame);
    }
}

static void limits_are_kept(void **state)
{
    (void)state;
    refused("a,b\n1,2\n3,4\n", &(table_options){.max_bytes = 11}, LSTM_E_LIMIT, 0, 0,
            "more than 11 bytes");
    table_free(table_of("a,b\n1,2\n3,4\n", &(table_options){.max_bytes = 12}));
    refused("a,b\n1,2\n3,4\n", &(table_options){.max_values = 3}, LSTM_E_LIMIT, 0, 0,
            "more than 3 values");
    table_free(table_of("a,b\n1,2\n3,4\n", &(table_options){.max_values = 4}));
    refused("a,b\n1,2\n3,4\n", &(table_options){.max_columns = 1}, LSTM_E_LIMIT, 1, 2,
            "more than 1 columns");
    refused("a,b\n1,2\n3,\"4\n5\n6\n7\n", &(table_options){.max_record = 8}, LSTM_E_LIMIT, 3, 2,
            "more than 8 bytes");
}

/* More than a chunk, so that the beginning has no whole line. */
static void an_endless_line_is_refused(void **state)
{
    (void)state;
    const size_t n = 3 << 20;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, ',', n);
    refused_bytes(text, n, NULL, LSTM_E_LIMIT, 1, 0, "the line has more than");
    memset(text, '1', n);
    refused_bytes(text, n, NULL, LSTM_E_LIMIT, 1, 0, "the line has more than");
    memcpy(text, "a,b\n1,\"", 7);
    refused_bytes(text, n, NULL, LSTM_E_LIMIT, 2, 0, "end of a quote missing");
    memcpy(text, "a,b\n1,2\n3,\"", 11);
    refused_bytes(text, n, &(table_options){.max_record = 1 << 20}, LSTM_E_LIMIT, 3, 2,
                  "end of a quote missing");
    memset(text, ',', n);
    for (size_t i = 200000; i < n; i += 100000)
        text[i] = '\n';
    refused_bytes(text, n, NULL, LSTM_E_LIMIT, 1, 10001, "more than 10000 columns");
    free(text);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    static const char *const twice[] = {"a", "a"}, *const unknown[] = {"c"};
    const struct {
        table_options options;
        const char *part;
    } cases[] = {
        {{.disorder = TABLE_MEAN}, "disorder"},
        {{.duplicates = TABLE_SORT}, "duplicates"},
        {{.gaps = TABLE_FIRST}, "gaps"},
        {{.clock_back = TABLE_FILL}, "clock_back"},
        {{.delimiter = '"'}, "delimiter"},
        {{.decimal = ';'}, "decimal mark"},
        {{.header = (table_header)7}, "header"},
        {{.n_value = -1}, "n_value"},
        {{.n_value = 1}, "values is NULL"},
        {{.time_format = "%d.%m."}, "time format"},
        {{.max_values = -1}, "limit"},
        {{.time_column = "c"}, "no column \"c\""},
        {{.time_column = "3"}, "no column \"3\""},
        {{.time_column = "0"}, "no column \"0\""},
        {{.id_column = "c"}, "no column \"c\""},
        {{.values = unknown, .n_value = 1}, "no column \"c\""},
        {{.values = twice, .n_value = 2}, "named twice"},
        {{.time_column = "a", .time_format = "%Y", .id_column = "a"}, "times and series ids"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused("a,b\n1,2\n", &cases[i].options, LSTM_E_ARGUMENT, 0, 0, cases[i].part);
    refused("a,b\n1,2\n", &(table_options){.time_format = "%d.%m.%Y"}, LSTM_E_FORMAT, 0, 0,
            "no column has times of the form");
    refused("day,y\n1,2\n", &(table_options){.time_format = "%Y %Z"}, LSTM_E_ARGUMENT, 0, 0,
            "a conversion that is not known");
    refused("y,date\n1,07/05/2020\n", &(table_options){.time_format = "%d.%m.%Y"}, LSTM_E_FORMAT, 2,
            2, "\"07/05/2020\" does not have the form \"%d.%m.%Y\"");
    refused("y,date\n1,07/05/2020\n2,07/15/2020\n3,07/16/2020\n",
            &(table_options){.time_format = "%d/%m/%Y"}, LSTM_E_FORMAT, 3, 2, "\"07/15/2020\"");
    refused("a,b\nx,2\n", &(table_options){.time_column = "a"}, LSTM_E_FORMAT, 2, 1, "\"x\"");
}

static void an_error_need_not_be_wanted(void **state)
{
    (void)state;
    table_frame *frame = NULL;
    assert_int_equal(table_read_memory(&frame, "a", 1, "test", NULL, NULL), LSTM_E_FORMAT);
    assert_null(frame);
    table_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_cells_are_refused_with_their_place),
        cmocka_unit_test(a_byte_0_is_refused),
        cmocka_unit_test(names_that_are_not_utf_8_are_refused),
        cmocka_unit_test(long_cells_are_shortened_in_messages),
        cmocka_unit_test(truncated_tables_are_refused_within_a_row),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(an_endless_line_is_refused),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(an_error_need_not_be_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
