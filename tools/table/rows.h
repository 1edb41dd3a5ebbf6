/* SPDX-License-Identifier: MIT */
/* The rows of an input as they come, before they are put in order. */
#ifndef TOOLS_TABLE_ROWS_H
#define TOOLS_TABLE_ROWS_H

#include "table/names.h"
#include "table/types.h"

/** Begins with all 0 and C = n_column. Close it with table_rows_close(). */
typedef struct table_rows {
    int64_t n_row, n_column;
    double *values;      /* [n_row, C]                                              */
    int64_t *times;      /* [n_row]; NULL = none                                    */
    int64_t *series;     /* [n_row] numbers of `names`; NULL = a wide table         */
    int64_t *lines;      /* [n_row] of the file; NULL = it has no lines             */
    table_names names;   /* of the series                                          */
    int64_t time_column; /* of the file, from 1, for messages; 0 = none          */
    int64_t values_capacity, times_capacity, series_capacity, lines_capacity;
    int64_t max_values;
    bool has_times, has_series, has_lines; /* which arrays there are              */
} table_rows;

/** Make space for the next row. @return LSTM_OK; LSTM_E_LIMIT (max_values); LSTM_E_NOMEM. */
lstm_status table_rows_reserve(table_rows *rows, table_error *error);

/** The line of a row; 0 if there are no lines. */
int64_t table_rows_line(const table_rows *rows, int64_t row);

void table_rows_close(table_rows *rows);

#endif
