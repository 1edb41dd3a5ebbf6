/* SPDX-License-Identifier: MIT */
/* A table in a CSV file: its numeric columns, and times if the first column has dates. */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include <lstmts/dataset.h>
#include <stdbool.h>

typedef struct bench_table {
    int64_t C, n_row;
    lstm_real *rows;    /**< [n_row, C]; NaN where a field is empty or no number */
    int64_t unit, step; /**< lstm_step_unit and units from row to row            */
    int64_t start;      /**< time of row 0                                       */
} bench_table;

/**
 * Read at most n_row rows, or all if it is 0. The first line has names. The first `skip` columns
 * are no values; of the others those are read whose first field is a number or empty. Dates such as
 * 2016-07-01, 2016-07-01 00:00:00 or 20160701 in the first column are times, at equal distances.
 *
 * @return false with a message on standard error.
 */
bool bench_table_read(bench_table *table, const char *path, int64_t skip, int64_t n_row);
void bench_table_free(bench_table *table);

/** A data set of the table, whose missing values stay missing. A status of the library. */
lstm_status bench_table_dataset(const bench_table *table, lstm_dataset **dataset);

#endif
