/* SPDX-License-Identifier: MIT */
/* Rows to come at the end of a table: those with values in known columns alone. */
#ifndef TOOLS_COMMAND_SOURCE_FUTURE_H
#define TOOLS_COMMAND_SOURCE_FUTURE_H

#include "table/types.h"

/**
 * The number of such rows of a series, less than all of its rows.
 *
 * @param roles  [n_column] lstm_role of each column of the table; -1 = it is not read
 */
int64_t future_count(const table_frame *frame, const table_series *series, const int64_t *roles);

#endif
