/* SPDX-License-Identifier: MIT */
/* Rows by series and in order of time, with one row per time. */
#ifndef TOOLS_TABLE_ORDER_H
#define TOOLS_TABLE_ORDER_H

#include "table/rows.h"

/** Begins with all 0. Close it with table_order_close(). */
typedef struct table_order {
    int64_t *rows;  /**< [n_row] numbers of rows of table_rows; NULL = as they came              */
    int64_t *first; /**< [n_series + 1] where a series begins in `rows`                          */
    int64_t n_series, n_row;
} table_order;

/** The row at a place of the order. */
static inline int64_t table_order_row(const table_order *order, int64_t place)
{
    return order->rows == NULL ? place : order->rows[place];
}

/**
 * Find the order. Series come as their first rows do. Rows that are not in order of time are
 * sorted, or refused (options->disorder); those with the same time are merged into the first of
 * them, or refused (options->duplicates).
 *
 * The hour after clocks are set back is there twice in local times: n rows with the same times as
 * the n rows before them, an hour in all. Such rows between 0 and 4 o'clock in March, April,
 * September, October or November, at most once in 300 days of a series, have a policy of their own
 * (options->clock_back).
 *
 * @param rows        the values of merged rows change
 * @param[out] order  closed by the caller in any case
 * @return LSTM_OK; LSTM_E_FORMAT with a line; LSTM_E_NOMEM.
 */
lstm_status table_order_find(table_order *order, table_rows *rows, const table_options *options,
                             table_remarks *remarks, table_error *error);

void table_order_close(table_order *order);

#endif
