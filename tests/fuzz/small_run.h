/* SPDX-License-Identifier: MIT */
/*
 * Small runs without a folder, with a schedule, a hook and shuffled batches.
 */
#ifndef TESTS_FUZZ_SMALL_RUN_H
#define TESTS_FUZZ_SMALL_RUN_H

#include "fuzz.h"

enum { SMALL_ROWS = 8, SMALL_COLUMNS = 1, SMALL_HIDDEN = 2 };

typedef enum small_run_kind {
    SMALL_LEAST,      /**< its checkpoint has the least contents                */
    SMALL_WHOLE,      /**< with moments and a best model                        */
    SMALL_ROLLS_BACK, /**< in addition, it may roll back after a divergence     */
    SMALL_KINDS
} small_run_kind;

typedef struct small_run {
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_trainer *trainer;
} small_run;

void small_run_make(small_run *run, small_run_kind kind);
void small_run_free(small_run *run);

/**
 * Resume such a run from a file, and continue it if the file's size is a multiple of `one_in`.
 * Asserts that a refused file changes nothing, and returns the status of the resume.
 */
lstm_status fuzz_resume(const uint8_t *data, size_t size, small_run_kind kind, size_t one_in);

#endif
