/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 65536, MOST_COLUMNS = 1000, MONTH_LEAST = 28 * 86400 };

/* A date in the first field of a line. */
static bool read_time(const char *line, int64_t *time)
{
    int year, month, day, hour = 0, minute = 0, second = 0;
    if (*line == '"')
        line++;
    if (sscanf(line, "%4d-%2d-%2d%*1[ T]%2d:%2d:%2d", &year, &month, &day, &hour, &minute,
               &second) < 3 &&
        (strspn(line, "0123456789") != 8 || sscanf(line, "%4d%2d%2d", &year, &month, &day) < 3))
        return false;
    return lstm_utc_time(time, year, month, day, 3600 * hour + 60 * minute + second) == LSTM_OK;
}

/* Splits a line at its commas, in place. Returns the number of fields. */
static int64_t split(char *line, char **fields)
{
    int64_t n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at != NULL && n < MOST_COLUMNS;) {
        fields[n++] = at;
        at = strchr(at, ',');
        if (at != NULL)
            *at++ = '\0';
    }
    return n;
}

static lstm_real number_of(const char *field)
{
    char *end;
    double value = strtod(field, &end);
    return end == field || !isfinite(value) ? (lstm_real)NAN : (lstm_real)value;
}

/* The columns whose first field is a number or empty: their places. */
static int64_t find_columns(char **fields, int64_t n, int64_t skip, int64_t *columns)
{
    int64_t C = 0;
    for (int64_t i = skip; i < n; i++)
        if (*fields[i] == '\0' || !isnan(number_of(fields[i])))
            columns[C++] = i;
    return C;
}

static bool grow(bench_table *table, int64_t *capacity)
{
    if (table->n_row < *capacity)
        return true;
    *capacity = 2 * *capacity + 1024;
    lstm_real *rows = realloc(table->rows, (size_t)(*capacity * table->C) * sizeof *rows);
    if (rows != NULL)
        table->rows = rows;
    return rows != NULL;
}

/* The step from the times of the first rows, and of the last one. */
static void find_step(bench_table *table, int64_t second, int64_t last)
{
    int64_t step = second - table->start, n = table->n_row - 1;
    if (n < 1 || step <= 0)
        return;
    table->unit = LSTM_STEP_SECONDS, table->step = step;
    if (step >= MONTH_LEAST && last - table->start != n * step) {
        double month = 365.2425 / 12 * 86400;
        table->unit = LSTM_STEP_MONTHS;
        table->step = (int64_t)((double)(last - table->start) / (double)n / month + 0.5);
    }
}

static bool read_rows(bench_table *table, FILE *file, char *line, int64_t skip, int64_t n_row)
{
    static char *fields[MOST_COLUMNS];
    static int64_t columns[MOST_COLUMNS];
    int64_t capacity = 0, second = 0, last = 0;
    bool timed = true;
    while ((n_row == 0 || table->n_row < n_row) && fgets(line, LINE, file) != NULL) {
        int64_t time = 0;
        timed = timed && read_time(line, &time);
        int64_t n = split(line, fields);
        if (table->n_row == 0) {
            table->C = find_columns(fields, n, skip, columns);
            table->start = time;
        }
        second = table->n_row == 1 ? time : second;
        last = time;
        if (table->C == 0 || !grow(table, &capacity))
            return false;
        for (int64_t c = 0; c < table->C; c++)
            table->rows[table->n_row * table->C + c] =
                columns[c] < n ? number_of(fields[columns[c]]) : (lstm_real)NAN;
        table->n_row++;
    }
    if (timed)
        find_step(table, second, last);
    return table->n_row > 0;
}

bool bench_table_read(bench_table *table, const char *path, int64_t skip, int64_t n_row)
{
    *table = (bench_table){.unit = LSTM_STEP_ROWS, .step = 1};
    FILE *file = fopen(path, "r");
    char *line = malloc(LINE);
    bool read = file != NULL && line != NULL && fgets(line, LINE, file) != NULL &&
                read_rows(table, file, line, skip, n_row);
    if (!read)
        fprintf(stderr, "%s: cannot be read, or has no numbers\n", path);
    if (file != NULL)
        fclose(file);
    free(line);
    return read;
}

void bench_table_free(bench_table *table)
{
    free(table->rows);
    table->rows = NULL;
}

lstm_status bench_table_dataset(const bench_table *table, lstm_dataset **dataset)
{
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = table->C;
    options.step_unit = table->unit, options.step = table->step;
    options.missing = LSTM_MISSING_MASK;
    lstm_status status = lstm_dataset_new(dataset, &options);
    if (status >= 0)
        status = lstm_dataset_add(*dataset, NULL, table->rows, table->n_row, table->start);
    return status;
}
