/* SPDX-License-Identifier: MIT */
#include "table/text/text.h"

#include "table/memory.h"
#include "table/notes.h"
#include "table/text/layout.h"
#include "table/text/number.h"

#include <math.h>
#include <string.h>

/* What is known while rows are read. */
typedef struct reading {
    const table_options *options;
    table_error *error;
    table_rows *rows;
    table_layout layout;
    table_dialect dialect;
    locale_t c_locale;
    int64_t n_header; /* rows that are still to be skipped */
    int64_t parts[TABLE_MOST_PARTS];
    int64_t second; /* of the day, of layout.clock_field */
} reading;

static lstm_status refuse_cell(const reading *r, lstm_status status, const char *text, size_t size,
                               int64_t line, int64_t column, const char *reason)
{
    char quoted[TABLE_QUOTE], name[TABLE_QUOTE];
    const char *header = r->layout.fields[column - 1].name;
    return table_fail_at(r->error, status, line, column, "%s in column %s %s",
                         table_quote(quoted, text, size), table_quote(name, header, strlen(header)),
                         reason);
}

static lstm_status refuse_number(const reading *r, table_number_fault fault, const char *text,
                                 size_t size, int64_t line, int64_t column)
{
    if (fault == TABLE_NUMBER_RANGE)
        return refuse_cell(r, LSTM_E_NUMERIC, text, size, line, column,
                           "is larger than any number of double precision");
    char other = r->dialect.decimal == '.' ? ',' : '.';
    const char *reason = "is not a number";
    if (memchr(text, other, size) != NULL && memchr(text, r->dialect.decimal, size) != NULL)
        reason = "is not a number; separators of thousands are not read";
    else if (table_is_number(text, size, other))
        reason = other == ','
                     ? "is not a number with a decimal point (--decimal , reads decimal commas)"
                     : "is not a number with a decimal comma (--decimal . reads decimal points)";
    return refuse_cell(r, LSTM_E_FORMAT, text, size, line, column, reason);
}

static lstm_status take_value(reading *r, const char *text, size_t size, int64_t line,
                              int64_t column)
{
    table_rows *rows = r->rows;
    double *value =
        &rows->values[rows->n_row * rows->n_column + r->layout.fields[column - 1].number];
    table_number_fault fault = table_number(text, size, r->dialect.decimal, r->c_locale, value);
    /* first, since a marker may be a number, such as -999 */
    if (r->options->missing != NULL || fault == TABLE_NUMBER_NONE) {
        if (table_is_missing(text, size, r->options->missing)) {
            *value = (double)NAN;
            return LSTM_OK;
        }
    }
    return fault == TABLE_NUMBER_OK ? LSTM_OK : refuse_number(r, fault, text, size, line, column);
}

static lstm_status take_time(reading *r, const char *text, size_t size, int64_t line,
                             int64_t column)
{
    const char *fault =
        table_clock_read(&r->layout.clock, text, size, &r->rows->times[r->rows->n_row]);
    if (fault == NULL)
        return LSTM_OK;
    if (table_is_missing(text, size, r->options->missing))
        fault = "is no time, and every row needs one";
    return refuse_cell(r, LSTM_E_FORMAT, text, size, line, column, fault);
}

static lstm_status take_clock(reading *r, const char *text, size_t size, int64_t line,
                              int64_t column)
{
    table_date_fault fault = table_date_read_clock(text, size, &r->second);
    return fault == TABLE_DATE_OK ? LSTM_OK
                                  : refuse_cell(r, LSTM_E_FORMAT, text, size, line, column,
                                                fault == TABLE_DATE_NONE ? "is not a time of day"
                                                                         : table_date_text(fault));
}

