/* SPDX-License-Identifier: MIT */
/*
 * Tables of numbers and times from files, pipes and memory: CSV, TSV and NPY, each also compressed
 * by gzip. What they may hold is described in types.h (options), text/layout.h (columns),
 * text/number.h (numbers, missing values), date.h (times), order.h, step.h and grid.h (irregular
 * times).
 *
 * Nothing partial is returned: on failure the outputs are not changed, and the error has a message
 * with the line and column of the file where there is one.
 */
#ifndef TOOLS_TABLE_TABLE_H
#define TOOLS_TABLE_TABLE_H

#include "table/types.h"

/**
 * Read a file, a named pipe, or standard input.
 *
 * @param[out] frame  free it with table_free()
 * @param path        "-" is standard input
 * @param options     NULL = defaults
 * @param error       NULL = no message is wanted
 * @return LSTM_OK; LSTM_E_ARGUMENT if an option is wrong or names a column that is not there;
 *         LSTM_E_IO; LSTM_E_TRUNC; LSTM_E_FORMAT; LSTM_E_VERSION, LSTM_E_DTYPE, LSTM_E_SHAPE (NPY);
 *         LSTM_E_NUMERIC if a number is too large or infinite; LSTM_E_LIMIT; LSTM_E_NOMEM.
 */
lstm_status table_read_file(table_frame **frame, const char *path, const table_options *options,
                            table_error *error);

/** Read an open file, pipe or socket to its end. It stays open. `name` is for messages. */
lstm_status table_read_descriptor(table_frame **frame, int descriptor, const char *name,
                                  const table_options *options, table_error *error);

/** Read bytes in memory. */
lstm_status table_read_memory(table_frame **frame, const void *bytes, size_t size, const char *name,
                              const table_options *options, table_error *error);

/** NULL is allowed. */
void table_free(table_frame *frame);

/**
 * Make a data set of a table: a series for each of its series, with the columns, step and times of
 * the table.
 *
 * @param[out] dataset  free it with lstm_dataset_free()
 * @param options       roles, missing, season_len and static features are used, the other fields are
 *                      the table's.
 *                      NULL = defaults, which refuse missing values.
 * @return LSTM_OK; as lstm_dataset_new() and lstm_dataset_add_double(), with their message.
 */
lstm_status table_dataset(lstm_dataset **dataset, const table_frame *frame,
                          const lstm_dataset_options *options, table_error *error);

#endif
