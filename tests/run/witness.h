/* SPDX-License-Identifier: MIT */
/* Callbacks of a trainer that record their arguments and can stop it. */
#ifndef TESTS_WITNESS_H
#define TESTS_WITNESS_H

#include "training.h"

/* The recorded arguments. */
typedef struct witness {
    int64_t calls;
    int64_t stop_at;       /**< number of the call that stops; 0 = none */
    lstm_trainer *trainer; /**< stopped by lstm_trainer_stop() then     */
    uint64_t iterations[64], epochs[64];
    lstm_progress last;
    char lines[64][1024];
} witness;

static inline int see_progress(const lstm_progress *progress, void *user)
{
    witness *w = user;
    w->iterations[w->calls] = progress->iteration;
    w->epochs[w->calls] = progress->epoch;
    w->last = *progress;
    w->calls++;
    if (w->trainer != NULL && w->calls == w->stop_at) {
        lstm_trainer_stop(w->trainer);
        return 0;
    }
    return w->calls == w->stop_at;
}

static inline int see_line(const char *line, void *user)
{
    witness *w = user;
    assert_true(strlen(line) < sizeof w->lines[0]);
    memcpy(w->lines[w->calls], line, strlen(line) + 1);
    w->calls++;
    return w->calls == w->stop_at;
}

static inline void watch_progress(training_recipe *recipe, witness *w)
{
    training_recipe_init(recipe);
    memset(w, 0, sizeof *w);
    recipe->trainer.on_progress = see_progress;
    recipe->trainer.progress_user = w;
}

static inline void watch_log(training_recipe *recipe, witness *w)
{
    training_recipe_init(recipe);
    memset(w, 0, sizeof *w);
    recipe->trainer.on_log = see_line;
    recipe->trainer.log_user = w;
}

#endif
