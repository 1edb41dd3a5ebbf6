/* SPDX-License-Identifier: MIT */
#include "command/cells.h"
#include "command/console/message.h"
#include "table/date.h"
#include "table/names.h"
#include "table/text/number.h"
#include "table/types.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HINT "; after a header, other columns are skipped"

static int read_marks(cells *made, const settings *set)
{
    const char *delimiter = set->delimiter == NULL ? "" : set->delimiter;
    if (strcmp(delimiter, "tab") == 0)
        delimiter = "\t";
    if (strlen(delimiter) != 1 && set->delimiter != NULL)
        return message_error("--delimiter is '%s', expected one character or tab", delimiter);
    made->delimiter = *delimiter;
    made->decimal = (char)(set->decimal == NULL ? '\0' : *set->decimal);
    made->missing = set->missing;
    if (made->decimal != '\0' && made->decimal == made->delimiter)
        return message_error("--decimal %c needs another --delimiter", made->decimal);
    return EXIT_OK;
}

int cells_open(cells *made, const lstm_dataset *frame, const char *series, const settings *set)
{
    *made = (cells){.frame = frame, .width = lstm_dataset_width(frame), .id_cell = -1};
    if (read_marks(made, set) != EXIT_OK)
        return EXIT_FAILED;
    made->id = set->id_column;
    made->needs_id = made->id != NULL && *made->id != '\0' && set->data == NULL;
    if (series != NULL && (made->series = strdup(series)) == NULL)
        return message_error("out of memory");
    made->columns = calloc((size_t)made->width, sizeof *made->columns);
    made->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (made->columns == NULL || made->locale == (locale_t)0)
        return message_error("out of memory");
    made->n_cell = made->width;
    for (int64_t c = 0; c < made->width; c++)
        made->columns[c] = c;
    return EXIT_OK;
}

void cells_close(cells *made)
{
    free(made->columns);
    free(made->series);
    if (made->locale != (locale_t)0)
        freelocale(made->locale);
    *made = (cells){0};
}

/* A cell without blanks and quotes around it. */
typedef struct cell {
    char *text;
    size_t size;
} cell;

/* The inside of quotes, with "" as a quote. Returns what is behind them. */
static char *unquote(cell *of, char *at)
{
    char *to = at;
    for (of->text = at; *at != '\0'; *to++ = *at++)
        if (*at == '"' && *++at != '"')
            break;
    of->size = (size_t)(to - of->text);
    return at;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\r' || c == '\n';
}

/* The next cell; *at moves behind it, to NULL at the end. With text behind quotes it is no cell of
   quotes. */
static cell next_cell(char **at, char delimiter)
{
    cell of = {*at, 0};
    while (*of.text == ' ' && delimiter != ' ')
        of.text++;
    char *begin = of.text, *behind = *begin == '"' ? unquote(&of, begin + 1) : begin;
    char *end = strchr(behind, delimiter);
    *at = end == NULL ? NULL : end + 1;
    end = end == NULL ? behind + strlen(behind) : end;
    while (*begin == '"' && behind < end && is_blank(*behind))
        behind++;
    if (*begin == '"' && behind == end)
        return of;
    of = (cell){begin, (size_t)(end - begin)};
    while (of.size > 0 && is_blank(of.text[of.size - 1]))
        of.size--;
    return of;
}

/* Cells of a line, which changes. */
static int64_t count_cells(char *line, char delimiter)
{
    int64_t n = 0;
    for (char *at = line; at != NULL; n++)
        next_cell(&at, delimiter);
    return n;
}

static int64_t find(const cells *made, const cell *name)
{
    char text[TABLE_MOST_NAME + 1];
    if (name->size > TABLE_MOST_NAME)
        return -1;
    memcpy(text, name->text, name->size);
    text[name->size] = '\0';
    int64_t c = lstm_dataset_find_column(made->frame, text);
    return c < made->width ? c : -1;
}

/* Whether a cell of the header, with a number from 0, names the series, as in tables. */
static bool is_id(const cells *made, const cell *name, int64_t number)
{
    char text[24];
    if (made->id == NULL)
        return table_is_id_name(name->text, name->size);
    snprintf(text, sizeof text, "%lld", (long long)number + 1);
    return strcmp(made->id, text) == 0 || (strlen(made->id) == name->size && name->size > 0 &&
                                           memcmp(made->id, name->text, name->size) == 0);
}

/* Returns `is_header`; -1 with a message if a column that must be there is not. */
static int check_id(const cells *made, int is_header)
{
    if (is_header < 0 || !made->needs_id || made->id_cell >= 0)
        return is_header;
    message_error("standard input: line 1: there is no column '%s' for the names of series (--id)",
                  made->id);
    return -1;
}

