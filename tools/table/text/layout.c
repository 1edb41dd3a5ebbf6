/* SPDX-License-Identifier: MIT */
#include "table/text/layout.h"

#include "table/memory.h"
#include "table/names.h"
#include "table/notes.h"
#include "table/text/number.h"

#include <stdio.h>
#include <string.h>

static bool is_time(const char *text, size_t size)
{
    table_stamp stamp;
    return table_date_read(text, size, &stamp) == TABLE_DATE_OK;
}

/* Whether no cell of the first row is a number or a time, and one of them is a word. */
static bool has_header(const table_sample *sample, const table_dialect *dialect,
                       const table_options *options)
{
    if (options->header != TABLE_HEADER_DETECT)
        return options->header == TABLE_HEADER_YES;
    bool has_word = false;
    for (int64_t c = 0; c < sample->rows[0].n; c++) {
        size_t size = 0;
        const char *text = table_sample_at(sample, 0, c, &size);
        table_stamp stamp;
        if (table_is_number(text, size, dialect->decimal) || is_time(text, size) ||
            (options->time_format != NULL &&
             table_date_read_format(text, size, options->time_format, &stamp) == TABLE_DATE_OK))
            return false;
        has_word = has_word || !table_is_missing(text, size, options->missing);
    }
    return has_word;
}

static lstm_status name_fields(table_layout *layout, const table_sample *sample, table_error *error)
{
    for (int64_t c = 0; c < layout->n_field; c++) {
        size_t size = 0;
        const char *text = table_sample_at(sample, 0, c, &size);
        char number[24];
        if (layout->first_row == 0 || size == 0) {
            snprintf(number, sizeof number, "%lld", (long long)c + 1);
            text = number;
            size = strlen(number);
        }
        layout->fields[c].name = table_copy(text, size);
        if (layout->fields[c].name == NULL)
            return table_fail_memory(error);
    }
    return LSTM_OK;
}

int64_t table_layout_field(const table_layout *layout, const char *name)
{
    for (int64_t c = 0; c < layout->n_field; c++)
        if (strcmp(layout->fields[c].name, name) == 0)
            return c;
    const char *at = name;
    int64_t number = table_date_digits(&at, name + strlen(name), 9);
    return *at == '\0' && number <= layout->n_field ? number - 1 : -1;
}

bool table_layout_named(const table_field *field, const char *const *names, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (table_is_word(field->name, strlen(field->name), names[i]))
            return true;
    return false;
}

static lstm_status find_id(table_layout *layout, const table_options *options, table_error *error)
{
    layout->id_field = -1;
    if (options->id_column != NULL && options->id_column[0] == '\0')
        return LSTM_OK;
    if (options->id_column != NULL) {
        layout->id_field = table_layout_field(layout, options->id_column);
        if (layout->id_field < 0)
            return table_fail(error, LSTM_E_ARGUMENT,
                              "there is no column \"%.100s\" for series ids", options->id_column);
        if (layout->fields[layout->id_field].use != TABLE_USE_VALUE)
            return table_fail(error, LSTM_E_ARGUMENT,
                              "column \"%.100s\" cannot have times and series ids",
                              options->id_column);
    }
    for (int64_t c = 0; c < layout->n_field && layout->id_field < 0; c++) {
        const table_field *field = &layout->fields[c];
        if (field->use == TABLE_USE_VALUE && table_is_id_name(field->name, strlen(field->name)))
            layout->id_field = c;
    }
    if (layout->id_field >= 0)
        layout->fields[layout->id_field].use = TABLE_USE_ID;
    return LSTM_OK;
}

/* Digits with a comma, such as 1,5 or 1.234,5, are meant as a number, which reading refuses with a
   hint. */
static bool is_meant_as_number(const char *text, size_t size)
{
    bool has_comma = false, has_digit = false;
    for (size_t i = 0; i < size; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (!is_digit && text[i] != '.' && text[i] != ',' && !(i == 0 && text[i] == '-'))
            return false;
        has_comma = has_comma || text[i] == ',';
        has_digit = has_digit || is_digit;
    }
    return has_comma && has_digit;
}

/* Whether the cells of a column in the sample are words. */
static bool is_text(const table_layout *layout, const table_sample *sample,
                    const table_dialect *dialect, const table_options *options, int64_t column)
{
    bool has_words = false;
    for (int64_t r = layout->first_row; r < sample->n_row; r++) {
        size_t size = 0;
        const char *text = table_sample_at(sample, r, column, &size);
        if (text == NULL || table_is_missing(text, size, options->missing))
            continue;
        if (table_is_number(text, size, dialect->decimal) || is_meant_as_number(text, size))
            return false;
        has_words = true;
    }
    return has_words;
}

/* Whether a first column without a header counts the rows, as data frames write it. */
static bool is_row_number(const table_layout *layout, const table_sample *sample, int64_t column)
{
    size_t header = 1;
    if (column != 0 || layout->first_row == 0 || layout->n_field == 1 ||
        table_sample_at(sample, 0, 0, &header) == NULL || header > 0)
        return false;
    int64_t first = -1;
    for (int64_t r = layout->first_row; r < sample->n_row; r++) {
        size_t size = 0;
        const char *text = table_sample_at(sample, r, 0, &size), *at = text;
        int64_t number = text == NULL ? -1 : table_date_digits(&at, text + size, 15);
        if (number < 0 || at != text + size)
            return false;
        first = first < 0 ? number : first;
        if (number != first + r - layout->first_row)
            return false;
    }
    return first == 0 || first == 1;
}

