/* SPDX-License-Identifier: MIT */
/*
 * A model, states of it, and their inputs.
 */
#ifndef TESTS_STATE_FIXTURE_H
#define TESTS_STATE_FIXTURE_H

#include "assert_close.h"
#include "failing_allocator.h"
#include "model_of.h"

#include <float.h>
#include <lstmts/forecast.h>
#include <lstmts/state.h>
#include <pthread.h>

enum { D = 2, K = 2, H = 9, L = 2, STEPS = 20, MAX_B = 5, MAX_SIZE = L * 2 * MAX_B * H };

static const lstm_real largest = (lstm_real)(sizeof(lstm_real) == 8 ? DBL_MAX : FLT_MAX);

static inline lstm_model *new_model(int64_t n_output)
{
    return model_of(D, n_output, H, L, 3);
}

static inline lstm_state *new_state(const lstm_model *model, int64_t B)
{
    lstm_state *state = NULL;
    assert_ok(lstm_state_new(&state, model, B));
    return state;
}

/* Input j of stream b at step t. */
static inline lstm_real input(int64_t t, int64_t b, int64_t j)
{
    return (lstm_real)sin((double)(t + 1) * (0.7 + 0.31 * (double)b) + (double)j);
}

static inline void step(lstm_state *state, int64_t t, int64_t B, lstm_real *y)
{
    lstm_real x[MAX_B * D];
    for (int64_t i = 0; i < B * D; i++)
        x[i] = input(t, i / D, i % D);
    assert_ok(lstm_state_step(state, x, y));
}

#endif
