/* SPDX-License-Identifier: MIT */
#include "command/cells.h"
#include "command/console/message.h"
#include "command/options/settings.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int cells_open(cells *made, const lstm_dataset *frame, char delimiter)
{
    *made = (cells){.frame = frame, .width = lstm_dataset_width(frame), .delimiter = delimiter};
    made->columns = calloc((size_t)made->width, sizeof *made->columns);
    if (made->columns == NULL)
        return message_error("out of memory");
    made->n_cell = made->width;
    for (int64_t c = 0; c < made->width; c++)
        made->columns[c] = c;
    return EXIT_OK;
}

void cells_close(cells *made)
{
    free(made->columns);
    made->columns = NULL;
}

/* The next cell, without blanks and quotes around it; *at moves behind it, to NULL at the end. */
static char *next_cell(char **at, char delimiter)
{
    char *cell = *at, *end = strchr(cell, delimiter);
    *at = end == NULL ? NULL : end + 1;
    if (end == NULL)
        end = cell + strlen(cell);
    while (end > cell && (end[-1] == ' ' || end[-1] == '\r' || end[-1] == '\n'))
        end--;
    while (*cell == ' ' && cell < end)
        cell++;
    if (end - cell >= 2 && *cell == '"' && end[-1] == '"') {
        cell++;
        end--;
    }
    *end = '\0';
    return cell;
}

static int64_t count_cells(const char *line, char delimiter)
{
    int64_t n = 1;
    for (; *line != '\0'; line++)
        n += *line == delimiter;
    return n;
}

static int64_t find(const cells *made, const char *name)
{
    int64_t c = lstm_dataset_find_column(made->frame, name);
    return c < made->width ? c : -1;
}

/* Whether each column is there once. */
static int check_columns(const cells *made)
{
    for (int64_t c = 0; c < made->width; c++) {
        int64_t n = 0;
        for (int64_t i = 0; i < made->n_cell; i++)
            n += made->columns[i] == c;
        if (n != 1) {
            message_error("standard input: line 1: column '%s' is %s",
                          lstm_dataset_column_name(made->frame, c),
                          n == 0 ? "missing" : "there twice");
            return -1;
        }
    }
    return 1;
}

int cells_header(cells *made, char *line)
{
    int64_t n = count_cells(line, made->delimiter), found = 0;
    int64_t *columns = calloc((size_t)n, sizeof *columns);
    char *copy = strdup(line), *at = copy;
    if (columns == NULL || copy == NULL) {
        free(columns);
        free(copy);
        message_error("out of memory");
        return -1;
    }
    for (int64_t i = 0; i < n && at != NULL; i++) {
        columns[i] = find(made, next_cell(&at, made->delimiter));
        found += columns[i] >= 0;
    }
    free(copy);
    /* A row of numbers may be the names of columns without names: "0", "1". */
    char *end;
    strtod(line, &end);
    if (found == 0 || (end != line && found < made->width)) {
        free(columns);
        return 0;
    }
    free(made->columns);
    made->columns = columns;
    made->n_cell = n;
    return check_columns(made);
}

static bool is_missing(const char *cell)
{
    return *cell == '\0' || strcasecmp(cell, "na") == 0 || strcasecmp(cell, "nan") == 0 ||
           strcasecmp(cell, "null") == 0;
}

int cells_read(const cells *made, char *line, int64_t number, lstm_real *row)
{
    char *at = line;
    for (int64_t i = 0; i < made->n_cell; i++) {
        char *cell = at == NULL ? NULL : next_cell(&at, made->delimiter), *end = cell;
        if (cell == NULL || (i + 1 == made->n_cell && at != NULL))
            return message_error("standard input: line %lld: the row does not have %lld cells",
                                 (long long)number, (long long)made->n_cell);
        if (made->columns[i] < 0)
            continue;
        double value = is_missing(cell) ? (double)NAN : strtod(cell, &end);
        if (!isnan(value) && (*end != '\0' || fabs(value) > (double)FLT_MAX))
            return message_error("standard input: line %lld, column %lld: '%.40s' is not a number",
                                 (long long)number, (long long)i + 1, cell);
        row[made->columns[i]] = (lstm_real)value;
    }
    return EXIT_OK;
}
