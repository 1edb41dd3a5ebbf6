/* SPDX-License-Identifier: MIT */
/* Own scales (own_scales.h) of several series of a data set that are forecast together. */
#ifndef LTS_MEMBERS_SCALE_TABLE_H
#define LTS_MEMBERS_SCALE_TABLE_H

#include "members/own_scales.h"

typedef struct lts_scale_table {
    int64_t n_series;  /**< of the data set; 1 if only one of them is forecast                  */
    int64_t n_row;     /**< most rows before an origin that the scales of a new series come from */
    real *values;      /**< [n_row]                                                             */
    lts_scale *scales; /**< [n_series, C]                                                       */
} lts_scale_table;

/** @param n_column  C, stored columns. LSTM_E_NOMEM; clear it in each case. */
lstm_status lts_scale_table_init(lts_scale_table *table, int64_t n_series, int64_t n_row,
                                 int64_t n_column);
void lts_scale_table_clear(lts_scale_table *table);

/**
 * The view of a member on a data set. It borrows from `view` and, where each series has scales of
 * its own, from the table: set them with lts_scale_table_set() before it is used.
 */
lstm_view lts_scale_table_view(const lts_scale_table *table, const lstm_view *view,
                               const lstm_dataset *dataset);

/**
 * Set the scales of a series, where each has its own. Allocates nothing.
 * @param on      of lts_scale_table_view()
 * @param view    of the member
 * @param number  of the series in the fit; -1 = it is new: see lts_own_scales_fit()
 */
void lts_scale_table_set(const lts_scale_table *table, const lstm_view *on, const lstm_view *view,
                         int64_t number, int64_t series, int64_t origin);

#endif
