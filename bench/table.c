/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "table/table.h"

#include <stdio.h>
#include <stdlib.h>

static bool take_frame(bench_table *table, const table_frame *frame, int64_t n_row)
{
    int64_t C = frame->n_column, n = n_row > 0 && n_row < frame->n_row ? n_row : frame->n_row;
    table->rows = malloc((size_t)(n * C) * sizeof *table->rows);
    if (table->rows == NULL)
        return false;
    for (int64_t i = 0; i < n * C; i++)
        table->rows[i] = (lstm_real)frame->values[i];
    table->C = C, table->n_row = n;
    table->unit = frame->step_unit, table->step = frame->step;
    table->start = frame->times == NULL ? 0 : frame->times[0];
    return true;
}

bool bench_table_read(bench_table *table, const char *path, int64_t n_row)
{
    table_frame *frame = NULL;
    table_error error = {0};
    *table = (bench_table){0};
    if (table_read_file(&frame, path, NULL, &error) < 0) {
        fprintf(stderr, "%s\n", error.message);
        return false;
    }
    bool taken = frame->n_series == 1 && take_frame(table, frame, n_row);
    if (!taken)
        fprintf(stderr, "%s: has several series, or is too large\n", path);
    table_free(frame);
    return taken;
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
