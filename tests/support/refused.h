/* SPDX-License-Identifier: MIT */
/*
 * Wrong use: a call fails with the documented status and a message with the offending value, and
 * modifies none of its outputs.
 */
#ifndef TESTS_REFUSED_H
#define TESTS_REFUSED_H

#include "training.h"

enum { REFUSED_ROOM = 256 };

/** One output of every kind, for calls under test. */
typedef struct outputs {
    lstm_series *series;
    lstm_dataset *dataset;
    lstm_view *view;
    lstm_method *method;
    lstm_backtest *backtest;
    lstm_forecaster *forecaster;
    lstm_model *model;
    lstm_state *state;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_trainer *trainer;
    int64_t n, offsets[REFUSED_ROOM];
    double factor, numbers[REFUSED_ROOM];
    lstm_real values[REFUSED_ROOM], more[REFUSED_ROOM];
    lstm_parameter_info parameter;
    lstm_iter_position position;
    lstm_view_window window;
    lstm_update_info info;
    lstm_progress progress;
} outputs;

static outputs out;

static inline void fill_outputs(outputs *o)
{
    memset(o, 0x5A, sizeof *o);
}

/** Assert status and message of `call`, and that `out` is unchanged. */
#define REFUSED(status, named, call)                                                               \
    do {                                                                                           \
        static outputs before_;                                                                    \
        fill_outputs(&before_);                                                                    \
        fill_outputs(&out);                                                                        \
        assert_status(call, status, named);                                                        \
        assert_memory_equal(&out, &before_, sizeof out);                                           \
    } while (0)

/** A training, a state, and a copy of both, which wrong use must not change. */
typedef struct victim {
    training t, twin;
    lstm_state *state, *state_twin;
    lstm_series *narrow; /**< one column: no model here fits it        */
    lstm_model *alien;   /**< D 2, K 2, H 6, L 2: no series here fits it */
} victim;

static inline void take_one_step(lstm_model *model, lstm_state **state)
{
    const lstm_real x[3] = {1, 2, 3};
    lstm_real y[2];
    assert_ok(lstm_state_new(state, model, 1));
    assert_ok(lstm_state_step(*state, x, y));
}

static inline int make_victim(void **fixture)
{
    static victim v;
    const lstm_real column[20] = {0};
    training_recipe recipe;
    training_recipe_init(&recipe);
    recipe.trainer.max_iteration = 3;
    training_make(&v.t, &recipe);
    training_start(&v.t, &recipe);
    training_make(&v.twin, &recipe);
    training_start(&v.twin, &recipe);
    assert_ok(lstm_trainer_run(v.t.trainer));
    assert_ok(lstm_trainer_run(v.twin.trainer));
    take_one_step(v.t.model, &v.state);
    take_one_step(v.twin.model, &v.state_twin);
    assert_ok(lstm_series_new(&v.narrow, column, 20, 1));
    recipe.model.n_input = 2;
    assert_ok(lstm_model_new(&v.alien, &recipe.model));
    *fixture = &v;
    return 0;
}

static inline int free_victim(void **fixture)
{
    victim *v = *fixture;
    lstm_state_free(v->state);
    lstm_state_free(v->state_twin);
    lstm_model_free(v->alien);
    lstm_series_free(v->narrow);
    training_free(&v->t);
    training_free(&v->twin);
    return 0;
}

/** Assert that parameters, moments, position, batch and state are those of the copy. */
static inline void assert_unharmed(const victim *v)
{
    lstm_real state[24], twin[24];
    int64_t offsets[4], twin_offsets[4];
    assert_same_training(&v->t, &v->twin);
    assert_ok(lstm_state_get(v->state, state, 24));
    assert_ok(lstm_state_get(v->state_twin, twin, 24));
    assert_memory_equal(state, twin, sizeof state);
    assert_ok(lstm_iter_offsets(v->t.iter, offsets, 4));
    assert_ok(lstm_iter_offsets(v->twin.iter, twin_offsets, 4));
    assert_memory_equal(offsets, twin_offsets, sizeof offsets);
    assert_int_equal(lstm_series_inputs(v->t.train), 3);
    assert_int_equal(lstm_series_targets(v->t.train), 2);
}

#endif
