/* SPDX-License-Identifier: MIT */
/* The first rows of a text, from which its delimiter, decimal mark and columns are detected. */
#ifndef TOOLS_TABLE_TEXT_DIALECT_H
#define TOOLS_TABLE_TEXT_DIALECT_H

#include "table/text/records.h"

enum { TABLE_SAMPLE_ROWS = 200 };

typedef struct table_sample_row {
    int64_t first, n, line; /* its cells, and its line in the file */
} table_sample_row;

typedef struct table_sample_cell {
    int64_t begin, size;
} table_sample_cell;

/** The first rows in cells. Begins with all 0. */
typedef struct table_sample {
    char *text;
    table_sample_cell *cells;
    table_sample_row rows[TABLE_SAMPLE_ROWS];
    int64_t n_row, n_cell, n_text, text_capacity, cells_capacity;
} table_sample;

/** How text is read. */
typedef struct table_dialect {
    char delimiter; /* ',' if there is a single column */
    char decimal;
} table_dialect;

/**
 * Detect what the options do not give, from the beginning of a text without its byte-order mark.
 *
 * The delimiter is the one of ; tab | , with which the most rows have the width of the first and
 * the most cells are numbers, missing or times. Numbers have a decimal comma if the delimiter is
 * another character and there are numbers with a comma, and none with a point.
 *
 * @param text         whole lines
 * @param whole        it is all that there is
 * @param[out] sample  its first rows in this dialect. Close it in any case.
 * @return LSTM_OK; as table_records_feed() if no delimiter can split the text.
 */
lstm_status table_dialect_detect(table_dialect *dialect, table_sample *sample, const char *text,
                                 size_t size, bool whole, const table_options *options,
                                 const table_limits *limits, table_error *error);

/** A cell of the sample; NULL if the row has no such cell. */
const char *table_sample_at(const table_sample *sample, int64_t row, int64_t column, size_t *size);

void table_sample_close(table_sample *sample);

#endif
