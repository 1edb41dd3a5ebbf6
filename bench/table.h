/* SPDX-License-Identifier: MIT */
/* A table of one series in a file: its columns of numbers, and its times. */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include <lstmts/dataset.h>
#include <stdbool.h>

typedef struct bench_table {
    int64_t C, n_row;
    lstm_real *rows;    /**< [n_row, C]; NaN = missing                             */
    int64_t unit, step; /**< lstm_step_unit and units from row to row            */
    int64_t start;      /**< time of row 0                                       */
} bench_table;

/**
 * Read at most n_row rows, or all if it is 0, as the command lstmts reads them (tools/table): rows
 * that are missing by their times are rows of missing values.
 *
 * @return false with a message on standard error.
 */
bool bench_table_read(bench_table *table, const char *path, int64_t n_row);
void bench_table_free(bench_table *table);

/** A data set of the table, whose missing values stay missing. A status of the library. */
lstm_status bench_table_dataset(const bench_table *table, lstm_dataset **dataset);

#endif