static lstm_status take_id(reading *r, const char *text, size_t size, int64_t line, int64_t column)
{
    table_rows *rows = r->rows;
    const char *last =
        rows->n_row == 0 ? NULL : table_names_text(&rows->names, rows->series[rows->n_row - 1]);
    if (last != NULL && strlen(last) == size && memcmp(last, text, size) == 0) {
        rows->series[rows->n_row] = rows->series[rows->n_row - 1];
        return LSTM_OK;
    }
    const char *fault = table_name_fault(text, size);
    if (fault != NULL)
        return refuse_cell(r, LSTM_E_FORMAT, text, size, line, column, fault);
    int64_t number = table_names_number(&rows->names, text, size);
    if (number < 0)
        return table_fail_memory(r->error);
    rows->series[rows->n_row] = number;
    return LSTM_OK;
}

static lstm_status take_part(reading *r, const char *text, size_t size, int64_t line,
                             int64_t column)
{
    const char *at = text;
    int64_t part = table_date_digits(&at, text + size, 4);
    if (part < 0 || at != text + size)
        return refuse_cell(r, LSTM_E_FORMAT, text, size, line, column,
                           "is not a part of a time: a whole number of at most 4 digits");
    r->parts[r->layout.fields[column - 1].number] = part;
    return LSTM_OK;
}

static lstm_status take_cell(void *context, const char *text, size_t size, int64_t line,
                             int64_t column)
{
    reading *r = context;
    if (r->n_header > 0 || column > r->layout.n_field)
        return LSTM_OK;
    if (column == 1) {
        lstm_status status = table_rows_reserve(r->rows, r->error);
        if (status < 0)
            return status;
    }
    switch (r->layout.fields[column - 1].use) {
    case TABLE_USE_VALUE:
        return take_value(r, text, size, line, column);
    case TABLE_USE_TIME:
        return take_time(r, text, size, line, column);
    case TABLE_USE_CLOCK:
        return take_clock(r, text, size, line, column);
    case TABLE_USE_ID:
        return take_id(r, text, size, line, column);
    case TABLE_USE_PART:
        return take_part(r, text, size, line, column);
    case TABLE_USE_SKIP:
        break;
    }
    return LSTM_OK;
}

/* The time of a row from its parts. */
static lstm_status join_parts(reading *r, int64_t line)
{
    const table_layout *layout = &r->layout;
    const int64_t *parts = r->parts;
    table_date date = {parts[TABLE_PART_YEAR], parts[TABLE_PART_MONTH], 1, 0};
    if (layout->has_quarters)
        date.month = date.month >= 1 && date.month <= 4 ? 3 * date.month - 2 : 0;
    if (layout->n_part > TABLE_PART_DAY)
        date.day = parts[TABLE_PART_DAY];
    if (layout->n_part > TABLE_PART_HOUR)
        date.second = 3600 * parts[TABLE_PART_HOUR];
    bool is_minute = layout->n_part <= TABLE_PART_MINUTE || parts[TABLE_PART_MINUTE] < 60;
    if (layout->n_part > TABLE_PART_MINUTE)
        date.second += 60 * parts[TABLE_PART_MINUTE];
    if (!is_minute || table_date_time(&date, &r->rows->times[r->rows->n_row]) != TABLE_DATE_OK)
        return table_fail_at(r->error, LSTM_E_FORMAT, line, r->rows->time_column,
                             "the columns of the time give none that exists: %s %lld of year %lld",
                             layout->has_quarters ? "quarter" : "month",
                             (long long)parts[TABLE_PART_MONTH], (long long)parts[0]);
    return LSTM_OK;
}

/* The time of a row from its date and its time of day. */
static lstm_status add_clock(reading *r, int64_t line)
{
    int64_t *time = &r->rows->times[r->rows->n_row];
    *time += r->second;
    return table_date_in_years(*time)
               ? LSTM_OK
               : table_fail_at(r->error, LSTM_E_FORMAT, line, r->rows->time_column,
                               "the time is outside of the years 1 to 9999");
}

