/* SPDX-License-Identifier: MIT */
#include "workloads.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 1000, LONGEST_ROW = 64 };

static bool ok(lstm_status status)
{
    if (status < 0)
        fprintf(stderr, "lstmts-bench: %s\n", lstm_last_error());
    return status == LSTM_OK;
}

double bench_step_flops(const bench_shape *s)
{
    double H = (double)s->H, n = (double)s->n, above = s->L > 1 ? (double)s->L - 1 : 0;
    double in = fmin(4 * H * n, H * n + 4 * H * H);
    return 2 * (4 * H * H + in + 8 * H * H * above + H * n);
}

static bool new_series(lstm_series **series, int64_t n_row, int64_t n, int64_t phase)
{
    float *rows = malloc((size_t)(n_row * n) * sizeof *rows);
    if (rows == NULL)
        return false;
    for (int64_t r = 0; r < n_row; r++)
        for (int64_t k = 0; k < n; k++)
            rows[r * n + k] = sinf(0.05F * (float)((k + 1) * (r + phase)));
    bool made = ok(lstm_series_new(series, rows, n_row, n));
    free(rows);
    return made;
}

static bool new_model(lstm_model **model, const bench_shape *shape)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = shape->n;
    options.n_hidden = shape->H;
    options.n_layer = shape->L;
    return ok(lstm_model_new(model, &options));
}

static bool new_updater(lstm_updater **updater, lstm_model *model, lstm_iter *iter,
                        const bench_shape *shape)
{
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    options.support_len = shape->support_len;
    options.n_threads = shape->n_thread;
    options.device = shape->device;
    options.precision = shape->precision;
    return ok(lstm_updater_new(updater, model, iter, &options));
}

static bool update(void *what)
{
    return ok(lstm_updater_update(what));
}

bool bench_training(const bench_shape *shape, double seconds, bench_time *time)
{
    lstm_series *series = NULL;
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    windows.window_len = shape->T;
    windows.batch_size = shape->B;
    bool fine = new_series(&series, ROWS, shape->n, 0) && new_model(&model, shape) &&
                ok(lstm_iter_new(&iter, series, &windows)) &&
                new_updater(&updater, model, iter, shape) &&
                bench_measure(update, updater, seconds, time);
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_series_free(series);
    return fine;
}

enum { RECIPE_COLUMNS = 7, RECIPE_ROWS = 8640 };

static bool new_dataset(lstm_dataset **dataset)
{
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = RECIPE_COLUMNS;
    options.missing = LSTM_MISSING_FORWARD;
    float *rows = malloc((size_t)(RECIPE_ROWS * RECIPE_COLUMNS) * sizeof *rows);
    if (rows == NULL)
        return false;
    for (int i = 0; i < RECIPE_ROWS * RECIPE_COLUMNS; i++) {
        float row = (float)(i / RECIPE_COLUMNS), column = (float)(i % RECIPE_COLUMNS + 1);
        rows[i] = i % 997 == 500 ? NAN : column * sinf(0.2618F * row) + cosf(0.01F * column * row);
    }
    bool made = ok(lstm_dataset_new(dataset, &options)) &&
                ok(lstm_dataset_add(*dataset, NULL, rows, RECIPE_ROWS, 0));
    free(rows);
    return made;
}

static bool new_view(lstm_view **view, const lstm_dataset *dataset, const bench_shape *shape)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.segment_len = options.base_len = shape->n;
    options.context_len = shape->support_len;
    options.horizon = shape->T + 1 - shape->support_len;
    options.channels = LSTM_CHANNELS_INDEPENDENT;
    options.column_input = 1;
    options.scaling = LSTM_SCALING_STANDARD;
    options.base = LSTM_BASE_MEAN;
    options.part = LSTM_PART_ALL;
    return ok(lstm_view_new(view, dataset, &options));
}

