/* SPDX-License-Identifier: MIT */
/* A table as a data set with the columns of a saved forecaster. */
#include "command/console/message.h"
#include "command/source/future.h"
#include "command/source/source.h"
#include "command/source/statics.h"
#include "table/date.h"
#include "table/step.h"
#include <stdlib.h>
#include <string.h>

/* The column of the table for each column of the data set, and the roles of the table's columns. */
static int find_columns(int64_t *columns, int64_t *roles, const source *from)
{
    for (int64_t c = 0; c < from->frame->n_column; c++)
        roles[c] = -1;
    for (int64_t c = 0; c < lstm_dataset_width(from->data); c++) {
        const char *name = lstm_dataset_column_name(from->data, c);
        int64_t found = 0;
        while (found < from->frame->n_column && strcmp(from->frame->names[found], name) != 0)
            found++;
        if (found == from->frame->n_column)
            return message_error("the table has no column '%s', which the forecaster reads", name);
        columns[c] = found;
        roles[found] = lstm_dataset_role(from->data, c);
    }
    return EXIT_OK;
}

/* A table with another step than the forecaster's would be forecast as if it had the same. */
static int check_step(const source *from, int64_t s)
{
    const table_series *series = &from->frame->series[s];
    int64_t last = series->n_row - 1, time;
    if (lstm_dataset_time(from->data, s, last, &time) < 0)
        return EXIT_OK;
    if (from->frame->times == NULL)
        return message_error("the table has no times, as the forecaster needs");
    if (time == from->frame->times[series->first + last])
        return EXIT_OK;
    char step[48], first[32], next[32];
    const table_step found = {from->frame->step_unit, from->frame->step};
    if (lstm_dataset_time(from->data, s, 1, &time) < 0)
        return message_library("the table");
    return message_error("the table has another step than the forecaster, %s: after %s, the next "
                         "row of the forecaster is at %s",
                         table_step_print(step, &found),
                         table_date_print(first, from->frame->times[series->first]),
                         table_date_print(next, time));
}

static int add_series(source *from, const int64_t *columns, const int64_t *roles, int64_t s)
{
    const table_frame *frame = from->frame;
    const table_series *series = &frame->series[s];
    int64_t width = lstm_dataset_width(from->data), size = series->n_row * width;
    double *rows = calloc((size_t)size, sizeof *rows);
    lstm_real *future = calloc((size_t)size, sizeof *future);
    lstm_status status = LSTM_E_NOMEM;
    if (rows != NULL && future != NULL) {
        for (int64_t i = 0; i < size; i++) {
            int64_t row = series->first + i / width;
            rows[i] = frame->values[row * frame->n_column + columns[i % width]];
            future[i] = (lstm_real)rows[i];
        }
        int64_t n_future = future_count(frame, series, roles), n = series->n_row - n_future;
        int64_t start = frame->times == NULL ? 0 : frame->times[series->first];
        status = lstm_dataset_add_double(from->data, series->name, rows, n, start);
        if (status == LSTM_OK && n_future > 0)
            status = lstm_dataset_set_future(from->data, s, future + n * width, n_future);
    }
    free(rows);
    free(future);
    if (status == LSTM_E_NOMEM)
        return message_error("out of memory");
    return status < 0 ? message_library("the table") : check_step(from, s);
}

/* The static features of the forecaster. */
static int take_statics(statics *fixed, source *from)
{
    int64_t n = lstm_dataset_statics(from->data);
    const char **names = calloc((size_t)n + 1, sizeof *names);
    *fixed = (statics){0};
    if (names == NULL)
        return message_error("out of memory");
    for (int64_t i = 0; i < n; i++)
        names[i] = lstm_dataset_static_name(from->data, i);
    int code = statics_take(fixed, from->frame, names, n);
    free(names);
    return code;
}

static int fill(source *from, int64_t *columns, int64_t *roles)
{
    statics fixed;
    int code = take_statics(&fixed, from);
    if (code == EXIT_OK)
        code = find_columns(columns, roles, from);
    for (int64_t s = 0; s < from->frame->n_series && code == EXIT_OK; s++)
        code = add_series(from, columns, roles, s);
    if (code == EXIT_OK)
        code = statics_set(&fixed, from->data);
    statics_free(&fixed);
    return code;
}

int source_fill(source *from, lstm_dataset *empty)
{
    int64_t *columns = calloc((size_t)lstm_dataset_width(empty), sizeof *columns);
    int64_t *roles = calloc((size_t)from->frame->n_column, sizeof *roles);
    from->data = empty;
    int code = columns == NULL || roles == NULL ? message_error("out of memory")
                                                : fill(from, columns, roles);
    free(columns);
    free(roles);
    return code;
}