static lstm_status take_row(void *context, int64_t line, int64_t n)
{
    reading *r = context;
    if (n != r->layout.n_field)
        return table_fail_at(
            r->error, LSTM_E_FORMAT, line, (n < r->layout.n_field ? n : r->layout.n_field) + 1,
            "cells in the row: %lld, expected %lld", (long long)n, (long long)r->layout.n_field);
    if (r->n_header > 0) {
        r->n_header--;
        return LSTM_OK;
    }
    lstm_status status = LSTM_OK;
    if (r->layout.n_part > 0)
        status = join_parts(r, line);
    else if (r->layout.clock_field >= 0)
        status = add_clock(r, line);
    r->rows->lines[r->rows->n_row++] = line;
    return status;
}

/* Every byte from the present one on. */
static lstm_status feed(table_input *input, table_records *records, table_error *error)
{
    for (;;) {
        const char *text;
        size_t size;
        lstm_status status = table_input_next(input, &text, &size, error);
        if (status < 0)
            return status;
        if (size == 0)
            return table_records_end(records);
        status = table_records_feed(records, text, size);
        if (status < 0)
            return status;
    }
}

/* The names of the table's columns and of its times. */
static lstm_status take_names(reading *r, table_frame *frame)
{
    table_layout *layout = &r->layout;
    frame->names = table_allocate(layout->n_value, sizeof *frame->names);
    if (frame->names == NULL)
        return table_fail_memory(r->error);
    frame->n_column = layout->n_value;
    for (int64_t c = 0; c < layout->n_field; c++) {
        table_field *field = &layout->fields[c];
        if (field->use == TABLE_USE_VALUE) {
            frame->names[field->number] = field->name;
            field->name = table_copy(field->name, strlen(field->name)); /* for messages */
            if (field->name == NULL)
                return table_fail_memory(r->error);
        }
    }
    if (layout->time_field < 0)
        return LSTM_OK;
    const char *name = layout->fields[layout->time_field].name;
    frame->time_name = table_copy(name, strlen(name));
    return frame->time_name == NULL ? table_fail_memory(r->error) : LSTM_OK;
}

static lstm_status remark_form(const reading *r, table_frame *frame)
{
    table_form *form = &frame->form;
    const table_layout *layout = &r->layout;
    form->header = layout->first_row == 1;
    form->decimal_comma = r->dialect.decimal == ',';
    if (layout->n_field > 1)
        form->delimiter = r->dialect.delimiter;
    form->times = table_clock_name(&layout->clock);
    char delimiter[4] = {'"', form->delimiter, '"', '\0'};
    if (form->delimiter == 0)
        delimiter[0] = '\0';
    lstm_status status = table_remark_add(
        &frame->remarks, r->error, TABLE_FORMAT, layout->n_field, 0,
        "%s%s%s, %s a header, numbers with a decimal %s%s",
        form->delimiter == 0 ? "a single column" : "columns are separated by ",
        form->delimiter == '\t' ? "tabs" : delimiter, form->gzip ? ", compressed by gzip" : "",
        form->header ? "with" : "without", form->decimal_comma ? "comma" : "point",
        form->bom ? ", with a byte-order mark" : "");
    if (status == LSTM_OK && layout->clock.offset == 2 && layout->clock.kind != TABLE_CLOCK_UNIX)
        status = table_remark_add(&frame->remarks, r->error, TABLE_CLOCK, 0, 0,
                                  "times have an offset from UTC: they are taken as UTC, and so "
                                  "are those that are written");
    if (status < 0 || form->times == NULL)
        return status;
    return table_remark_add(
        &frame->remarks, r->error, TABLE_FORMAT, 1, 0, "times are in column %lld, %s%.100s%s: %s",
        (long long)r->rows->time_column, frame->time_name == NULL ? "and those of its parts" : "\"",
        frame->time_name == NULL ? "" : frame->time_name, frame->time_name == NULL ? "" : "\"",
        form->times);
}

