/* SPDX-License-Identifier: MIT */
#include "command/source/statics.h"
#include "command/console/message.h"
#include "command/options/settings.h"
#include "table/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The number that a column has in all rows of a series where it has one. */
static int find_value(lstm_real *value, const table_frame *frame, int64_t s, int64_t column)
{
    const table_series *series = &frame->series[s];
    double found = (double)NAN;
    for (int64_t r = series->first; r < series->first + series->n_row; r++) {
        double here = frame->values[r * frame->n_column + column];
        if (isnan(found))
            found = here;
        if (!isnan(here) && here != found)
            return message_error("--static: '%s' has %.9g and %.9g in series %s, expected one "
                                 "number for each series",
                                 frame->names[column], found, here,
                                 series->name == NULL ? "1" : series->name);
    }
    if (isnan(found))
        return message_error("--static: '%s' has no number in series %s", frame->names[column],
                             series->name == NULL ? "1" : series->name);
    *value = (lstm_real)found;
    return EXIT_OK;
}

static void remove_column(table_frame *frame, int64_t column)
{
    int64_t n = frame->n_column, to = 0;
    for (int64_t i = 0; i < frame->n_row * n; i++)
        if (i % n != column)
            frame->values[to++] = frame->values[i];
    for (int64_t c = column; c + 1 < n; c++)
        frame->names[c] = frame->names[c + 1];
    frame->n_column--;
}

static int take(statics *made, table_frame *frame, const char *name, int64_t n)
{
    int64_t column = 0;
    while (column < frame->n_column && strcmp(frame->names[column], name) != 0)
        column++;
    if (column == frame->n_column)
        return message_error("--static: the table has no column '%s' with numbers", name);
    if (frame->n_column == 1)
        return message_error("--static: no column is left to be forecast");
    for (int64_t s = 0; s < frame->n_series; s++)
        if (find_value(&made->values[s * n + made->n], frame, s, column) != EXIT_OK)
            return EXIT_FAILED;
    made->names[made->n++] = frame->names[column];
    remove_column(frame, column);
    return EXIT_OK;
}

int statics_take(statics *made, table_frame *frame, const char *const *names, int64_t n)
{
    *made = (statics){0};
    if (n == 0)
        return EXIT_OK;
    made->names = calloc((size_t)n, sizeof *made->names);
    made->values = calloc((size_t)(n * frame->n_series), sizeof *made->values);
    if (made->names == NULL || made->values == NULL)
        return message_error("out of memory");
    int code = EXIT_OK;
    for (int64_t i = 0; i < n && code == EXIT_OK; i++)
        code = take(made, frame, names[i], n);
    return code;
}

int statics_set(const statics *made, lstm_dataset *data)
{
    for (int64_t s = 0; made->n > 0 && s < lstm_dataset_series(data); s++)
        if (lstm_dataset_set_static(data, s, made->values + s * made->n) < 0)
            return message_library("--static");
    return EXIT_OK;
}

void statics_free(statics *made)
{
    for (int64_t i = 0; i < made->n; i++)
        table_release(made->names[i]);
    free(made->names);
    free(made->values);
    *made = (statics){0};
}
