/* SPDX-License-Identifier: MIT */
#include "table/text/layout.h"

#include "table/notes.h"
#include "table/text/number.h"

#include <string.h>

static const char *const time_names[] = {"ds",   "date",   "datetime",  "timestamp", "time",
                                         "unix", "period", "date_time", "date time", "epoch"};
static const char *const year_name[] = {"year"};
/* Times day first, whose points tell them from months first. */
static const char *const day_first[] = {"%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"};

static bool is_digits(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return size > 0;
}

/* Whether a clock reads more than half of the cells of a column that are not missing. */
static bool reads_most(table_clock clock, const table_layout *layout, const table_sample *sample,
                       int64_t column, bool digits_too)
{
    int64_t cells = 0, read = 0;
    for (int64_t r = layout->first_row; r < sample->n_row; r++) {
        size_t size = 0;
        int64_t time;
        const char *text = table_sample_at(sample, r, column, &size);
        if (text == NULL || table_is_missing(text, size, NULL))
            continue;
        cells++;
        read += table_clock_read(&clock, text, size, &time) == NULL &&
                (digits_too || !is_digits(text, size));
    }
    return read * 2 > cells;
}

/* The clock of a column. `named`: by its name it has times, so that 1700 is a year. */
static bool find_clock(table_clock *clock, const table_layout *layout, const table_sample *sample,
                       int64_t column, bool named)
{
    *clock = (table_clock){.kind = TABLE_CLOCK_DATE};
    if (reads_most(*clock, layout, sample, column, named))
        return true;
    clock->kind = TABLE_CLOCK_FORMAT;
    for (size_t i = 0; i < sizeof day_first / sizeof *day_first; i++) {
        clock->format = day_first[i];
        if (reads_most(*clock, layout, sample, column, false))
            return true;
    }
    size_t size = 0;
    const char *text = table_sample_at(sample, layout->first_row, column, &size);
    *clock = (table_clock){.kind = TABLE_CLOCK_UNIX};
    return named && text != NULL && table_clock_is_unix(text, size, &clock->scale) &&
           reads_most(*clock, layout, sample, column, true);
}

static bool take_time(table_layout *layout, int64_t column, table_clock clock)
{
    layout->time_field = column;
    layout->fields[column].use = TABLE_USE_TIME;
    layout->clock = clock;
    return true;
}

/* Whether a cell may be a date with slashes, of which months and days cannot be told apart. */
static bool has_slashes(const char *text, size_t size)
{
    const char *slash = memchr(text, '/', size);
    size_t behind = slash == NULL ? 0 : size - (size_t)(slash - text) - 1;
    return behind > 0 && memchr(slash + 1, '/', behind) != NULL;
}

/* A column that is to have times, or by its name should, and has words instead: the first of them. */
static lstm_status refuse_words(const table_layout *layout, const table_sample *sample,
                                int64_t column, table_error *error)
{
    size_t size = 0;
    const char *text = "";
    int64_t row = layout->first_row;
    table_date_fault fault = TABLE_DATE_OK;
    table_stamp stamp;
    for (int64_t r = row; r < sample->n_row && fault == TABLE_DATE_OK; r++) {
        size = 0; /* of a cell that is not there */
        const char *cell = table_sample_at(sample, r, column, &size);
        fault = cell == NULL ? TABLE_DATE_NONE : table_date_read(cell, size, &stamp);
        text = cell == NULL ? "" : cell;
        row = r;
    }
    char quoted[TABLE_QUOTE];
    return table_fail_at(
        error, LSTM_E_FORMAT, sample->rows[row].line, column + 1, "%s %s%s",
        table_quote(quoted, text, size), table_date_text(fault),
        fault == TABLE_DATE_NONE && has_slashes(text, size) ? ": %m/%d/%Y, or %d/%m/%Y" : "");
}

/* Whether the cells of a column are whole numbers that rise by 1, or again from the first one on in
   each series of a long table. */
static bool counts_rows(const table_layout *layout, const table_sample *sample, int64_t column)
{
    int64_t first = -1, before = -1, greatest = -1;
    for (int64_t r = layout->first_row; r < sample->n_row; r++) {
        size_t size = 0;
        const char *text = table_sample_at(sample, r, column, &size), *at = text;
        int64_t number = text == NULL ? -1 : table_date_digits(&at, text + size, 15);
        if (number < 0 || at != text + size)
            return false;
        if (first < 0)
            first = number;
        else if (number != before + 1 && number != before && number != first)
            return false;
        before = number;
        greatest = number > greatest ? number : greatest;
    }
    return layout->n_field > 1 && greatest > first;
}

