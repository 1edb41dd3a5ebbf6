/* SPDX-License-Identifier: MIT */
#ifndef LTS_DATA_DATASET_H
#define LTS_DATA_DATASET_H

#include "data/calendar.h"
#include "data/names.h"
#include "data/series.h"
#include <lstmts/dataset.h>

/** One series of a data set. */
typedef struct lts_dataset_series {
    int64_t start; /**< time of row 0, which lies `first` rows before `values`             */
    int64_t first; /**< rows that were dropped (live.h): times and seasons count them; else 0 */
    int64_t n_row, n_future;
    int64_t capacity; /**< rows that `values` and `filled` can hold                        */
    real *values;     /**< [n_row + n_future, C]; future rows are NaN but for known columns */
    uint64_t *filled; /**< bit row * C + column: the value was missing and is filled. NULL
                           = none                                                          */
    int64_t train_end, valid_end; /**< -1 = n_row                                          */
} lts_dataset_series;

struct lstm_dataset {
    int64_t n_column;  /**< C, stored columns                                              */
    lts_names columns; /**< of all columns, with those of the calendar                     */
    int64_t *roles;    /**< of all columns                                                 */
    int64_t step_unit, step, missing, season_len;
    lts_calendar calendar;
    lts_names statics;
    lts_names names; /**< of the series                                                    */
    bool is_live;    /**< it is that of a stream (live.h), whose calls messages name         */
    int64_t capacity;
    lts_dataset_series *series; /**< [capacity], names.n are used                                 */
    real *static_values;        /**< [capacity, statics.n]; NaN = not set                         */
};

/** Bits of `filled` per element. */
enum { LTS_FILLED_BITS = 64 };

static inline bool lts_is_filled(const lts_dataset_series *m, int64_t position)
{
    return m->filled != NULL &&
           (m->filled[position / LTS_FILLED_BITS] >> (position % LTS_FILLED_BITS) & 1) != 0;
}

static inline void lts_set_filled(lts_dataset_series *m, int64_t position, bool is_filled)
{
    uint64_t bit = UINT64_C(1) << (position % LTS_FILLED_BITS);
    uint64_t *element = &m->filled[position / LTS_FILLED_BITS];
    *element = is_filled ? *element | bit : *element & ~bit;
}

/** Whether the policy of some column fills missing values. */
bool lts_dataset_fills(const lstm_dataset *dataset);

/** Fill missing values by the policies. LSTM_E_NUMERIC naming a column without any value. */
lstm_status lts_dataset_fill(lstm_dataset *dataset, int64_t series);

/**
 * Append a row [C], without filling missing values, to a series that has capacity for it: its
 * `filled` is not NULL if lts_dataset_fills(). LSTM_E_NUMERIC, LSTM_E_LIMIT; then the series is
 * unchanged.
 */
lstm_status lts_dataset_push(lstm_dataset *dataset, int64_t series, const real *row);

/** The same for future rows [n_row, C], which replace those of before. */
lstm_status lts_dataset_push_future(lstm_dataset *dataset, int64_t series, const real *rows,
                                    int64_t n_row);

/**
 * A data set without series that has the columns, roles, static features, steps and calendar of
 * another one. LSTM_E_NOMEM.
 */
lstm_status lts_dataset_frame(lstm_dataset **frame, const lstm_dataset *dataset);

/** LSTM_E_ARGUMENT unless the data set has a series with that number. */
lstm_status lts_dataset_check_series(const lstm_dataset *dataset, int64_t series);

/**
 * The first target column from `column` on: target k is column c in
 *
 *     for (int64_t c = lts_next_target(d, 0), k = 0; k < K; c = lts_next_target(d, c + 1), k++)
 */
static inline int64_t lts_next_target(const lstm_dataset *dataset, int64_t column)
{
    while (column < dataset->n_column && !lts_role_is_target(dataset->roles[column]))
        column++;
    return column;
}

/** Whether a column has a role, those of the calendar included. */
static inline bool lts_dataset_has_role(const lstm_dataset *dataset, int64_t role)
{
    int64_t c = 0;
    while (c < dataset->columns.n && dataset->roles[c] != role)
        c++;
    return c < dataset->columns.n;
}

/** Where the training part ends, and the validation part. */
int64_t lts_train_end(const lts_dataset_series *m);
int64_t lts_valid_end(const lts_dataset_series *m);

#endif
