/* SPDX-License-Identifier: MIT */
#ifndef LTS_VIEW_SOURCE_H
#define LTS_VIEW_SOURCE_H

#include "data/window.h"
#include "view/view.h"

/** Where windows come from: a plain series or a view. Everything is borrowed. */
typedef struct lts_source {
    const lts_columns *columns; /**< of the view, D, K and feed only       */
    const lstm_series *series;  /**< NULL if there is a view               */
    int64_t pred;               /**< rows from an input to its target      */
    const lstm_view *view;      /**< NULL if there is a series             */
} lts_source;

/** A source whose windows are read batch by batch. */
typedef struct lts_reader {
    const lts_source *source; /**< borrowed */
    int64_t B;
    const int64_t *offsets; /**< [B] of a series; borrowed             */
    lts_place *places;      /**< [B] of a view                         */
    lts_level *levels;      /**< [B, n_base] of a view                 */
} lts_reader;

/** Allocate for batches of at most B windows. LSTM_E_NOMEM: clear it. */
lstm_status lts_reader_init(lts_reader *reader, const lts_source *source, int64_t B);
void lts_reader_clear(lts_reader *reader);

/** Begin a batch. `offsets` [B] are numbers of windows, and must exist while it is read. */
void lts_reader_begin(lts_reader *reader, const int64_t *offsets, int64_t B);

/** The same for windows of a view that need not be those of its part. */
void lts_reader_begin_places(lts_reader *reader, const lts_place *places, int64_t B);

/** The same batch's windows first .. first + n - 1; it borrows the arrays of `reader`. */
lts_reader lts_reader_windows(const lts_reader *reader, int64_t first, int64_t n);

/** Inputs of step `step`: x [B, D]. In a view, missing values that are fed back are NaN. */
void lts_reader_inputs(const lts_reader *reader, int64_t step, real *x);

/** Targets of step `step` and their weights, 1 in a series: both [B, K]. Either may be NULL. */
void lts_reader_targets(const lts_reader *reader, int64_t step, real *target, real *weight);

#endif
