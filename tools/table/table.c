/* SPDX-License-Identifier: MIT */
#include "table/table.h"

#include "table/date.h"
#include "table/grid.h"
#include "table/input.h"
#include "table/memory.h"
#include "table/notes.h"
#include "table/npy.h"
#include "table/text/text.h"

#include <math.h>
#include <string.h>

/* Formats that people have, and that are not read. */
static const struct {
    const char *begin, *name;
} other_formats[] = {
    {"PK\3\4", "a zip archive (NPZ, XLSX)"},
    {"PAR1", "Parquet"},
    {"\xD0\xCF\x11\xE0", "an Excel file"},
    {"\x89HDF", "HDF5"},
    {"BZh", "compressed by bzip2"},
    {"\xFD\x37zXZ", "compressed by xz"},
    {"\x28\xB5\x2F\xFD", "compressed by zstd"},
};

/* A policy is DEFAULT, or one of two to four. The default is the first of them. */
static bool set_policy(table_policy *policy, table_policy a, table_policy b, table_policy c,
                       table_policy d)
{
    if (*policy == TABLE_DEFAULT)
        *policy = a;
    return *policy == a || *policy == b || *policy == c || *policy == d;
}

static bool set_limit(int64_t *limit, int64_t value)
{
    if (*limit == 0)
        *limit = value;
    return *limit > 0;
}

/* What is wrong with the options; NULL if nothing is. Defaults are filled in. */
static const char *complete(table_options *o)
{
    if (!set_policy(&o->disorder, TABLE_SORT, TABLE_REFUSE, TABLE_REFUSE, TABLE_REFUSE))
        return "disorder is not SORT or REFUSE";
    if (!set_policy(&o->duplicates, TABLE_REFUSE, TABLE_FIRST, TABLE_LAST, TABLE_MEAN))
        return "duplicates is not REFUSE, FIRST, LAST or MEAN";
    if (!set_policy(&o->gaps, TABLE_FILL, TABLE_REFUSE, TABLE_REFUSE, TABLE_REFUSE))
        return "gaps is not FILL or REFUSE";
    if (!set_policy(&o->clock_back, TABLE_MEAN, TABLE_FIRST, TABLE_LAST, TABLE_REFUSE))
        return "clock_back is not MEAN, FIRST, LAST or REFUSE";
    if (!set_limit(&o->max_bytes, INT64_C(1) << 33) || !set_limit(&o->max_record, 1 << 24) ||
        !set_limit(&o->max_columns, 10000) || !set_limit(&o->max_values, 1 << 30))
        return "a limit is negative";
    if (o->delimiter != 0 && strchr("\"\n\r# ", o->delimiter) != NULL)
        return "the delimiter is a quote, a blank, # or an end of line";
    if (o->decimal != 0 && o->decimal != '.' && o->decimal != ',')
        return "the decimal mark is not . or ,";
    if (o->header < TABLE_HEADER_DETECT || o->header > TABLE_HEADER_NO)
        return "header is not DETECT, YES or NO";
    if (o->n_value < 0 || (o->n_value > 0 && o->values == NULL))
        return "n_value is negative, or values is NULL";
    return o->time_format == NULL ? NULL : table_date_format_fault(o->time_format);
}

static lstm_status refuse_others(const char *data, size_t size, table_error *error)
{
    for (size_t i = 0; i < sizeof other_formats / sizeof *other_formats; i++) {
        size_t n = strlen(other_formats[i].begin);
        if (size >= n && memcmp(data, other_formats[i].begin, n) == 0)
            return table_fail(error, LSTM_E_FORMAT,
                              "is %s, expected CSV, TSV or NPY, or these by gzip",
                              other_formats[i].name);
    }
    return LSTM_OK;
}

static lstm_status read_rows(table_input *input, const table_options *options, table_rows *rows,
                             table_frame *frame, table_error *error)
{
    const char *data;
    size_t size;
    bool whole;
    table_input_peek(input, &data, &size, &whole);
    frame->form.gzip = table_input_is_gzip(input);
    if (table_npy_is(data, size))
        return table_npy_read(input, options, rows, frame, error);
    lstm_status status = refuse_others(data, size, error);
    if (status == LSTM_OK)
        status = table_text_read(input, options, rows, frame, error);
    return status;
}

static bool is_empty(const table_rows *rows, int64_t column)
{
    for (int64_t r = 0; r < rows->n_row; r++)
        if (!isnan(rows->values[r * rows->n_column + column]))
            return false;
    return true;
}

/* Keeps n columns, numbered `kept`, of the values. */
static void keep_columns(table_rows *rows, const int64_t *kept, int64_t n)
{
    double *to = rows->values;
    for (int64_t r = 0; r < rows->n_row; r++)
        for (int64_t c = 0; c < n; c++)
            *to++ = rows->values[r * rows->n_column + kept[c]];
    rows->n_column = n;
}