/* Whether each column is there once. */
static int check_columns(const cells *made)
{
    for (int64_t c = 0; c < made->width; c++) {
        const char *name = lstm_dataset_column_name(made->frame, c);
        int64_t n = 0;
        for (int64_t i = 0; i < made->n_cell && n < 2; i++) {
            n += made->columns[i] == c;
            if (n == 2)
                message_error("standard input: line 1, column %lld: column '%s' is there twice",
                              (long long)i + 1, name);
        }
        if (n == 0)
            message_error("standard input: line 1: column '%s' is missing", name);
        if (n != 1)
            return -1;
    }
    return 1;
}

/* Whether it is a number, with the mark that decimals have between such delimiters. */
static bool is_number(const cells *made, const cell *of, char delimiter)
{
    const bool has_point = made->decimal != ',', has_comma = made->decimal != '.';
    return (has_point && table_is_number(of->text, of->size, '.')) ||
           (has_comma && delimiter != ',' && table_is_number(of->text, of->size, ','));
}

static bool is_time(const cells *made, const cell *of)
{
    table_stamp stamp;
    return !is_number(made, of, made->delimiter) &&
           table_date_read(of->text, of->size, &stamp) == TABLE_DATE_OK;
}

/*
 * How well a delimiter splits the first line, which changes: the share of its cells that are names
 * of columns, numbers, times or missing; twice that if the line has a cell for each column, and
 * perhaps a time.
 */
static double score_of(const cells *made, char *line, char delimiter)
{
    int64_t n = 0, n_good = 0;
    for (char *at = line; at != NULL; n++) {
        table_stamp stamp;
        cell of = next_cell(&at, delimiter);
        n_good += find(made, &of) >= 0 || is_number(made, &of, delimiter) ||
                  table_is_missing(of.text, of.size, made->missing) ||
                  table_date_read(of.text, of.size, &stamp) == TABLE_DATE_OK;
    }
    if (n == 1 && delimiter != ',') /* it is not there */
        return 0;
    double share = (double)n_good / (double)n;
    return n == made->width || n == made->width + 1 ? 2 * share : share;
}

/* Find the delimiter of the first line if no option gives it. */
static int find_delimiter(cells *made, const char *line)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    double best = -1;
    char found = made->delimiter;
    for (size_t i = 0; i < sizeof candidates && made->delimiter == '\0'; i++) {
        if (candidates[i] == made->decimal)
            continue;
        char *copy = strdup(line);
        if (copy == NULL)
            return message_error("out of memory");
        double score = score_of(made, copy, candidates[i]);
        free(copy);
        if (score > best) {
            best = score;
            found = candidates[i];
        }
    }
    made->delimiter = found;
    if (found == ',')
        made->decimal = '.';
    return EXIT_OK;
}

/* Rows of the table that the model was fitted to have a time beside the columns, which is skipped.
   Returns 0; -1 with a message. */
static int skip_time(cells *made, const char *line)
{
    int64_t n_cell = made->width + 1, n_time = 0, i = 0;
    int64_t *columns = calloc((size_t)n_cell, sizeof *columns);
    char *copy = strdup(line), *at = copy;
    if (columns == NULL || copy == NULL) {
        free(columns);
        free(copy);
        message_error("out of memory");
        return -1;
    }
    for (; i < n_cell && at != NULL; i++) {
        cell of = next_cell(&at, made->delimiter);
        bool skipped = is_time(made, &of);
        columns[i] = skipped ? -1 : i - n_time;
        n_time += skipped;
    }
    if (i == n_cell && at == NULL && n_time == 1) {
        free(made->columns);
        made->columns = columns;
        made->n_cell = n_cell;
        columns = NULL;
    }
    free(columns);
    free(copy);
    return 0;
}

int cells_header(cells *made, const char *line)
{
    if (find_delimiter(made, line) != EXIT_OK)
        return -1;
    char *copy = strdup(line), *other = strdup(line), *at = copy;
    int64_t n = other == NULL ? 0 : count_cells(other, made->delimiter), found = 0;
    int64_t *columns = calloc((size_t)n + 1, sizeof *columns);
    bool has_number = false;
    free(other);
    if (columns == NULL || copy == NULL || n == 0) {
        free(columns);
        free(copy);
        message_error("out of memory");
        return -1;
    }
    for (int64_t i = 0; i < n && at != NULL; i++) {
        cell name = next_cell(&at, made->delimiter);
        columns[i] = find(made, &name);
        found += columns[i] >= 0;
        if (columns[i] < 0 && made->id_cell < 0 && is_id(made, &name, i))
            made->id_cell = i;
        has_number |= i == 0 && is_number(made, &name, made->delimiter);
    }
    free(copy);
    /* A row of numbers may be the names of columns without names: "0", "1". */
    if (found == 0 || (has_number && found < made->width)) {
        free(columns);
        made->id_cell = -1;
        return check_id(made, skip_time(made, line));
    }
    free(made->columns);
    made->columns = columns;
    made->n_cell = n;
    return check_id(made, check_columns(made));
}

