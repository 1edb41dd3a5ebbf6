/* SPDX-License-Identifier: MIT */
/*
 * A view as plain arrays, for devices: scaled values of all rows, so that inputs and targets of a
 * window are a function of its number (cuda/view_rows.h).
 *
 * A filled value in front of the origin depends on the origin (data/known.h). It has pieces: its
 * values for origins up to some row, in order of these rows.
 */
#ifndef LTS_VIEW_TABLE_H
#define LTS_VIEW_TABLE_H

#include "base/real.h"
#include <lstmts/status.h>

struct lstm_view;

/** The value for origins <= until that no earlier piece has. */
typedef struct lts_piece {
    int64_t until; /**< INT64_MAX in the last piece of a value, which is that of the whole part */
    double value;
} lts_piece;

/** A table's columns: the targets, the past covariates, the known ones with the calendar. */
typedef struct lts_view_table {
    int64_t n_series, n_window, n_row, n_column, n_piece;
    int64_t n_channel, n_base, n_target, n_fed, n_past, n_known, n_static;
    int64_t D, K;
    int64_t segment_len, context_len, difference, base, base_len;
    double spread_floor;
    bool independent, missing_input, column_input, skip_context;
    int64_t *first;    /**< [n_series + 1] number of the first window of a series            */
    int64_t *origin;   /**< [n_series] of its first window                                   */
    int64_t *end;      /**< [n_series] rows of its part: targets from there on are missing    */
    int64_t *row;      /**< [n_series] row of the table that has row 0 of the series          */
    int64_t *fed;      /**< [n_fed] which targets are fed back                                */
    double *values;    /**< [n_row, n_column] z without differences; NaN = a missing target   */
    int64_t *gaps;     /**< [n_row, n_column] first piece of a filled value, or -1; NULL: all -1 */
    lts_piece *pieces; /**< [n_piece]                                                        */
    float *statics;    /**< [n_series, n_static]                                             */
} lts_view_table;

/**
 * Make the table of a view for windows of T steps. It does not refer to the view.
 * LSTM_E_NOMEM; then there is nothing to clear.
 */
lstm_status lts_view_table_init(lts_view_table *table, const struct lstm_view *view, int64_t T);
void lts_view_table_clear(lts_view_table *table);

#endif
