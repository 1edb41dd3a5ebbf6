/* SPDX-License-Identifier: MIT */
/*
 * Random models, series and ways to unroll them, for tests that hold the library against
 * reference.h. A number decides everything: the same number gives the same case on every machine.
 */
#ifndef TESTS_RANDOM_PLAN_H
#define TESTS_RANDOM_PLAN_H

#include "reference.h"

enum { RANDOM_MAX_COLUMNS = 6, RANDOM_MAX_ROWS = 24, RANDOM_MAX_BATCH = 4 };

/** A stream of random numbers; set it to any seed. */
typedef uint64_t random_stream;

/** Uniform on low .. high, both included. */
int64_t random_int(random_stream *stream, int64_t low, int64_t high);
/** Uniform on [low, high), and exact in float, so that both builds start from the same numbers. */
double random_real(random_stream *stream, double low, double high);

/** What an update does with the gradients, and on how many threads. */
typedef struct random_recipe {
    lstm_optimizer_options optimizer;
    lstm_hook hooks[3];
    int64_t n_hook;
    int64_t n_threads; /**< of the updater; 0 = 1 */
} random_recipe;

typedef struct random_plan {
    char name[256]; /**< the sizes in words, for failures */
    int64_t B, D, K, H, L;
    reference_plan plan;
    double rows[RANDOM_MAX_ROWS * RANDOM_MAX_COLUMNS];
    int64_t role[RANDOM_MAX_COLUMNS];
    int64_t offsets[RANDOM_MAX_BATCH]; /**< the windows of every batch */
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
} random_plan;

/**
 * Makes case `number`, without an updater; free all with random_plan_close(). The struct must stay
 * where it is until then.
 */
void random_plan_open(random_plan *random, uint64_t number);

/**
 * Puts an iterator over all windows in order of time in the place of the one that replays offsets;
 * before the updater is made.
 */
void random_plan_sequential(random_plan *random);

/** Makes the updater of a case; recipe NULL = the default one. */
void random_plan_train(random_plan *random, const random_recipe *recipe);

void random_plan_close(random_plan *random);

/** Number of parameters of a case's model, over all tensors. */
int64_t random_plan_size(const random_plan *random);

/** All parameters of the model in the order of its table, [random_plan_size()]. */
void random_plan_get(const random_plan *random, double *parameters);
void random_plan_set(random_plan *random, const double *parameters);

/** All gradients, in the same order. */
void random_plan_gradient(const random_plan *random, double *gradient);

/** How many of the cases that a test ran were of each kind, so that none can go missing. */
typedef struct random_census {
    int64_t article, closed, teacher_forced, support_zero, lagged, waiting, deep, covariates,
        target_only, no_feedback, far;
} random_census;

void random_census_add(random_census *census, const random_plan *random);

/** Fails the running test unless each kind came up at least 10 times. */
void random_census_check(const random_census *census);

#endif
