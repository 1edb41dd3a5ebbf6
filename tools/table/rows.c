/* SPDX-License-Identifier: MIT */
#include "table/rows.h"

#include "table/memory.h"
#include "table/notes.h"

/* An element per row, where there is such an array. */
static bool reserve_column(bool there, int64_t **array, int64_t *capacity, int64_t needed)
{
    return !there || table_reserve((void **)array, capacity, needed, sizeof **array);
}

lstm_status table_rows_reserve(table_rows *rows, table_error *error)
{
    int64_t needed = rows->n_row + 1;
    if (needed > rows->max_values / rows->n_column)
        return table_fail(error, LSTM_E_LIMIT, "has more than %lld values",
                          (long long)rows->max_values);
    if (!table_reserve((void **)&rows->values, &rows->values_capacity, needed * rows->n_column,
                       sizeof *rows->values) ||
        !reserve_column(rows->has_times, &rows->times, &rows->times_capacity, needed) ||
        !reserve_column(rows->has_series, &rows->series, &rows->series_capacity, needed) ||
        !reserve_column(rows->has_lines, &rows->lines, &rows->lines_capacity, needed))
        return table_fail_memory(error);
    return LSTM_OK;
}

int64_t table_rows_line(const table_rows *rows, int64_t row)
{
    return rows->lines == NULL ? 0 : rows->lines[row];
}

void table_rows_close(table_rows *rows)
{
    table_release(rows->values);
    table_release(rows->times);
    table_release(rows->series);
    table_release(rows->lines);
    table_names_close(&rows->names);
    *rows = (table_rows){0};
}