/* UTF-16 and UTF-32 have their own marks. */
static lstm_status skip_mark(table_input *input, bool *has_mark, table_error *error)
{
    const char *text;
    size_t size;
    bool whole;
    table_input_peek(input, &text, &size, &whole);
    if (size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return table_fail_at(error, LSTM_E_FORMAT, 1, 1, "is UTF-16 or UTF-32; expected UTF-8");
    *has_mark = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    if (*has_mark)
        table_input_skip(input, 3);
    return LSTM_OK;
}

/* Dialect and layout, from the whole lines of the first chunk. */
static lstm_status look(reading *r, table_input *input, table_frame *frame)
{
    lstm_status status = skip_mark(input, &frame->form.bom, r->error);
    if (status < 0)
        return status;
    const char *text;
    size_t size;
    bool whole;
    table_input_peek(input, &text, &size, &whole);
    size_t seen = size;
    while (!whole && size > 0 && text[size - 1] != '\n' && text[size - 1] != '\r')
        size--;
    if (size == 0 && memchr(text, 0, seen) != NULL)
        return table_fail_at(r->error, LSTM_E_FORMAT, 1, 0, "there is a byte 0, which no text has");
    if (size == 0 && seen > 0)
        return table_fail_at(r->error, LSTM_E_LIMIT, 1, 0, "the line has more than %d bytes",
                             TABLE_CHUNK - 3);
    table_limits limits = {r->options->max_record, r->options->max_columns};
    table_sample *sample = table_allocate(1, sizeof *sample);
    if (sample == NULL)
        return table_fail_memory(r->error);
    status =
        table_dialect_detect(&r->dialect, sample, text, size, whole, r->options, &limits, r->error);
    /* Most of the chunk is the beginning of a row, so that nothing tells a header from data. */
    if (status == LSTM_OK && sample->n_row == 1 && seen - size > TABLE_CHUNK / 2)
        status = table_fail_at(r->error, LSTM_E_LIMIT, sample->rows[0].line + 1, 0,
                               "the row that begins here has more than %lld bytes; is the end of a "
                               "quote missing?",
                               (long long)(seen - size));
    if (status == LSTM_OK)
        status = table_layout_find(&r->layout, sample, &r->dialect, r->options, &frame->remarks,
                                   r->error);
    table_sample_close(sample);
    table_release(sample);
    return status;
}

static lstm_status read_rows(reading *r, table_input *input)
{
    const table_layout *layout = &r->layout;
    table_rows *rows = r->rows;
    rows->n_column = layout->n_value;
    rows->has_times = layout->time_field >= 0 || layout->n_part > 0;
    rows->has_series = layout->id_field >= 0;
    rows->has_lines = true;
    for (int64_t c = layout->n_field - 1; c >= 0; c--)
        if (layout->fields[c].use == TABLE_USE_TIME ||
            (layout->fields[c].use == TABLE_USE_PART && layout->fields[c].number == 0))
            rows->time_column = c + 1;
    r->n_header = layout->first_row;
    table_handler handler = {r, take_cell, take_row};
    table_limits limits = {r->options->max_record, r->options->max_columns};
    table_records *records;
    lstm_status status =
        table_records_open(&records, r->dialect.delimiter, &handler, &limits, r->error);
    if (status < 0)
        return status;
    status = feed(input, records, r->error);
    table_records_close(records);
    return status;
}

lstm_status table_text_read(table_input *input, const table_options *options, table_rows *rows,
                            table_frame *frame, table_error *error)
{
    reading r = {.options = options, .error = error, .rows = rows};
    rows->max_values = options->max_values;
    r.c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (r.c_locale == (locale_t)0)
        return table_fail_memory(error);
    lstm_status status = look(&r, input, frame);
    if (status == LSTM_OK)
        status = read_rows(&r, input);
    if (status == LSTM_OK)
        status = take_names(&r, frame);
    if (status == LSTM_OK)
        status = remark_form(&r, frame);
    table_layout_close(&r.layout);
    freelocale(r.c_locale);
    return status;
}