static lstm_status leave_out(table_field *field, int64_t column, const char *reason,
                             table_remarks *remarks, table_error *error)
{
    char name[TABLE_QUOTE];
    field->use = TABLE_USE_SKIP;
    return table_remark_add(remarks, error, TABLE_COLUMNS, 1, 0, "column %lld, %s, is left out: %s",
                            (long long)column + 1,
                            table_quote(name, field->name, strlen(field->name)), reason);
}

/* What is in a column without numbers. */
static const char *content_of(const table_layout *layout, const table_sample *sample,
                              int64_t column)
{
    for (int64_t r = layout->first_row; r < sample->n_row; r++) {
        size_t size = 0;
        table_stamp stamp;
        const char *text = table_sample_at(sample, r, column, &size);
        if (text != NULL && table_date_read(text, size, &stamp) == TABLE_DATE_FRACTION)
            return "it has times with fractions of a second, and times are whole seconds";
    }
    return "it has words, not numbers";
}

/* The columns of the options, or all with numbers. */
static lstm_status choose_values(table_layout *layout, const table_sample *sample,
                                 const table_dialect *dialect, const table_options *options,
                                 table_remarks *remarks, table_error *error)
{
    if (options->n_value == 0) {
        lstm_status status = LSTM_OK;
        for (int64_t c = 0; c < layout->n_field && status == LSTM_OK; c++) {
            if (layout->fields[c].use != TABLE_USE_VALUE)
                continue;
            if (is_text(layout, sample, dialect, options, c))
                status =
                    leave_out(&layout->fields[c], c, content_of(layout, sample, c), remarks, error);
            else if (is_row_number(layout, sample, c))
                status = leave_out(&layout->fields[c], c, "it counts the rows", remarks, error);
        }
        return status;
    }
    for (int64_t c = 0; c < layout->n_field; c++)
        if (layout->fields[c].use == TABLE_USE_VALUE)
            layout->fields[c].use = TABLE_USE_SKIP;
    for (int64_t i = 0; i < options->n_value; i++) {
        int64_t c = table_layout_field(layout, options->values[i]);
        if (c < 0 || layout->fields[c].use != TABLE_USE_SKIP)
            return table_fail(error, LSTM_E_ARGUMENT, "%s \"%.100s\"%s",
                              c < 0 ? "there is no column" : "column", options->values[i],
                              c < 0 ? "" : " is named twice, or has times or series ids");
        layout->fields[c].use = TABLE_USE_VALUE;
    }
    return LSTM_OK;
}

/* Numbers the columns of values, whose names must be unique. */
static lstm_status number_values(table_layout *layout, const table_sample *sample,
                                 table_error *error)
{
    table_names names = {0};
    lstm_status status = LSTM_OK;
    for (int64_t c = 0; c < layout->n_field && status == LSTM_OK; c++) {
        table_field *field = &layout->fields[c];
        if (field->use != TABLE_USE_VALUE)
            continue;
        char quoted[TABLE_QUOTE];
        size_t size = strlen(field->name);
        const char *fault = table_name_fault(field->name, size);
        int64_t number = table_names_number(&names, field->name, size);
        table_quote(quoted, field->name, size);
        if (number < 0)
            status = table_fail_memory(error);
        else if (fault != NULL)
            status = table_fail_at(error, LSTM_E_FORMAT, sample->rows[0].line, c + 1,
                                   "the name %s %s", quoted, fault);
        else if (number < layout->n_value)
            status = table_fail_at(error, LSTM_E_FORMAT, sample->rows[0].line, c + 1,
                                   "there is another column named %s", quoted);
        field->number = layout->n_value++;
    }
    table_names_close(&names);
    if (status == LSTM_OK && layout->n_value == 0 && layout->n_field == 1)
        status = table_fail(error, LSTM_E_FORMAT,
                            "has no column of numbers, and one column in all; if there are more, "
                            "--delimiter says what separates them");
    else if (status == LSTM_OK && layout->n_value == 0)
        status = table_fail(error, LSTM_E_FORMAT, "has no column of numbers");
    return status;
}

lstm_status table_layout_find(table_layout *layout, const table_sample *sample,
                              const table_dialect *dialect, const table_options *options,
                              table_remarks *remarks, table_error *error)
{
    *layout = (table_layout){.time_field = -1, .clock_field = -1, .id_field = -1};
    if (sample->n_row == 0)
        return table_fail(error, LSTM_E_FORMAT, "is empty: it has no rows");
    layout->first_row = has_header(sample, dialect, options);
    if (sample->n_row == layout->first_row)
        return table_fail_at(error, LSTM_E_FORMAT, sample->rows[0].line, 0,
                             "there is a header, but no row of data");
    layout->fields = table_allocate(sample->rows[0].n, sizeof *layout->fields);
    if (layout->fields == NULL)
        return table_fail_memory(error);
    layout->n_field = sample->rows[0].n;
    lstm_status status = name_fields(layout, sample, error);
    if (status == LSTM_OK)
        status = table_layout_find_time(layout, sample, options, remarks, error);
    if (status == LSTM_OK)
        status = find_id(layout, options, error);
    if (status == LSTM_OK)
        status = choose_values(layout, sample, dialect, options, remarks, error);
    return status == LSTM_OK ? number_values(layout, sample, error) : status;
}

void table_layout_close(table_layout *layout)
{
    for (int64_t c = 0; c < layout->n_field; c++)
        table_release(layout->fields[c].name);
    table_release(layout->fields);
    *layout = (table_layout){0};
}
