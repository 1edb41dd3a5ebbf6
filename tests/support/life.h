/* SPDX-License-Identifier: MIT */
/*
 * Everything that a host does with the library in one call: train, log, validate, save, load,
 * resume, predict, forecast, step. It asserts nothing, so that it can run on any thread and in a
 * forked child.
 */
#ifndef TESTS_LIFE_H
#define TESTS_LIFE_H

#include <lstmts/lstmts.h>
#include <stdbool.h>

enum {
    LIFE_D = 3,
    LIFE_K = 2,
    LIFE_T = 5,
    LIFE_STEPS = 12,
    LIFE_STREAMS = 20,
    LIFE_PARAMETERS = 27000,
    LIFE_LINES = 6000,
    LIFE_FAILURE = 600
};

typedef struct life_shape {
    int64_t H, n_threads;
} life_shape;

/** The results, which must have the same bits wherever the call runs. */
typedef struct life {
    lstm_real parameters[3][LIFE_PARAMETERS]; /**< trained, loaded, and resumed and trained on */
    lstm_real moment[LIFE_PARAMETERS];
    double losses[LIFE_T], valid[LIFE_T * (LIFE_K + 1)];
    lstm_real pred[LIFE_STEPS][LIFE_K];
    lstm_real forecast[LIFE_STREAMS][LIFE_STEPS][LIFE_K];
    lstm_real stepped[LIFE_STEPS][LIFE_STREAMS][LIFE_K];
    char lines[LIFE_LINES]; /**< the log, without "elapsed" */
    char failure[LIFE_FAILURE];
} life;

/** Compute the rows, once, in the default environment. */
void life_prepare(void);

/** Run in an empty folder, and leave it empty. `failure` is "" on success. */
void life_live(life *l, const life_shape *shape, const char *folder);

#endif
