/* SPDX-License-Identifier: MIT */
#ifndef LTS_DATA_SOURCE_H
#define LTS_DATA_SOURCE_H

#include "data/columns.h"
#include "data/window.h"

/** Where windows come from: what an iterator draws and an unroll reads. Everything is borrowed. */
typedef struct lts_source {
    const lts_columns *columns;
    const lstm_series *series;
    int64_t pred; /**< rows from an input to its target */
} lts_source;

/** Inputs of step `step` of the windows of a batch: x [B, D]. */
void lts_source_inputs(const lts_source *source, const lts_batch *batch, int64_t step, real *x);

/** Targets of step `step`: target [B, K]. */
void lts_source_targets(const lts_source *source, const lts_batch *batch, int64_t step,
                        real *target);

#endif
