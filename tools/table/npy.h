/* SPDX-License-Identifier: MIT */
/* Arrays of NumPy (NPY, versions 1 to 3) to rows. */
#ifndef TOOLS_TABLE_NPY_H
#define TOOLS_TABLE_NPY_H

#include "table/input.h"
#include "table/rows.h"

/** Whether the bytes are an array's. */
bool table_npy_is(const char *data, size_t size);

/**
 * Read an array to its end: [T] is a column, [T, C] a table, [S, T, C] S series of equal length.
 * Its columns are named "1", "2", ..., its series "1", "2", ... Elements are f2, f4, f8, i1 to i8,
 * u1 to u8 or b1, of either byte order, in C or Fortran order; NaN is a missing value.
 *
 * @param[out] rows   closed by the caller in any case
 * @param[out] frame  names, form and remarks; freed by the caller in any case
 * @return LSTM_OK; LSTM_E_TRUNC; LSTM_E_FORMAT; LSTM_E_DTYPE; LSTM_E_SHAPE; LSTM_E_NUMERIC if an
 *         element is infinite; LSTM_E_LIMIT; LSTM_E_NOMEM; as table_input_next(). There is no line
 *         or column.
 */
lstm_status table_npy_read(table_input *input, const table_options *options, table_rows *rows,
                           table_frame *frame, table_error *error);

#endif