/* The first number with a mark has the decimal mark of all. */
static void find_decimal(cells *made, const cell *of)
{
    if (memchr(of->text, ',', of->size) != NULL && table_is_number(of->text, of->size, ','))
        made->decimal = ',';
    else if (memchr(of->text, '.', of->size) != NULL && table_is_number(of->text, of->size, '.'))
        made->decimal = '.';
}

/* @return what is wrong with it; NULL if nothing is */
static const char *read_value(double *value, cells *made, const cell *of)
{
    if (table_is_missing(of->text, of->size, made->missing)) {
        *value = (double)NAN;
        return NULL;
    }
    if (made->decimal == '\0')
        find_decimal(made, of);
    const char decimal = (char)(made->decimal == '\0' ? '.' : made->decimal);
    table_number_fault fault = table_number(of->text, of->size, decimal, made->locale, value);
    if (fault == TABLE_NUMBER_NONE)
        return "is not a number";
    return fault == TABLE_NUMBER_RANGE || fabs(*value) > (double)FLT_MAX ? "is too large" : NULL;
}

/* What may help with a cell that is no value. */
static const char *hint_of(const cells *made, const cell *of)
{
    if (is_time(made, of))
        return HINT;
    if (made->delimiter == ',' &&
        (memchr(of->text, ';', of->size) != NULL || memchr(of->text, '\t', of->size) != NULL))
        return "; cells are separated by ',' unless --delimiter names another character";
    if (made->decimal == '.' && table_is_number(of->text, of->size, ','))
        return "; numbers have a decimal point unless --decimal names another mark";
    if (made->decimal == ',' && table_is_number(of->text, of->size, '.'))
        return "; numbers have a decimal comma unless --decimal names another mark";
    if (made->decimal == ',' && memchr(of->text, ',', of->size) != NULL)
        return "; with a decimal comma, another character separates cells";
    return "";
}

/* A row of n cells. The first one that is missing, or too many, is named. */
static int refuse_count(const cells *made, int64_t number, int64_t n)
{
    return message_error("standard input: line %lld, column %lld: cells in the row: %lld, expected "
                         "%lld%s",
                         (long long)number, (long long)(n < made->n_cell ? n : made->n_cell) + 1,
                         (long long)n, (long long)made->n_cell, HINT);
}

/* Whether the row is of the same series as those before. */
static int check_series(cells *made, const cell *of, int64_t number)
{
    const char *fault = table_name_fault(of->text, of->size);
    if (fault == NULL && made->series == NULL &&
        (made->series = strndup(of->text, of->size)) == NULL)
        return message_error("out of memory");
    if (fault == NULL && strlen(made->series) == of->size &&
        memcmp(made->series, of->text, of->size) == 0)
        return EXIT_OK;
    const long long column = (long long)made->id_cell + 1;
    if (fault != NULL)
        return message_error("standard input: line %lld, column %lld: the name of the series %s",
                             (long long)number, column, fault);
    return message_error("standard input: line %lld, column %lld: the row is of series '%.*s', "
                         "those before it are of '%s': each series needs a filter of its own",
                         (long long)number, column, (int)of->size, of->text, made->series);
}

int cells_read(cells *made, char *line, int64_t number, lstm_real *row)
{
    char *at = line;
    double value;
    for (int64_t i = 0; i < made->n_cell; i++) {
        cell of = {0};
        if (at != NULL)
            of = next_cell(&at, made->delimiter);
        if (of.text == NULL)
            return refuse_count(made, number, i);
        if (i + 1 == made->n_cell && at != NULL)
            return refuse_count(made, number, i + 1 + count_cells(at, made->delimiter));
        if (i == made->id_cell && check_series(made, &of, number) != EXIT_OK)
            return EXIT_FAILED;
        if (made->columns[i] < 0)
            continue;
        const char *fault = read_value(&value, made, &of);
        if (fault != NULL)
            return message_error("standard input: line %lld, column %lld: '%.*s' %s%s",
                                 (long long)number, (long long)i + 1,
                                 of.size > 40 ? 40 : (int)of.size, of.text, fault,
                                 hint_of(made, &of));
        row[made->columns[i]] = (lstm_real)value;
    }
    return EXIT_OK;
}