/* Rows are taken in their order; the column is no target. */
static lstm_status take_counts(table_layout *layout, int64_t column, table_remarks *remarks,
                               table_error *error)
{
    char name[TABLE_QUOTE];
    table_field *field = &layout->fields[column];
    field->use = TABLE_USE_SKIP;
    return table_remark_add(remarks, error, TABLE_COLUMNS, 1, 0,
                            "column %lld, %s, counts the rows: they are taken as they come, from 1",
                            (long long)column + 1,
                            table_quote(name, field->name, strlen(field->name)));
}

static lstm_status take_named_counts(table_layout *layout, const table_sample *sample,
                                     table_remarks *remarks, table_error *error)
{
    for (int64_t c = 0; c < layout->n_field; c++)
        if (table_layout_named(&layout->fields[c], time_names, 1) && counts_rows(layout, sample, c))
            return take_counts(layout, c, remarks, error);
    return LSTM_OK;
}

static lstm_status take_option(table_layout *layout, const table_sample *sample,
                               const table_options *options, table_remarks *remarks,
                               table_error *error)
{
    int64_t column = table_layout_field(layout, options->time_column);
    table_clock clock = {.kind = TABLE_CLOCK_FORMAT, .format = options->time_format};
    if (column < 0)
        return table_fail(error, LSTM_E_ARGUMENT, "there is no column \"%.100s\" for times",
                          options->time_column);
    bool is_time = options->time_format != NULL || find_clock(&clock, layout, sample, column, true);
    if (!is_time && counts_rows(layout, sample, column))
        return take_counts(layout, column, remarks, error);
    if (!is_time)
        return refuse_words(layout, sample, column, error);
    take_time(layout, column, clock);
    return LSTM_OK;
}

/* The first cell of a column that is not in the form of a format. */
static lstm_status refuse_form(const table_layout *layout, const table_sample *sample,
                               int64_t column, const char *format, table_error *error)
{
    size_t size = 0;
    const char *text = "";
    int64_t row = layout->first_row;
    table_stamp stamp;
    bool fits = true;
    for (int64_t r = row; fits && r < sample->n_row; r++) {
        size = 0; /* of a cell that is not there */
        const char *cell = table_sample_at(sample, r, column, &size);
        text = cell == NULL ? "" : cell;
        fits = table_date_read_format(text, size, format, &stamp) == TABLE_DATE_OK;
        row = r;
    }
    char quoted[TABLE_QUOTE];
    return table_fail_at(error, LSTM_E_FORMAT, sample->rows[row].line, column + 1,
                         "%s does not have the form \"%.100s\", nor has another column",
                         table_quote(quoted, text, size), format);
}

/* With a format, the first column in that form. */
static lstm_status take_format(table_layout *layout, const table_sample *sample,
                               const table_options *options, table_error *error)
{
    const char *format = options->time_format;
    table_clock clock = {.kind = TABLE_CLOCK_FORMAT, .format = format};
    const int64_t n_name = sizeof time_names / sizeof *time_names;
    for (int64_t c = 0; c < layout->n_field; c++)
        if (reads_most(clock, layout, sample, c, true)) {
            take_time(layout, c, clock);
            return LSTM_OK;
        }
    for (int64_t c = 0; c < layout->n_field; c++)
        if (table_layout_named(&layout->fields[c], time_names, n_name))
            return refuse_form(layout, sample, c, format, error);
    return table_fail(error, LSTM_E_FORMAT, "no column has times of the form \"%.100s\"", format);
}

static bool is_number_column(const table_layout *layout, const table_sample *sample, int64_t column)
{
    size_t size = 0;
    const char *text = table_sample_at(sample, layout->first_row, column, &size);
    return text != NULL && is_digits(text, size);
}

/* Columns named year, quarter or month, day, hour, minute. The first two must be there. */
static bool take_parts(table_layout *layout, const table_sample *sample)
{
    static const char *const names[] = {"year", "month", "day", "hour", "minute", "quarter"};
    int64_t columns[6];
    for (int i = 0; i < 6; i++) {
        columns[i] = -1;
        for (int64_t c = 0; c < layout->n_field && columns[i] < 0; c++)
            if (table_layout_named(&layout->fields[c], &names[i], 1) &&
                is_number_column(layout, sample, c))
                columns[i] = c;
    }
    layout->has_quarters = columns[TABLE_PART_MONTH] < 0;
    if (layout->has_quarters) {
        columns[TABLE_PART_MONTH] = columns[5];
        columns[TABLE_PART_DAY] = -1;
    }
    int64_t n = 0;
    while (n < TABLE_MOST_PARTS && columns[n] >= 0)
        n++;
    if (n < 2)
        return false;
    for (int64_t i = 0; i < n; i++)
        layout->fields[columns[i]] =
            (table_field){TABLE_USE_PART, i, layout->fields[columns[i]].name};
    layout->n_part = n;
    layout->clock = (table_clock){.kind = TABLE_CLOCK_PARTS};
    return true;
}

