/* SPDX-License-Identifier: MIT */
/* CSV and TSV: text to rows. */
#ifndef TOOLS_TABLE_TEXT_TEXT_H
#define TOOLS_TABLE_TEXT_TEXT_H

#include "table/input.h"
#include "table/rows.h"

/**
 * Read a text table to its end. Each row must have the number of cells of the first. A last row
 * without an end of line is a row.
 *
 * @param[out] rows   closed by the caller in any case
 * @param[out] frame  names, time_name, form and remarks; freed by the caller in any case
 * @return LSTM_OK; LSTM_E_FORMAT and LSTM_E_NUMERIC with line and column; LSTM_E_ARGUMENT,
 *         LSTM_E_LIMIT, LSTM_E_NOMEM; as table_input_next().
 */
lstm_status table_text_read(table_input *input, const table_options *options, table_rows *rows,
                            table_frame *frame, table_error *error);

#endif
