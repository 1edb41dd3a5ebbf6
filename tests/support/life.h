/* SPDX-License-Identifier: MIT */
/*
 * All that a host does with the library, in one call that asserts nothing, so that it can run on
 * any thread and in a forked child: train, log, validate, save, load, resume, predict, forecast,
 * step.
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

/** What came of it, which is to be the same bits wherever it is lived. */
typedef struct life {
    lstm_real parameters[3][LIFE_PARAMETERS]; /**< trained, loaded, and resumed and trained on */
    lstm_real moment[LIFE_PARAMETERS];
    double losses[LIFE_T], valid[LIFE_T * (LIFE_K + 1)];
    lstm_real pred[LIFE_STEPS][LIFE_K];
    lstm_real forecast[LIFE_STREAMS][LIFE_STEPS][LIFE_K];
    lstm_real stepped[LIFE_STEPS][LIFE_STREAMS][LIFE_K];
    char lines[LIFE_LINES]; /**< the log, without what a clock says in it */
    char failure[LIFE_FAILURE];
} life;

/** Computes the rows, once, in the default environment. */
void life_prepare(void);

/** Lives in a folder, which must be empty and is so again; `failure` is "" if all went well. */
void life_live(life *l, const life_shape *shape, const char *folder);

#endif