/* A first column of rising Unix times needs no name. */
static bool take_unix(table_layout *layout, const table_sample *sample)
{
    int64_t before = INT64_MIN;
    table_clock clock = {.kind = TABLE_CLOCK_UNIX};
    for (int64_t r = layout->first_row; r < sample->n_row; r++) {
        size_t size = 0;
        int64_t time = 0;
        const char *text = table_sample_at(sample, r, 0, &size);
        if (text == NULL || (clock.scale == 0 && !table_clock_is_unix(text, size, &clock.scale)) ||
            table_clock_read(&clock, text, size, &time) != NULL || time <= before)
            return false;
        before = time;
    }
    return layout->n_field > 1 && sample->n_row - layout->first_row > 2 &&
           take_time(layout, 0, clock);
}

/* Whether the dates in the sample have no time of day, and more than half of the cells of a column
   are times of day. */
static bool has_clock(const table_layout *layout, const table_sample *sample, int64_t column)
{
    int64_t cells = 0, read = 0;
    table_clock clock = layout->clock;
    for (int64_t r = layout->first_row; r < sample->n_row; r++) {
        size_t size = 0;
        int64_t second, time;
        const char *text = table_sample_at(sample, r, layout->time_field, &size);
        if (text != NULL && table_clock_read(&clock, text, size, &time) == NULL &&
            (time % TABLE_DAY != 0 || clock.offset == 2))
            return false;
        text = table_sample_at(sample, r, column, &size);
        cells += text != NULL;
        read += text != NULL && memchr(text, ':', size) != NULL &&
                table_date_read_clock(text, size, &second) == TABLE_DATE_OK;
    }
    return read * 2 > cells;
}

/* The time of day beside a column of dates. */
static void take_clock(table_layout *layout, const table_sample *sample)
{
    static const char *const names[] = {"time"};
    for (int64_t c = 0; c < layout->n_field && layout->time_field >= 0; c++) {
        bool may_be = layout->first_row == 1 ? table_layout_named(&layout->fields[c], names, 1)
                                             : c == layout->time_field + 1;
        if (may_be && c != layout->time_field && has_clock(layout, sample, c)) {
            layout->clock_field = c;
            layout->fields[c].use = TABLE_USE_CLOCK;
            return;
        }
    }
}

/* By names of the list, then by what the cells are. */
static bool take_detected(table_layout *layout, const table_sample *sample)
{
    table_clock clock;
    const int64_t n = sizeof time_names / sizeof *time_names;
    for (int64_t c = 0; c < layout->n_field; c++)
        if (table_layout_named(&layout->fields[c], time_names, n) &&
            find_clock(&clock, layout, sample, c, true))
            return take_time(layout, c, clock);
    for (int64_t c = 0; c < layout->n_field; c++)
        if (find_clock(&clock, layout, sample, c, false))
            return take_time(layout, c, clock);
    if (take_parts(layout, sample))
        return true;
    for (int64_t c = 0; c < layout->n_field; c++)
        if (table_layout_named(&layout->fields[c], year_name, 1) &&
            find_clock(&clock, layout, sample, c, true))
            return take_time(layout, c, clock);
    return take_unix(layout, sample);
}

/* A column with the name of times and words in it was to be read. */
static lstm_status refuse_unread(const table_layout *layout, const table_sample *sample,
                                 table_error *error)
{
    for (int64_t c = 0; c < layout->n_field; c++) {
        size_t size = 0;
        const char *text = table_sample_at(sample, layout->first_row, c, &size);
        if (text != NULL && table_layout_named(&layout->fields[c], time_names, 4) &&
            !table_is_number(text, size, '.') && !table_is_missing(text, size, NULL))
            return refuse_words(layout, sample, c, error);
    }
    return LSTM_OK;
}

lstm_status table_layout_find_time(table_layout *layout, const table_sample *sample,
                                   const table_options *options, table_remarks *remarks,
                                   table_error *error)
{
    lstm_status status = LSTM_OK;
    if (options->time_column != NULL && options->time_column[0] == '\0')
        return LSTM_OK;
    if (options->time_column != NULL)
        status = take_option(layout, sample, options, remarks, error);
    else if (options->time_format != NULL)
        status = take_format(layout, sample, options, error);
    else if (!take_detected(layout, sample))
        status = refuse_unread(layout, sample, error);
    if (status == LSTM_OK && layout->time_field < 0 && layout->n_part == 0)
        status = take_named_counts(layout, sample, remarks, error);
    if (status == LSTM_OK)
        take_clock(layout, sample);
    return status;
}
