/* SPDX-License-Identifier: MIT */
/* Reading texts into tables, and assertions on tables and errors. */
#ifndef TESTS_TOOLS_TABLE_CASE_H
#define TESTS_TOOLS_TABLE_CASE_H

#include "assert_status.h"
#include "table/table.h"

#include <math.h>
#include <string.h>

/** Read bytes; the test fails with the message if they are refused. Free the result. */
static inline table_frame *table_of_bytes(const void *bytes, size_t size,
                                          const table_options *options)
{
    table_frame *frame = NULL;
    table_error error;
    if (table_read_memory(&frame, bytes, size, "test", options, &error) != LSTM_OK)
        fail_msg("refused: %s", error.message);
    assert_int_equal(error.status, LSTM_OK);
    assert_string_equal(error.message, "");
    return frame;
}

static inline table_frame *table_of(const char *text, const table_options *options)
{
    return table_of_bytes(text, strlen(text), options);
}

/** Assert that bytes are refused with a place and a part of the message, and nothing is returned. */
static inline void refused_bytes(const void *bytes, size_t size, const table_options *options,
                                 lstm_status status, int64_t line, int64_t column, const char *part)
{
    table_frame *frame = (table_frame *)&frame;
    table_error error;
    lstm_status got = table_read_memory(&frame, bytes, size, "test", options, &error);
    if (got != status || error.line != line || error.column != column ||
        strstr(error.message, part) == NULL)
        fail_msg("%.60s\n%s %lld:%lld \"%s\", expected %s %lld:%lld \"%s\"", (const char *)bytes,
                 lstm_status_name(got), (long long)error.line, (long long)error.column,
                 error.message, lstm_status_name(status), (long long)line, (long long)column, part);
    assert_int_equal(error.status, status);
    assert_ptr_equal(frame, &frame);
    assert_memory_equal(error.message, "test: ", 6);
}

static inline void refused(const char *text, const table_options *options, lstm_status status,
                           int64_t line, int64_t column, const char *part)
{
    refused_bytes(text, strlen(text), options, status, line, column, part);
}

/** NAN stands for a missing value. */
static inline void assert_values(const table_frame *frame, int64_t n_row, int64_t n_column,
                                 const double *values)
{
    assert_int_equal(frame->n_row, n_row);
    assert_int_equal(frame->n_column, n_column);
    for (int64_t i = 0; i < n_row * n_column; i++) {
        double got = frame->values[i], wanted = values[i];
        if (isnan(wanted) ? !isnan(got) : got != wanted)
            fail_msg("row %lld, column %lld: %.17g, expected %.17g", (long long)(i / n_column),
                     (long long)(i % n_column), got, wanted);
    }
}

/** The text of the first remark on a topic; "" if there is none. */
static inline const char *remark_on(const table_frame *frame, table_topic topic)
{
    for (int64_t i = 0; i < frame->remarks.n; i++)
        if (frame->remarks.items[i].topic == topic)
            return frame->remarks.items[i].text;
    return "";
}

static inline void assert_remark(const table_frame *frame, table_topic topic, const char *part)
{
    if (strstr(remark_on(frame, topic), part) == NULL)
        fail_msg("the remark is \"%s\", without \"%s\"", remark_on(frame, topic), part);
}

/** The time of a date. */
static inline int64_t at(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute)
{
    int64_t time = 0;
    assert_int_equal(lstm_utc_time(&time, year, month, day, 3600 * hour + 60 * minute), LSTM_OK);
    return time;
}

#endif
