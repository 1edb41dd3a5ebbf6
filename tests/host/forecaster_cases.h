/* SPDX-License-Identifier: MIT */
/* The cases of forecasters in test_out_of_memory.c, whose macros they use. */
#ifndef TESTS_FORECASTER_CASES_H
#define TESTS_FORECASTER_CASES_H

#include "short_of_memory.h"

TAKE(forecaster, forecaster)

static const int64_t two_origins[2] = {1, 2};
static const lstm_forecaster_options one_row = {.struct_size = sizeof one_row, .horizon = 1};

#define FORECASTER_CASES(X)                                                                        \
    X(TELLS, forecaster_cancel, lstm_forecaster_cancel, PLAIN, 0, (NULL))                          \
    X(DOES, forecaster_describe, lstm_forecaster_describe, PLAIN, 10,                              \
      (w->forecaster, NULL, 0, &w->out.n))                                                         \
    X(DOES, forecaster_fit, lstm_forecaster_fit, PLAIN, 10, (w->forecaster, w->data))              \
    X(TELLS, forecaster_free, lstm_forecaster_free, PLAIN, 0, (take_forecaster(w)))                \
    X(DOES, forecaster_intervals, lstm_forecaster_intervals, PLAIN, 6,                             \
      (w->forecaster, w->data, 0, two_origins, 2, NULL, w->out.values, w->out.more))               \
    X(DOES, forecaster_method, lstm_forecaster_method, PLAIN, 2,                                   \
      (&w->out.method, w->forecaster, "forecaster"))                                               \
    X(TELLS, forecaster_model, lstm_forecaster_model, PLAIN, 0, (w->forecaster, 0))                \
    X(DOES, forecaster_new, lstm_forecaster_new, PLAIN, 1, (&w->out.forecaster, &one_row))         \
    X(DOES, forecaster_predict, lstm_forecaster_predict, PLAIN, 3,                                 \
      (w->forecaster, w->data, 0, w->out.values))                                                  \
    X(DOES, forecaster_predict_from, lstm_forecaster_predict_from, PLAIN, 3,                       \
      (w->forecaster, w->data, 0, two_origins, 2, 3, w->out.values))

#endif
