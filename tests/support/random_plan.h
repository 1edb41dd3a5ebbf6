/* SPDX-License-Identifier: MIT */
/*
 * Random models, series and plans, for tests that compare the library with reference.h. A case is a
 * function of its number on every machine.
 */
#ifndef TESTS_RANDOM_PLAN_H
#define TESTS_RANDOM_PLAN_H

#include "reference.h"

enum { RANDOM_MAX_COLUMNS = 6, RANDOM_MAX_ROWS = 24, RANDOM_MAX_BATCH = 4 };

/** The state of a stream of random numbers; set it to any seed. */
typedef uint64_t random_stream;

/** Uniform on low .. high, both included. */
int64_t random_int(random_stream *stream, int64_t low, int64_t high);
/** Uniform on [low, high), and exact in float, so that both builds start from the same numbers. */
double random_real(random_stream *stream, double low, double high);

/** Hooks, optimizer and threads of an update. */
typedef struct random_recipe {
    lstm_optimizer_options optimizer;
    lstm_hook hooks[3];
    int64_t n_hook;
    int64_t n_threads; /**< of the updater; 0 = 1 */
    double dropout;
    const lstm_loss_options *loss;
    lstm_loss_fn loss_fn;                      /**< not for the article's form */
    const lstm_sampling_options *sampling;     /**< not for the article's form */
    const lstm_curriculum_options *curriculum; /**< not for the article's form */
} random_recipe;

typedef struct random_plan {
    char name[256]; /**< the sizes as text, for messages */
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
 * Create case `number`, without an updater; free it with random_plan_close(). The struct must not
 * be moved until then.
 */
void random_plan_open(random_plan *random, uint64_t number);

/**
 * Replace the iterator, which replays offsets, by one over all windows in order of time. Call it
 * before random_plan_train().
 */
void random_plan_sequential(random_plan *random);

/** Shorten the windows to T steps. Call it before random_plan_train(). */
void random_plan_shorten(random_plan *random, int64_t T);

/**
 * Replace the model by one with the outputs that a loss needs. Targets become positive if
 * `counts`. Call it before random_plan_train().
 */
void random_plan_for_loss(random_plan *random, const lstm_loss_options *loss, bool counts);

/** Create the updater of a case; recipe NULL = the default one. */
void random_plan_train(random_plan *random, const random_recipe *recipe);

void random_plan_close(random_plan *random);

/** Number of parameters of a case's model, over all tensors. */
int64_t random_plan_size(const random_plan *random);

/** All parameters of the model in the order of its table, [random_plan_size()]. */
void random_plan_get(const random_plan *random, double *parameters);
void random_plan_set(random_plan *random, const double *parameters);

/** All gradients, in the same order. */
void random_plan_gradient(const random_plan *random, double *gradient);

/** How many of a test's cases were of each kind, so that no kind can be missing. */
typedef struct random_census {
    int64_t article, closed, teacher_forced, support_zero, lagged, waiting, deep, covariates,
        target_only, no_feedback, far, known;
} random_census;

void random_census_add(random_census *census, const random_plan *random);

/** Fail the running test unless each kind occurred at least 10 times. */
void random_census_check(const random_census *census);

#endif
