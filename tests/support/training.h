/* SPDX-License-Identifier: MIT */
/*
 * A small training with everything that a checkpoint must contain: two layers, a covariate,
 * shuffled batches that cross passes, a closed loop, AMSGrad, hooks, a schedule, validation.
 */
#ifndef TESTS_TRAINING_H
#define TESTS_TRAINING_H

#include "assert_status.h"
#include <lstmts/lstmts.h>

typedef struct training {
    lstm_series *train, *test;
    lstm_dataset *data; /**< of `view` */
    lstm_view *view;    /**< NULL = windows are those of `train` */
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_trainer *trainer; /**< NULL until training_start() */
} training;

/** Options of the objects below; a test may change them. */
typedef struct training_recipe {
    lstm_model_options model;
    lstm_iter_options iter;
    lstm_optimizer_options optimizer;
    lstm_schedule_options schedule;
    lstm_hook hooks[2];
    lstm_updater_options updater;
    lstm_valid_options valid;
    lstm_trainer_options trainer;
    int64_t covariate; /**< role of the third column, LSTM_ROLE_INPUT; of a view LSTM_ROLE_KNOWN */
    lstm_view_options
        view;           /**< context_len 0 = a plain series, else the sizes of windows, inputs and
                                 outputs are those of the view */
    int64_t holiday;    /**< of the data set, in seconds since 1970 */
    int64_t valid_view; /**< 1 = validate on the view, whose longer series has a validation part */
    int64_t outside;    /**< 1 = a value of the first target is outside of the logarithm's domain */
} training_recipe;

void training_recipe_init(training_recipe *recipe);

/**
 * Train over a view of two hourly series, of which one is too short: two targets with missing
 * values, a known covariate with a future row, calendar columns and a static feature.
 */
void training_recipe_view(training_recipe *recipe);

/** The same with a view that leaves the values as they are. */
void training_recipe_plain_view(training_recipe *recipe);

/** Create all objects except the trainer. */
void training_make(training *t, const training_recipe *recipe);

/** Create the trainer; the recipe's validation series becomes t->test if it validates. */
void training_start(training *t, const training_recipe *recipe);

/** training_make() and training_start(). */
void training_begin(training *t, const training_recipe *recipe);

/** training_begin(), then run to the recipe's end. */
void training_begin_and_run(training *t, const training_recipe *recipe);

/** training_begin(), then resume from a checkpoint; NULL = the newest in the folder. */
void training_resume(training *t, const training_recipe *recipe, const char *from);

/** A recipe that validates after every seventh update. */
void training_recipe_validated(training_recipe *recipe);

/**
 * Train `updates` from the start or the checkpoint `from`, and save to `to` unless NULL.
 */
void training_run(training *t, training_recipe *recipe, int64_t updates, const char *from,
                  const char *to);

/** training_run(), for its files only. */
void training_run_and_free(training_recipe *recipe, int64_t updates, const char *from,
                           const char *to);

/** Free all objects. */
void training_free(training *t);

/**
 * Assert that parameters, moments, position, counters, scores and best model have the same bits.
 */
void assert_same_training(const training *a, const training *b);

/** Assert that two models have the same bits. */
void assert_same_model(const lstm_model *a, const lstm_model *b);

/** Create an empty folder; remove one with its contents. */
void make_folder(char path[64]);
void remove_folder(const char *path);

/** The same as fixtures of a test: *fixture is the folder's path. */
int make_folder_fixture(void **fixture);
int remove_folder_fixture(void **fixture);

/** "<folder>/<name>", valid for the next seven calls. */
const char *in_folder(const char *folder, const char *name);

/** The contents of a file as a string; the caller frees it. */
char *read_text(const char *folder, const char *name);

#endif
