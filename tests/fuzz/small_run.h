/* SPDX-License-Identifier: MIT */
/*
 * Two small runs without a folder, with a schedule, a hook and shuffled batches. The checkpoint of
 * one has everything, including moments and a best model, that of the other the least.
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

void small_run_make(small_run *run, bool whole);
void small_run_free(small_run *run);

/**
 * Resume such a run from an input, and continue it if the input's size is a multiple of `one_in`.
 */
void fuzz_resume(const uint8_t *data, size_t size, bool whole, size_t one_in);

#endif
