/* SPDX-License-Identifier: MIT */
/*
 * A small training with everything in it that a resume must carry: two layers, a covariate,
 * shuffled batches that cross passes, a closed loop, AMSGrad, hooks, a schedule, validation.
 */
#ifndef TESTS_TRAINING_H
#define TESTS_TRAINING_H

#include "assert_status.h"
#include <lstmts/lstmts.h>

typedef struct training {
    lstm_series *train, *test;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_trainer *trainer; /**< NULL until training_start() */
} training;

/** Options that the object makers below start from, to be changed by a test. */
typedef struct training_recipe {
    lstm_model_options model;
    lstm_iter_options iter;
    lstm_optimizer_options optimizer;
    lstm_schedule_options schedule;
    lstm_hook hooks[2];
    lstm_updater_options updater;
    lstm_valid_options valid;
    lstm_trainer_options trainer;
} training_recipe;

void training_recipe_init(training_recipe *recipe);

/** Makes all objects but the trainer. */
void training_make(training *t, const training_recipe *recipe);

/** Makes the trainer; the recipe's validation series becomes t->test if it validates. */
void training_start(training *t, const training_recipe *recipe);

/** Both. */
void training_begin(training *t, const training_recipe *recipe);

/** The same; then runs to the recipe's end. */
void training_begin_and_run(training *t, const training_recipe *recipe);

/** The same; then resumes from a checkpoint, or from the newest in the folder where it is NULL. */
void training_resume(training *t, const training_recipe *recipe, const char *from);

/** A recipe that validates after every seventh update. */
void training_recipe_validated(training_recipe *recipe);

/**
 * Trains `updates` from the start, or from the checkpoint `from`, and saves to `to` unless NULL.
 */
void training_run(training *t, training_recipe *recipe, int64_t updates, const char *from,
                  const char *to);

/** The same for what it leaves in files. */
void training_run_and_free(training_recipe *recipe, int64_t updates, const char *from,
                           const char *to);

/** Frees everything. */
void training_free(training *t);

/** Asserts that parameters, moments, position, counters, scores and best model agree bit by bit. */
void assert_same_training(const training *a, const training *b);

/** Asserts that two models have the same bits. */
void assert_same_model(const lstm_model *a, const lstm_model *b);

/** A new empty folder, and its removal with all that is in it. */
void make_folder(char path[64]);
void remove_folder(const char *path);

/** The same as fixtures of a test: *fixture is the folder's path. */
int make_folder_fixture(void **fixture);
int remove_folder_fixture(void **fixture);

/** "<folder>/<name>", valid for the next seven calls. */
const char *in_folder(const char *folder, const char *name);

/** The whole file as a string, which the caller frees. */
char *read_text(const char *folder, const char *name);

#endif
