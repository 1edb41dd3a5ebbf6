/* SPDX-License-Identifier: MIT */
/* Rows to come at the end of a table: those with values in known columns alone. */
#ifndef TOOLS_COMMAND_SOURCE_FUTURE_H
#define TOOLS_COMMAND_SOURCE_FUTURE_H

#include "table/types.h"
#include <lstmts/dataset.h>

/**
 * The number of such rows of a series, less than all of its rows.
 *
 * @param roles  [n_column] lstm_role of each column of the table; -1 = it is not read
 */
int64_t future_count(const table_frame *frame, const table_series *series, const int64_t *roles);

/** @return the name of the first stored column that is known in advance; NULL = none is */
const char *future_known(const lstm_dataset *data);

/** A value of a table. */
typedef struct future_hole {
    int64_t series, row, column;
} future_hole;

/**
 * Count the values of known columns that are missing in the first `horizon` rows to come.
 *
 * @param data        of the table, whose first rows it has
 * @param[out] first  the first of them; untouched if the count is 0
 */
int64_t future_holes(const table_frame *frame, const lstm_dataset *data, int64_t horizon,
                     future_hole *first);

/**
 * Count the last rows of a series without a value of some target, in which another column has
 * values to the end: covariates that are known in advance, but are not called so.
 *
 * @param roles  [columns]
 * @param[out] target  the number of the target that ends first; untouched if the count is 0
 */
int64_t future_unnamed(const table_frame *frame, const table_series *series, const int64_t *roles,
                       int64_t *target);

#endif
