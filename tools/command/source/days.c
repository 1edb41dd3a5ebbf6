/* SPDX-License-Identifier: MIT */
#include "command/source/days.h"
#include "command/console/message.h"
#include "command/options/settings.h"
#include "table/date.h"
#include "table/input.h"
#include "table/notes.h"
#include "table/text/records.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 24, MOST_RECORD = 1 << 12, MOST_CELLS = 100 };

/* A file that is being read. */
typedef struct reading {
    days *all;
    bool has_rows;            /* before this row                              */
    bool has_date, has_first; /* of this row                                  */
    char first[TABLE_QUOTE];  /* its first cell                               */
    table_error *error;
} reading;

static bool add_day(days *all, int64_t time)
{
    if (all->n == all->capacity) {
        int64_t capacity = 2 * all->capacity + 64;
        int64_t *times = realloc(all->times, (size_t)capacity * sizeof *times);
        if (times == NULL)
            return false;
        all->times = times;
        all->capacity = capacity;
    }
    all->times[all->n++] = time;
    return true;
}

/* 2024-07 is a month, which has days that are not meant. */
static bool is_day(const char *text, size_t size, table_stamp *stamp)
{
    return size >= sizeof "2024.7.5" - 1 && table_date_read(text, size, stamp) == TABLE_DATE_OK;
}

static lstm_status take_cell(void *context, const char *text, size_t size, int64_t line,
                             int64_t column)
{
    reading *at = context;
    table_stamp stamp;
    (void)line;
    (void)column;
    if (!at->has_first) {
        table_quote(at->first, text, size);
        at->has_first = true;
    }
    if (at->has_date || !is_day(text, size, &stamp))
        return LSTM_OK;
    at->has_date = true;
    return add_day(at->all, stamp.time) ? LSTM_OK : table_fail_memory(at->error);
}

/* A first row without a date is the header. */
static lstm_status take_row(void *context, int64_t line, int64_t n)
{
    reading *at = context;
    bool is_wrong = !at->has_date && at->has_rows;
    (void)n;
    at->has_rows = true;
    at->has_date = at->has_first = false;
    if (!is_wrong)
        return LSTM_OK;
    return table_fail_at(at->error, LSTM_E_FORMAT, line, 1,
                         "%s has no date, expected one as 2024-12-25", at->first);
}

/* The delimiter that comes first. */
static char delimiter_of(const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] == ';' || data[i] == ',' || data[i] == '\t')
            return data[i];
    return ',';
}

static lstm_status read_records(table_input *input, reading *at)
{
    static const table_limits limits = {MOST_RECORD, MOST_CELLS};
    const table_handler handler = {at, take_cell, take_row};
    table_records *records = NULL;
    const char *data;
    size_t size;
    bool whole;
    table_input_peek(input, &data, &size, &whole);
    if (size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) /* a byte-order mark */
        table_input_skip(input, 3);
    lstm_status status =
        table_records_open(&records, delimiter_of(data, size), &handler, &limits, at->error);
    for (bool more = true; status == LSTM_OK && more;) {
        status = table_input_next(input, &data, &size, at->error);
        more = size > 0;
        if (status == LSTM_OK && more)
            status = table_records_feed(records, data, size);
    }
    if (status == LSTM_OK)
        status = table_records_end(records);
    table_records_close(records);
    return status;
}

int days_read(days *all, const char *path)
{
    table_error error = {.source = path};
    table_input *input = NULL;
    reading at = {.all = all, .error = &error};
    const table_source source = {path, -1, NULL, 0};
    *all = (days){0};
    lstm_status status = table_input_open(&input, &source, MOST_BYTES, &error);
    if (status == LSTM_OK)
        status = read_records(input, &at);
    table_input_close(input);
    if (status == LSTM_OK && all->n == 0)
        status = table_fail(&error, LSTM_E_FORMAT, "there is no date");
    return status < 0 ? message_error("%s", error.message) : EXIT_OK;
}

void days_free(days *all)
{
    free(all->times);
    *all = (days){0};
}
