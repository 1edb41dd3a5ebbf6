/* SPDX-License-Identifier: MIT */
/* The cases of views in test_out_of_memory.c, whose macros they use. */
#ifndef TESTS_VIEW_CASES_H
#define TESTS_VIEW_CASES_H

#include "short_of_memory.h"

TAKE(view, spare_view)

/* With everything that a view can fit to its data. */
static const lstm_view_options fitted = {.struct_size = sizeof fitted,
                                         .context_len = 1,
                                         .scaling = LSTM_SCALING_ROBUST,
                                         .scale_series = 1,
                                         .season = LSTM_SEASON_PHASES,
                                         .season_len = 2};

static const lstm_view_options transformed = {.struct_size = sizeof transformed,
                                              .context_len = 1,
                                              .transform = LSTM_TRANSFORM_LOG,
                                              .skip_transform = 1,
                                              .scaling = LSTM_SCALING_MINMAX};

static const lstm_iter_options drawn = {.struct_size = sizeof drawn, .draw = LSTM_DRAW_SERIES};

static const int64_t of_first = 0, first_row = 1;

static const lstm_trainer_options *valid_on_view(world *w)
{
    static lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.max_iteration = options.validate.every = 10;
    options.valid_view = w->viewed.view;
    return &options;
}

#define VIEW_CASES(X)                                                                              \
    X(DOES, iter_new_view, lstm_iter_new_view, PLAIN, 3, (&w->out.iter, w->view, NULL))            \
    X(DOES, iter_new_drawn, lstm_iter_new_view, PLAIN, 4, (&w->out.iter, w->view, &drawn))         \
    X(DOES, iter_read_view, lstm_iter_read, PLAIN, 2, (w->of_view, w->out.values, w->out.more))    \
    X(DOES, iter_weights, lstm_iter_weights, PLAIN, 2, (w->of_view, w->out.values))                \
    X(DOES, trainer_new_view, lstm_trainer_new, PLAIN, 8,                                          \
      (&w->out.trainer, w->viewed.updater, valid_on_view(w)))                                      \
    X(DOES, trainer_save_view, lstm_trainer_save, PLAIN, 300, (w->viewed.trainer, w->checkpoint))  \
    X(DOES, updater_new_view, lstm_updater_new, PLAIN, 20,                                         \
      (&w->out.updater, w->view_model, w->of_view, NULL))                                          \
    X(DOES, view_forecast, lstm_view_forecast, CACHES, 10,                                         \
      (w->view, w->view_model, NULL, NULL, &of_first, &first_row, 1, 1, 2, w->out.values))         \
    X(TELLS, view_free, lstm_view_free, PLAIN, 0, (take_view(w)))                                  \
    X(TELLS, view_inputs, lstm_view_inputs, PLAIN, 0, (w->view))                                   \
    X(DOES, view_new, lstm_view_new, PLAIN, 15, (&w->out.view, w->data, &fitted))                  \
    X(DOES, view_new_transformed, lstm_view_new, PLAIN, 12, (&w->out.view, w->data, &transformed)) \
    X(TELLS, view_targets, lstm_view_targets, PLAIN, 0, (w->view))                                 \
    X(DOES, view_window_at, lstm_view_window_at, PLAIN, 0, (w->view, 0, &w->out.window))           \
    X(TELLS, view_skipped, lstm_view_skipped, PLAIN, 0, (w->view))                                 \
    X(TELLS, view_windows, lstm_view_windows, PLAIN, 0, (w->view))

#endif
