/* SPDX-License-Identifier: MIT */
/*
 * The smallest run that has all that a checkpoint may hold: two moments, a schedule, a hook,
 * shuffled batches, a validation. It has no folder.
 */
#ifndef TESTS_FUZZ_SMALL_RUN_H
#define TESTS_FUZZ_SMALL_RUN_H

#include "fuzz.h"

enum { SMALL_ROWS = 8, SMALL_COLUMNS = 1, SMALL_HIDDEN = 2 };

typedef struct small_run {
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_trainer *trainer;
} small_run;

void small_run_make(small_run *run);
void small_run_free(small_run *run);

#endif
