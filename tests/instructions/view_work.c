/* SPDX-License-Identifier: MIT */
#include "view_work.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 1000, W = 24, HORIZON = 8 };

static bool new_dataset(lstm_dataset **dataset, int64_t C, bool missing)
{
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = C, options.missing = LSTM_MISSING_MASK;
    lstm_real *rows = malloc((size_t)(ROWS * C) * sizeof *rows);
    if (rows == NULL)
        return false;
    for (int64_t i = 0; i < ROWS * C; i++)
        rows[i] = missing && i % 10 == 3 ? (lstm_real)NAN : (lstm_real)(i * i % 101);
    bool made = lstm_dataset_new(dataset, &options) == LSTM_OK &&
                lstm_dataset_add(*dataset, NULL, rows, ROWS, 0) == LSTM_OK;
    free(rows);
    return made;
}

static bool new_view(lstm_view **view, const lstm_dataset *dataset, int64_t T)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.segment_len = W, options.context_len = T + 1 - HORIZON, options.horizon = HORIZON;
    options.channels = LSTM_CHANNELS_INDEPENDENT, options.column_input = 1;
    options.scaling = LSTM_SCALING_STANDARD;
    options.base = LSTM_BASE_MEAN, options.base_len = W;
    return lstm_view_new(view, dataset, &options) == LSTM_OK;
}

static bool new_updater(lstm_updater **updater, lstm_model **model, lstm_iter **iter,
                        const lstm_view *view, const bench_shape *shape)
{
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    windows.batch_size = shape->B;
    sizes.n_input = lstm_view_inputs(view), sizes.n_output = lstm_view_targets(view);
    sizes.n_hidden = shape->H;
    loss.kind = LSTM_LOSS_HUBER;
    options.loss = &loss, options.dropout = 0.3, options.n_threads = shape->n_thread;
    return lstm_model_new(model, &sizes) == LSTM_OK &&
           lstm_iter_new_view(iter, view, &windows) == LSTM_OK &&
           lstm_updater_new(updater, *model, *iter, &options) == LSTM_OK;
}

static bool update(void *what)
{
    return lstm_updater_update(what) == LSTM_OK;
}

static bool run(const bench_shape *shape, bool missing, double seconds, bench_time *time)
{
    lstm_dataset *dataset = NULL;
    lstm_view *view = NULL;
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    bool fine = new_dataset(&dataset, shape->n, missing) && new_view(&view, dataset, shape->T) &&
                new_updater(&updater, &model, &iter, view, shape) &&
                bench_measure(update, updater, seconds, time);
    if (!fine)
        fprintf(stderr, "repeat_work: %s\n", lstm_last_error());
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_view_free(view);
    lstm_dataset_free(dataset);
    return fine;
}

bool work_view(const bench_shape *shape, double seconds, bench_time *time)
{
    return run(shape, false, seconds, time);
}

bool work_view_missing(const bench_shape *shape, double seconds, bench_time *time)
{
    return run(shape, true, seconds, time);
}
