/* SPDX-License-Identifier: MIT */
/*
 * Shared by the programs of the sine experiment: the article's data, the files of a training
 * folder, and the two scores by which recipes are compared.
 *
 * Functions that return bool report a failure on standard error and then return false.
 */
#ifndef SINE_H
#define SINE_H

#include <lstmts/lstmts.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    SINE_COLUMNS = 2,
    SINE_TRAIN_ROWS = 150,
    SINE_TEST_ROWS = 50,
    SINE_ROWS = SINE_TRAIN_ROWS + SINE_TEST_ROWS,
    SINE_UPDATES = 1500, /* of either recipe: the article's 100 epochs                         */
    SINE_SNAPSHOTS = 10, /* of either recipe, evenly spaced                                    */
    SINE_RECURSIONS = 20,
    SINE_PRED_STEPS = 50,
    SINE_PRED_SUPPORT = 9,
    SINE_SEED = 3, /* when the command line has none */
    SINE_PATH_SIZE = 4096,
};

/* Returns whether a call succeeded; prints the message on standard error if not. */
bool sine_ok(lstm_status status, const char *what);

/* t = linspace(0, 8 pi, 200); columns 0.8 sin(2t), 0.8 cos(t). Each out parameter may be NULL. */
bool sine_data(lstm_series **train, lstm_series **test);

/* Reads the command line FOLDER [SEED]; creates the folder if it is missing. */
bool sine_arguments(int argc, char **argv, const char **folder, uint64_t *seed);

/* The objects of a training; all NULL at first. */
typedef struct sine_training {
    lstm_series *train;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_trainer *trainer;
} sine_training;

void sine_training_free(sine_training *t);

/* Opens FOLDER/NAME for writing; sine_close() returns whether everything was written. */
FILE *sine_create(const char *folder, const char *name);
bool sine_close(FILE *file, const char *name);

/* Writes both parts of the data to FOLDER/data.csv. */
bool sine_write_data(const char *folder);

/* Update of the first snapshot in the folder after update `after`; 0 if there is none. */
int sine_next_snapshot(const char *folder, int after);
bool sine_load_snapshot(lstm_model **model, const char *folder, int update);
bool sine_load_last_snapshot(lstm_model **model, const char *folder);

/* One run's log: the loss of the last step of each update, which is what the article's log shows,
 * and the seconds of training. */
typedef struct sine_log {
    double loss[SINE_UPDATES];
    size_t n;
    double seconds;
} sine_log;

bool sine_read_log(sine_log *log, const char *folder);

double sine_median(const double *values, size_t n);

/* RMSE over steps first .. last and both columns. */
double sine_rmse(const float *y, const float *truth, int first, int last);

/* How well a model forecasts the test rows from its own outputs. */
typedef struct sine_scores {
    double total[SINE_RECURSIONS]; /* Total of valid(test, T 20, s 0), the article's windows */
    double pred;                   /* RMSE of steps 10-48 of pred(test, 50, s 9)             */
} sine_scores;

bool sine_score(const lstm_model *model, sine_scores *scores);

#endif