/* Finds the columns that have values, and keeps their names only. */
static lstm_status drop_names(const table_rows *rows, table_frame *frame, int64_t *kept, int64_t *n,
                              table_error *error)
{
    lstm_status status = LSTM_OK;
    for (int64_t c = 0; c < rows->n_column; c++) {
        char *name = frame->names[c];
        frame->names[c] = NULL;
        if (!is_empty(rows, c)) {
            kept[*n] = c;
            frame->names[(*n)++] = name;
            continue;
        }
        if (status == LSTM_OK)
            status = table_remark_add(&frame->remarks, error, TABLE_COLUMNS, 1, 0,
                                      "column \"%s\" is left out: it has no values", name);
        table_release(name);
    }
    if (status == LSTM_OK && *n == 0)
        status = table_fail(error, LSTM_E_FORMAT, "has no numbers: all values are missing");
    return status;
}

/* Leaves out columns without any value, such as that behind a delimiter at the end of each line.
   Columns that the options name are kept. */
static lstm_status drop_empty(table_rows *rows, const table_options *options, table_frame *frame,
                              table_error *error)
{
    if (options->n_value > 0)
        return LSTM_OK;
    int64_t *kept = table_allocate(rows->n_column, sizeof *kept), n = 0;
    if (kept == NULL)
        return table_fail_memory(error);
    lstm_status status = drop_names(rows, frame, kept, &n, error);
    if (status == LSTM_OK && n < rows->n_column) {
        keep_columns(rows, kept, n);
        frame->n_column = n;
    }
    table_release(kept);
    return status;
}

static lstm_status remark_step(const table_step *step, table_frame *frame, table_error *error)
{
    char words[48];
    if (frame->times == NULL)
        return table_remark_add(&frame->remarks, error, TABLE_STEP, 0, 0,
                                "rows have no times: they are taken as they come");
    if (step->unit == LSTM_STEP_ROWS)
        return table_remark_add(&frame->remarks, error, TABLE_STEP, 0, 0,
                                "no series has two times, so the step is not known");
    return table_remark_add(&frame->remarks, error, TABLE_STEP, 0, 0, "the step is %s",
                            table_step_print(words, step));
}

static lstm_status arrange(table_rows *rows, const table_options *options, table_frame *frame,
                           table_error *error)
{
    table_order order = {0};
    table_step step = {LSTM_STEP_ROWS, 0};
    lstm_status status = table_order_find(&order, rows, options, &frame->remarks, error);
    if (status == LSTM_OK && rows->times != NULL)
        status = table_step_find(&step, &order, rows, error);
    if (status == LSTM_OK)
        status = table_grid_fill(frame, rows, &order, &step, options, error);
    if (status == LSTM_OK)
        status = remark_step(&step, frame, error);
    table_order_close(&order);
    return status;
}

static lstm_status read_source(table_frame **frame, const table_source *source,
                               const table_options *options, table_error *error)
{
    table_options complete_options = {0};
    if (options != NULL)
        complete_options = *options;
    const char *fault = complete(&complete_options);
    if (fault != NULL)
        return table_fail(error, LSTM_E_ARGUMENT, "%s", fault);
    table_input *input = NULL;
    table_rows rows = {0};
    table_frame *read = table_allocate(1, sizeof *read);
    if (read == NULL)
        return table_fail_memory(error);
    lstm_status status = table_input_open(&input, source, complete_options.max_bytes, error);
    if (status == LSTM_OK)
        status = read_rows(input, &complete_options, &rows, read, error);
    table_input_close(input);
    if (status == LSTM_OK)
        status = drop_empty(&rows, &complete_options, read, error);
    if (status == LSTM_OK)
        status = arrange(&rows, &complete_options, read, error);
    table_rows_close(&rows);
    if (status < 0) {
        table_free(read);
        return status;
    }
    *frame = read;
    return LSTM_OK;
}

/* With an error of its own if the caller has none, and none left after success. */
static lstm_status read_named(table_frame **frame, const table_source *source, const char *name,
                              const table_options *options, table_error *error)
{
    table_error own = {0};
    table_error *used = error == NULL ? &own : error;
    *used = (table_error){.source = name};
    lstm_status status = read_source(frame, source, options, used);
    if (status == LSTM_OK)
        *used = (table_error){.source = name};
    return status;
}

lstm_status table_read_file(table_frame **frame, const char *path, const table_options *options,
                            table_error *error)
{
    if (strcmp(path, "-") == 0)
        return table_read_descriptor(frame, 0, "standard input", options, error);
    table_source source = {path, -1, NULL, 0};
    return read_named(frame, &source, path, options, error);
}

lstm_status table_read_descriptor(table_frame **frame, int descriptor, const char *name,
                                  const table_options *options, table_error *error)
{
    table_source source = {NULL, descriptor, NULL, 0};
    return read_named(frame, &source, name, options, error);
}

lstm_status table_read_memory(table_frame **frame, const void *bytes, size_t size, const char *name,
                              const table_options *options, table_error *error)
{
    table_source source = {NULL, -1, size == 0 ? "" : bytes, size};
    return read_named(frame, &source, name, options, error);
}

void table_free(table_frame *frame)
{
    if (frame == NULL)
        return;
    for (int64_t c = 0; c < frame->n_column; c++)
        table_release(frame->names[c]);
    table_release(frame->names);
    table_release(frame->values);
    table_release(frame->times);
    table_release(frame->series);
    table_release(frame->series_names);
    table_release(frame->time_name);
    table_release(frame->remarks.items);
    table_release(frame);
}
