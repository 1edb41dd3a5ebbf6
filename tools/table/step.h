/* SPDX-License-Identifier: MIT */
/* The step between the rows of a table. */
#ifndef TOOLS_TABLE_STEP_H
#define TOOLS_TABLE_STEP_H

#include "table/order.h"

/** A step, as in dataset.h. */
typedef struct table_step {
    lstm_step_unit unit; /**< LSTM_STEP_ROWS if no series has two times */
    int64_t step;        /**< 0 with LSTM_STEP_ROWS                     */
} table_step;

/**
 * Find the step of rows in order, one for all series.
 *
 * Months, if lstm_find_step() finds them in each series. Else seconds: their most frequent difference if all are multiples of
 * it; else their greatest common divisor if a tenth of the differences is no larger; else times are
 * irregular.
 *
 * @return LSTM_OK; LSTM_E_FORMAT with the line of the first irregular time; LSTM_E_NOMEM.
 */
lstm_status table_step_find(table_step *step, const table_order *order, const table_rows *rows,
                            table_error *error);

/** The number of steps from one time of a series to a later one; both are on the grid. */
int64_t table_step_between(const table_step *step, int64_t from, int64_t to);

/** The time some steps after another, which must lie in the years 1 to 9999. */
int64_t table_step_after(const table_step *step, int64_t from, int64_t steps);

/** A step for people, such as "15 minutes". @return out */
const char *table_step_print(char out[48], const table_step *step);

#endif
