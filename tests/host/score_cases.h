/* SPDX-License-Identifier: MIT */
/* The cases of losses in test_out_of_memory.c, whose macros they use. */
#ifndef TESTS_SCORE_CASES_H
#define TESTS_SCORE_CASES_H

#include "short_of_memory.h"

static const lstm_real scored[12] = {1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2};
static const double levels[] = {0.1, 0.9};
static const lstm_loss_options gaussian = {.struct_size = sizeof gaussian,
                                           .kind = LSTM_LOSS_GAUSSIAN};

#define SCORE_CASES(X)                                                                             \
    X(DOES, loss_evaluate, lstm_loss_evaluate, PLAIN, 0,                                           \
      (&gaussian, 2, K, scored, scored, NULL, &w->out.factor, w->out.values))                      \
    X(DOES, loss_location, lstm_loss_location, PLAIN, 0, (&gaussian, 2, K, scored, w->out.values)) \
    X(DOES, loss_outputs, lstm_loss_outputs, PLAIN, 0, (&gaussian, &w->out.n))                     \
    X(DOES, loss_quantiles, lstm_loss_quantiles, PLAIN, 0,                                         \
      (&gaussian, 2, K, scored, levels, 2, w->out.values))                                         \
    X(DOES, loss_sample, lstm_loss_sample, PLAIN, 0,                                               \
      (&gaussian, 1, K, scored, levels, w->out.values))

#endif
