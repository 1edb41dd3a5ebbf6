/* SPDX-License-Identifier: MIT */
/* The cases of forecasters and streams in test_out_of_memory.c, whose macros they use. */
#ifndef TESTS_FORECASTER_CASES_H
#define TESTS_FORECASTER_CASES_H

#include "short_of_memory.h"

TAKE(forecaster, spare_forecaster)
TAKE(stream, spare_stream)

static const double two_levels[] = {0.5, 0.9};
static const lstm_view_options short_view = {.struct_size = sizeof short_view, .context_len = 2};
static const lstm_view_options *const two_views[] = {&short_view, &short_view};
static const lstm_loss_options robust = {.struct_size = sizeof robust, .kind = LSTM_LOSS_QUANTILE};
static const lstm_ridge_options of_three = {.struct_size = sizeof of_three, .context_len = 3};
static const lstm_interval_options wide = {
    .struct_size = sizeof wide, .window = 9, .is_conformalized = 1};
static const lstm_forecaster_options whole = {.struct_size = sizeof whole,
                                              .horizon = 1,
                                              .views = two_views,
                                              .n_view = 2,
                                              .loss = &robust,
                                              .device = "cpu",
                                              .folder = "a",
                                              .levels = two_levels,
                                              .n_level = 2,
                                              .interval = &wide,
                                              .average_decay = 0.5,
                                              .ridge = &of_three};
static const lstm_schedule_options steady = {.struct_size = sizeof steady};
static const lstm_continue_options one_update = {.struct_size = sizeof one_update,
                                                 .n_update = 1,
                                                 .schedule = &steady,
                                                 .device = "cpu",
                                                 .n_threads = 2};
static const int64_t last_rows[] = {FORECASTER_ROWS - 1, FORECASTER_ROWS};

static const lstm_stream_options *of_data(world *w)
{
    static lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    options.dataset = w->forecaster_data;
    options.intervals = 1;
    return &options;
}

#define FORECASTER_CASES(X)                                                                        \
    X(TELLS, forecaster_cancel, lstm_forecaster_cancel, PLAIN, 0, (w->spare_forecaster))           \
    X(DOES, forecaster_clone, lstm_forecaster_clone, PLAIN, 3,                                     \
      (&w->out.forecaster, w->forecaster))                                                         \
    X(DOES, forecaster_continue, lstm_forecaster_continue, PLAIN, 30,                              \
      (w->forecaster, w->forecaster_data, &one_update))                                            \
    X(DOES, forecaster_describe, lstm_forecaster_describe, PLAIN, 30,                              \
      (w->forecaster, (char *)w->out.values, sizeof w->out.values, &w->out.n))                     \
    X(DOES, forecaster_fit, lstm_forecaster_fit, PLAIN, 100,                                       \
      (w->spare_forecaster, w->forecaster_data))                                                   \
    X(TELLS, forecaster_free, lstm_forecaster_free, PLAIN, 0, (take_forecaster(w)))                \
    X(DOES, forecaster_frame, lstm_forecaster_frame, PLAIN, 4, (&w->out.dataset, w->forecaster))   \
    X(TELLS, forecaster_horizon, lstm_forecaster_horizon, PLAIN, 0, (w->forecaster))               \
    X(DOES, forecaster_intervals, lstm_forecaster_intervals, CACHES, 30,                           \
      (w->forecaster, w->forecaster_data, 0, last_rows, 2, w->out.values, w->out.more,             \
       w->out.more + 2))                                                                           \
    X(TELLS, forecaster_levels, lstm_forecaster_levels, PLAIN, 0, (w->forecaster, &w->out.n))      \
    X(DOES, forecaster_load, lstm_forecaster_load, READS, 300,                                     \
      (&w->out.forecaster, w->forecaster_file))                                                    \
    X(DOES, forecaster_method, lstm_forecaster_method, PLAIN, 2,                                   \
      (&w->out.method, w->forecaster, "network"))                                                  \
    X(TELLS, forecaster_model, lstm_forecaster_model, PLAIN, 0, (w->forecaster, 0))                \
    X(DOES, forecaster_new, lstm_forecaster_new, PLAIN, 4, (&w->out.forecaster, &whole))           \
    X(DOES, forecaster_paths, lstm_forecaster_paths, CACHES, 30,                                   \
      (w->forecaster, w->forecaster_data, 0, FORECASTER_ROWS, 1, 3, 7, w->out.values))             \
    X(DOES, forecaster_predict, lstm_forecaster_predict, CACHES, 10,                               \
      (w->forecaster, w->forecaster_data, 0, w->out.values))                                       \
    X(DOES, forecaster_predict_from, lstm_forecaster_predict_from, CACHES, 10,                     \
      (w->forecaster, w->forecaster_data, 0, last_rows, 2, 3, w->out.values))                      \
    X(DOES, forecaster_predict_series, lstm_forecaster_predict_series, CACHES, 10,                 \
      (w->forecaster, w->forecaster_data, NULL, 1, w->out.values))                                 \
    X(DOES, forecaster_quantiles, lstm_forecaster_quantiles, CACHES, 30,                           \
      (w->forecaster, w->forecaster_data, 0, last_rows, 2, 1, two_levels, 2, w->out.values))       \
    X(DOES, forecaster_save, lstm_forecaster_save, PLAIN, 300,                                     \
      (w->forecaster, w->forecaster_file))                                                         \
    X(TELLS, forecaster_targets, lstm_forecaster_targets, PLAIN, 0, (w->forecaster))               \
    X(TELLS, forecaster_view, lstm_forecaster_view, PLAIN, 0, (w->forecaster, 0))                  \
    X(TELLS, stream_context, lstm_stream_context, PLAIN, 0, (w->stream))                           \
    X(DOES, stream_forecast, lstm_stream_forecast, PLAIN, 0, (w->stream, w->out.values))           \
    X(TELLS, stream_free, lstm_stream_free, PLAIN, 0, (take_stream(w)))                            \
    X(TELLS, stream_horizon, lstm_stream_horizon, PLAIN, 0, (w->stream))                           \
    X(DOES, stream_intervals, lstm_stream_intervals, PLAIN, 0,                                     \
      (w->stream, w->out.values, w->out.more, w->out.more + 2))                                    \
    X(DOES, stream_new, lstm_stream_new, CACHES, 20, (&w->out.stream, w->forecaster, of_data(w)))  \
    X(DOES, stream_push, lstm_stream_push, PLAIN, 0, (w->stream, row))                             \
    X(TELLS, stream_rows, lstm_stream_rows, PLAIN, 0, (w->stream))                                 \
    X(DOES, stream_set_future, lstm_stream_set_future, PLAIN, 0, (w->stream, row, 1))

#endif
