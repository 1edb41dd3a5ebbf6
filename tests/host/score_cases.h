/* SPDX-License-Identifier: MIT */
/* The cases of losses and metrics in test_out_of_memory.c, whose macros they use. */
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
      (&gaussian, 1, K, scored, levels, w->out.values))                                            \
    X(DOES, metric, lstm_metric, PLAIN, 0,                                                         \
      (LSTM_METRIC_R2, 4, D, scored, scored, NULL, w->out.numbers, w->out.offsets))                \
    X(DOES, metric_crps_quantiles, lstm_metric_crps_quantiles, PLAIN, 0,                           \
      (2, D, scored, levels, 2, scored, w->out.numbers, w->out.offsets))                           \
    X(DOES, metric_crps_samples, lstm_metric_crps_samples, PLAIN, 1,                               \
      (LSTM_CRPS_FAIR, 2, D, scored, 2, scored, w->out.numbers, w->out.offsets))                   \
    X(DOES, metric_interval, lstm_metric_interval, PLAIN, 0,                                       \
      (LSTM_INTERVAL_SCORE, 0.9, 4, D, scored, scored, scored, w->out.numbers, w->out.offsets))    \
    X(DOES, metric_owa, lstm_metric_owa, PLAIN, 0, (1, 2, 3, 4, &w->out.factor))                   \
    X(DOES, metric_pinball, lstm_metric_pinball, PLAIN, 0,                                         \
      (0.9, 4, D, scored, scored, w->out.numbers, w->out.offsets))                                 \
    X(DOES, metric_scale, lstm_metric_scale, PLAIN, 0,                                             \
      (LSTM_METRIC_MASE, 4, D, scored, 1, w->out.numbers, w->out.offsets))

#endif