static bool new_recipe(lstm_updater **updater, lstm_model **model, lstm_iter *iter,
                       const lstm_view *view, const bench_shape *shape)
{
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    const lstm_hook clip = {LSTM_HOOK_CLIP, 1};
    sizes.n_input = lstm_view_inputs(view);
    sizes.n_output = lstm_view_targets(view);
    sizes.n_hidden = shape->H;
    loss.kind = LSTM_LOSS_HUBER;
    loss.reduction = LSTM_REDUCTION_MEAN;
    options.loss = &loss;
    options.hooks = &clip;
    options.n_hook = 1;
    options.dropout = 0.3;
    options.average_decay = 0.98;
    options.n_threads = shape->n_thread;
    options.device = shape->device;
    options.precision = shape->precision;
    return ok(lstm_model_new(model, &sizes)) &&
           ok(lstm_updater_new(updater, *model, iter, &options));
}

bool bench_recipe(const bench_shape *shape, double seconds, bench_time *time)
{
    lstm_dataset *dataset = NULL;
    lstm_view *view = NULL;
    lstm_iter *iter = NULL;
    lstm_model *model = NULL;
    lstm_updater *updater = NULL;
    lstm_iter_options batches = LSTM_ITER_OPTIONS_INIT;
    batches.batch_size = shape->B;
    bool fine = new_dataset(&dataset) && new_view(&view, dataset, shape) &&
                ok(lstm_iter_new_view(&iter, view, &batches)) &&
                new_recipe(&updater, &model, iter, view, shape) &&
                bench_measure(update, updater, seconds, time);
    lstm_updater_free(updater);
    lstm_model_free(model);
    lstm_iter_free(iter);
    lstm_view_free(view);
    lstm_dataset_free(dataset);
    return fine;
}

typedef struct stream {
    lstm_state *state;
    float x[LONGEST_ROW], y[LONGEST_ROW];
} stream;

static bool step(void *what)
{
    stream *s = what;
    return lstm_state_step(s->state, s->x, s->y) == LSTM_OK || ok(LSTM_E_ARGUMENT);
}

bool bench_stream(const bench_shape *shape, double seconds, bench_time *time)
{
    lstm_model *model = NULL;
    stream s = {0};
    for (int k = 0; k < LONGEST_ROW; k++)
        s.x[k] = 0.5F;
    lstm_state_options options = LSTM_STATE_OPTIONS_INIT;
    options.weights = shape->weights;
    bool fine = shape->n <= LONGEST_ROW && new_model(&model, shape) &&
                ok(lstm_state_new_with(&s.state, model, &options)) &&
                ok(lstm_state_set_threads(s.state, shape->n_thread)) &&
                bench_measure(step, &s, seconds, time);
    lstm_state_free(s.state);
    lstm_model_free(model);
    return fine;
}

typedef struct fleet {
    lstm_model *model;
    lstm_series **series;
    int64_t n_series;
    lstm_forecast_options options;
    float *y;
} fleet;

static bool forecast(void *what)
{
    const fleet *f = what;
    return ok(lstm_forecast(f->model, (const lstm_series *const *)f->series, f->n_series,
                            &f->options, f->y));
}

static bool open_fleet(fleet *f, const bench_shape *shape)
{
    f->options = (lstm_forecast_options)LSTM_FORECAST_OPTIONS_INIT;
    f->options.n_step = shape->T;
    f->options.context_len = 1;
    f->options.n_threads = shape->n_thread;
    f->options.device = shape->device;
    f->options.precision = shape->precision;
    f->n_series = shape->B;
    f->series = calloc((size_t)shape->B, sizeof(lstm_series *));
    f->y = malloc((size_t)(shape->B * shape->T * shape->n) * sizeof *f->y);
    bool fine = f->series != NULL && f->y != NULL && new_model(&f->model, shape);
    for (int64_t i = 0; fine && i < shape->B; i++)
        fine = new_series(&f->series[i], 1, shape->n, i);
    return fine;
}

bool bench_fleet(const bench_shape *shape, double seconds, bench_time *time)
{
    fleet f = {0};
    bool fine = open_fleet(&f, shape) && bench_measure(forecast, &f, seconds, time);
    for (int64_t i = 0; f.series != NULL && i < f.n_series; i++)
        lstm_series_free(f.series[i]);
    free(f.series);
    free(f.y);
    lstm_model_free(f.model);
    return fine;
}
