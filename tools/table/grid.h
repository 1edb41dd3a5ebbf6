/* SPDX-License-Identifier: MIT */
/* Rows in order to a table with one row per step. */
#ifndef TOOLS_TABLE_GRID_H
#define TOOLS_TABLE_GRID_H

#include "table/step.h"

/**
 * Set the rows, times, series and step of a table. Steps without a row become rows of missing
 * values, or are refused (options->gaps).
 *
 * @param rows   its arrays are taken over where they need no change
 * @param frame  freed by the caller in any case
 * @return LSTM_OK; LSTM_E_FORMAT with a line; LSTM_E_LIMIT if gaps are more than ten times as long
 *         as the table, or it would have too many values; LSTM_E_NOMEM.
 */
lstm_status table_grid_fill(table_frame *frame, table_rows *rows, const table_order *order,
                            const table_step *step, const table_options *options,
                            table_error *error);

#endif
