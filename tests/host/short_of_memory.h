/* SPDX-License-Identifier: MIT */
/*
 * The arguments of the public functions in test_out_of_memory.c: a run in a folder, after some
 * updates, and one more object of each kind to free, change or use.
 */
#ifndef TESTS_SHORT_OF_MEMORY_H
#define TESTS_SHORT_OF_MEMORY_H

#include "refused.h"
#include "updater_options.h"

#include <stdio.h>
#include <stdlib.h>

enum { UPDATES = 1, B = 4, T = 5, D = 3, K = 2, H = 3, STATE = 2 * H };
enum { N_FLEET = 2, FORECASTER_ROWS = 24 };

typedef struct world {
    training_recipe recipe, spare_recipe;
    training t;               /**< with a folder, a validation and snapshots                      */
    training viewed;          /**< over a view, on which it validates                             */
    training spare;           /**< with a gradient that is not applied; without a folder          */
    lstm_state *state;        /**< of t.model, after a step                                       */
    lstm_state *stale;        /**< of spare.model, which was changed afterwards                   */
    lstm_model *plain;        /**< without covariates                                             */
    lstm_model *square_model; /**< a clone of plain                                         */
    lstm_state *square;       /**< of square_model, after a step                                  */
    lstm_model *clone;        /**< of spare.model                                                 */
    lstm_state *of_clone;
    lstm_series *fleet[N_FLEET];
    lstm_dataset *data;       /**< one series, hourly, of a target and a known column             */
    lstm_dataset *spare_data; /**< without series                                                 */
    lstm_view *view, *spare_view; /**< of data                                                    */
    lstm_iter *of_view;      /**< over view, with a batch                                        */
    lstm_model *view_model;  /**< for view                                                       */
    lstm_method *theta;      /**< without a season                                               */
    lstm_method *ridge;      /**< of one row on one, not fitted                                  */
    lstm_backtest *backtest; /**< of theta                                                       */
    lstm_iter *iter;         /**< not used by an updater                                         */
    lstm_dataset *forecaster_data; /**< one column                                                */
    lstm_forecaster *forecaster, *spare_forecaster; /**< fitted to it; not fitted                 */
    lstm_stream *stream, *spare_stream;             /**< of forecaster                            */
    lstm_method *mean;       /**< of theta, not fitted                                           */
    lstm_interval *interval; /**< of one step and column                                         */
    lstm_interval_backtest *interval_backtest; /**< of theta                                      */
    lstm_updater *lone;
    lstm_iter_position position;
    lstm_updater_options updater;
    outputs out;
    char folder[64], other_folder[64], model[80], checkpoint[80], forecaster_file[80];
} world;

static inline int stop_after_updates(const lstm_progress *progress, void *user)
{
    (void)user;
    return progress->iteration == UPDATES;
}

static inline void make_recipes(world *w)
{
    training_recipe_init(&w->recipe);
    w->recipe.model.n_hidden = H;
    w->recipe.model.n_layer = 1;
    w->recipe.optimizer.kind = LSTM_MOMENTUM; /* one block of moments keeps checkpoints small */
    w->spare_recipe = w->recipe;
    w->recipe.updater.average_decay = 0.5;
    w->recipe.trainer.max_iteration = UPDATES + 1;
    w->recipe.trainer.validate = (lstm_trigger){1, LSTM_ITERATIONS};
    w->recipe.trainer.snapshot = (lstm_trigger){1, LSTM_ITERATIONS};
    w->recipe.trainer.keep = 2;
    w->recipe.trainer.on_progress = stop_after_updates;
    w->recipe.trainer.on_divergence = LSTM_DIVERGENCE_ROLL_BACK;
    w->recipe.trainer.folder = w->folder;
}

static inline void make_beside(world *w)
{
    const lstm_real rows[16] = {1, 2, 3, 4, 5, 4, 3, 2};
    lstm_model_options options = w->recipe.model;
    options.n_input = K;
    assert_ok(lstm_model_new(&w->plain, &options));
    assert_ok(lstm_model_clone(&w->square_model, w->plain)); /* nothing of plain is packed */
    assert_ok(lstm_state_new(&w->square, w->square_model, 1));
    assert_ok(lstm_state_warm(w->square, rows, 1));
    for (int i = 0; i < N_FLEET; i++)
        assert_ok(lstm_series_new(&w->fleet[i], rows + 2 * i, 5, K));
    training_begin(&w->spare, &w->spare_recipe);
    assert_ok(lstm_updater_update(w->spare.updater));
    assert_ok(lstm_model_clone(&w->clone, w->spare.model));
    assert_ok(lstm_state_new(&w->of_clone, w->clone, 1));
    assert_ok(lstm_state_new(&w->stale, w->spare.model, 1));
    assert_ok(lstm_model_set(w->spare.model, "input.bias", rows, H));
    assert_ok(lstm_updater_backward(w->spare.updater));
    assert_ok(lstm_iter_new(&w->iter, w->spare.train, &w->spare_recipe.iter));
    assert_ok(lstm_updater_new(&w->lone, w->spare.model, w->spare.iter, NULL));
    w->updater = updater_options(&w->spare_recipe);
}

static inline void make_data(world *w)
{
    const lstm_real rows[4] = {1, 2, 3, 4};
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 2, options.roles = roles;
    options.step_unit = LSTM_STEP_SECONDS;
    options.step = 3600;
    options.missing = LSTM_MISSING_FORWARD;
    options.n_static = 1;
    assert_ok(lstm_dataset_new(&w->data, &options));
    assert_ok(lstm_dataset_new(&w->spare_data, &options));
    assert_ok(lstm_dataset_add(w->data, "first", rows, 2, 0));
}

static inline void make_views(world *w)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    lstm_model_options model = w->recipe.model;
    options.context_len = 1;
    assert_ok(lstm_view_new(&w->view, w->data, &options));
    assert_ok(lstm_view_new(&w->spare_view, w->data, &options));
    assert_ok(lstm_iter_new_view(&w->of_view, w->view, NULL));
    assert_ok(lstm_iter_next(w->of_view, NULL));
    model.n_input = lstm_view_inputs(w->view);
    model.n_output = lstm_view_targets(w->view);
    assert_ok(lstm_model_new(&w->view_model, &model));
    training_recipe of_view;
    training_recipe_view(&of_view);
    of_view.valid_view = 1, of_view.trainer.validate.every = 10;
    training_begin(&w->viewed, &of_view);
}

static inline void make_methods(world *w)
{
    lstm_baseline_options theta = LSTM_BASELINE_OPTIONS_INIT;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    lstm_ensemble_options ensemble = LSTM_ENSEMBLE_OPTIONS_INIT;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    theta.kind = LSTM_BASELINE_THETA;
    ridge.context_len = ridge.horizon = 1;
    options.horizon = options.first_origin = 1;
    options.levels = &(double){0.5}, options.n_level = 1;
    ensemble.members = &w->theta, ensemble.n_member = 1;
    interval.window = 1;
    assert_ok(lstm_baseline_new(&w->theta, &theta));
    assert_ok(lstm_ridge_new(&w->ridge, &ridge));
    assert_ok(lstm_backtest_run(&w->backtest, &w->theta, 1, w->data, &options));
    assert_ok(lstm_ensemble_new(&w->mean, &ensemble));
    assert_ok(
        lstm_interval_backtest_run(&w->interval_backtest, w->theta, w->data, &interval, &options));
    interval.horizon = interval.n_column = 1;
    assert_ok(lstm_interval_new(&w->interval, &interval));
}

/* A network and ridge, of the least sizes. */
static inline void make_forecasters(world *w)
{
    lstm_real rows[FORECASTER_ROWS];
    lstm_dataset_options column = LSTM_DATASET_OPTIONS_INIT;
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    for (int i = 0; i < FORECASTER_ROWS; i++)
        rows[i] = (lstm_real)(i % 3 + i * i % 7);
    column.n_column = 1;
    view.context_len = 2;
    options.horizon = options.n_network = options.n_update = options.batch_size = 1;
    options.n_hidden = 2;
    options.season_len = LSTM_NO_SEASON;
    options.use = LSTM_USE_MEAN;
    options.view = &view;
    assert_ok(lstm_dataset_new(&w->forecaster_data, &column));
    assert_ok(lstm_dataset_add(w->forecaster_data, NULL, rows, FORECASTER_ROWS, 0));
    assert_ok(lstm_forecaster_new(&w->forecaster, &options));
    assert_ok(lstm_forecaster_new(&w->spare_forecaster, &options));
    assert_ok(lstm_forecaster_fit(w->forecaster, w->forecaster_data));
    snprintf(w->forecaster_file, sizeof w->forecaster_file, "%s/forecaster", w->folder);
    assert_ok(lstm_forecaster_save(w->forecaster, w->forecaster_file));
    const lstm_stream_options stream = {sizeof stream, .series = LSTM_NEW_SERIES, .intervals = 1};
    assert_ok(lstm_stream_new(&w->stream, w->forecaster, &stream));
    assert_ok(lstm_stream_new(&w->spare_stream, w->forecaster, &stream));
    assert_ok(lstm_stream_push(w->stream, rows));
    lstm_forecaster_free(w->forecaster); /* nothing of it is packed */
    assert_ok(lstm_forecaster_load(&w->forecaster, w->forecaster_file));
}

static inline void make_world(world *w)
{
    const lstm_real x[D] = {1, 2, 3};
    lstm_real y[K];
    memset(w, 0, sizeof *w);
    make_folder(w->folder);
    make_folder(w->other_folder);
    make_recipes(w);
    make_beside(w);
    make_data(w);
    make_views(w);
    make_methods(w);
    make_forecasters(w);
    training_begin(&w->t, &w->recipe);
    assert_status(lstm_trainer_run(w->t.trainer), LSTM_STOPPED, NULL);
    assert_ok(lstm_iter_get_position(w->t.iter, &w->position));
    snprintf(w->model, sizeof w->model, "%s/model", w->folder);
    snprintf(w->checkpoint, sizeof w->checkpoint, "%s/checkpoint", w->folder);
    assert_ok(lstm_model_save(w->t.model, w->model));
    assert_ok(lstm_trainer_save(w->t.trainer, w->checkpoint));
    assert_ok(lstm_state_new(&w->state, w->t.model, 1));
    assert_ok(lstm_state_step(w->state, x, y));
    w->spare_recipe.trainer.folder = w->other_folder;
    w->spare_recipe.trainer.validate.every = 10;
    w->spare_recipe.trainer.valid_series = w->t.test;
    w->spare_recipe.trainer.valid = &w->recipe.valid;
    fill_outputs(&w->out);
}

/** Free the objects that a call created, and reset the outputs. */
static inline void clear_outputs(world *w)
{
    fill_outputs(&out);
#define FREE_IF_MADE(type)                                                                         \
    if (w->out.type != out.type)                                                                   \
    lstm_##type##_free(w->out.type)
    FREE_IF_MADE(trainer);
    FREE_IF_MADE(updater);
    FREE_IF_MADE(iter);
    FREE_IF_MADE(state);
    FREE_IF_MADE(model);
    FREE_IF_MADE(series);
    FREE_IF_MADE(view);
    FREE_IF_MADE(dataset);
    FREE_IF_MADE(method);
    FREE_IF_MADE(backtest);
    FREE_IF_MADE(stream);
    FREE_IF_MADE(forecaster);
    FREE_IF_MADE(interval);
    FREE_IF_MADE(interval_backtest);
#undef FREE_IF_MADE
    fill_outputs(&w->out);
}

static inline void free_world(world *w)
{
    clear_outputs(w);
    lstm_state_free(w->state);
    lstm_state_free(w->stale);
    lstm_state_free(w->square);
    lstm_state_free(w->of_clone);
    lstm_model_free(w->clone);
    lstm_model_free(w->square_model);
    for (int i = 0; i < N_FLEET; i++)
        lstm_series_free(w->fleet[i]);
    lstm_iter_free(w->of_view);
    lstm_model_free(w->view_model);
    lstm_view_free(w->view);
    lstm_view_free(w->spare_view);
    lstm_dataset_free(w->data);
    lstm_dataset_free(w->spare_data);
    lstm_stream_free(w->stream);
    lstm_stream_free(w->spare_stream);
    lstm_forecaster_free(w->forecaster);
    lstm_forecaster_free(w->spare_forecaster);
    lstm_dataset_free(w->forecaster_data);
    lstm_interval_free(w->interval);
    lstm_interval_backtest_free(w->interval_backtest);
    lstm_method_free(w->mean);
    lstm_method_free(w->theta);
    lstm_method_free(w->ridge);
    lstm_backtest_free(w->backtest);
    lstm_model_free(w->plain);
    lstm_updater_free(w->lone);
    lstm_iter_free(w->iter);
    training_free(&w->viewed);
    training_free(&w->spare);
    training_free(&w->t);
    remove_folder(w->folder);
    remove_folder(w->other_folder);
}

static inline void assert_same_state(const lstm_state *a, const lstm_state *b)
{
    lstm_real x[STATE], y[STATE];
    if (a == NULL && b == NULL)
        return; /* a call has freed it */
    assert_ok(lstm_state_get(a, x, STATE));
    assert_ok(lstm_state_get(b, y, STATE));
    assert_memory_equal(x, y, sizeof x);
}

static inline void assert_same_data(const lstm_dataset *a, const lstm_dataset *b)
{
    int64_t ends[4];
    assert_int_equal(lstm_dataset_series(a), lstm_dataset_series(b));
    assert_int_equal(lstm_dataset_columns(a), lstm_dataset_columns(b));
    for (int64_t c = 0; c < lstm_dataset_columns(a); c++)
        assert_string_equal(lstm_dataset_column_name(a, c), lstm_dataset_column_name(b, c));
    for (int64_t s = 0; s < lstm_dataset_series(a); s++) {
        int64_t n = lstm_dataset_rows(a, s), n_future = lstm_dataset_future_rows(a, s);
        assert_string_equal(lstm_dataset_name(a, s), lstm_dataset_name(b, s));
        assert_int_equal(n, lstm_dataset_rows(b, s));
        assert_int_equal(n_future, lstm_dataset_future_rows(b, s));
        assert_memory_equal(lstm_dataset_data(a, s), lstm_dataset_data(b, s),
                            (size_t)((n + n_future) * 2) * sizeof(lstm_real));
        assert_ok(lstm_dataset_parts(a, s, &ends[0], &ends[1]));
        assert_ok(lstm_dataset_parts(b, s, &ends[2], &ends[3]));
        assert_memory_equal(&ends[0], &ends[2], 2 * sizeof ends[0]);
    }
}

static inline size_t read_into(unsigned char bytes[8192], const char *folder, const char *name)
{
    FILE *file = fopen(in_folder(folder, name), "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, 8192, file);
    fclose(file);
    assert_true(size < 8192);
    return size;
}

static inline void assert_same_file(const world *a, const world *b, const char *name)
{
    unsigned char x[8192], y[8192];
    size_t size = read_into(x, a->folder, name);
    assert_int_equal(size, read_into(y, b->folder, name));
    assert_memory_equal(x, y, size);
}

/** Assert that two worlds have the same bits. */
static inline void assert_same_world(const world *a, const world *b)
{
    lstm_real x[H], y[H];
    if (a->t.trainer != NULL)
        assert_same_training(&a->t, &b->t);
    assert_same_training(&a->spare, &b->spare);
    assert_ok(lstm_updater_gradient(a->spare.updater, "input.bias", x, H));
    assert_ok(lstm_updater_gradient(b->spare.updater, "input.bias", y, H));
    assert_memory_equal(x, y, sizeof x);
    assert_same_data(a->data, b->data);
    assert_same_state(a->state, b->state);
    assert_same_state(a->stale, b->stale);
    assert_same_file(a, b, "best.safetensors");
    assert_same_file(a, b, "model");
}

/** Assert that two runs wrote the same lines, except elapsed times, and the same last snapshot. */
static inline void assert_same_run(const world *a, const world *b)
{
    char *log = read_text(a->folder, "log.jsonl"), *other = read_text(b->folder, "log.jsonl");
    const char *x = log, *y = other;
    for (int i = 1; i <= UPDATES + 1; i++) {
        const char *x_time = strstr(x, "\"elapsed\""), *y_time = strstr(y, "\"elapsed\"");
        assert_true(x_time != NULL && y_time != NULL && x_time - x == y_time - y);
        assert_memory_equal(x, y, (size_t)(x_time - x));
        x = strstr(x_time, ",\"valid_score\"");
        y = strstr(y_time, ",\"valid_score\"");
        assert_true(x != NULL && y != NULL);
    }
    assert_string_equal(x, y);
    free(log);
    free(other);
    for (int i = 0; i < 2; i++)
        free(read_text((i == 0 ? a : b)->folder, "snapshot_00000002.safetensors"));
}

/** Assert that two calls wrote the same outputs, except handles, names and times. */
static inline void assert_same_outputs(const outputs *a, const outputs *b)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->offsets, b->offsets, sizeof a->offsets);
    assert_memory_equal(&a->factor, &b->factor, sizeof a->factor);
    assert_memory_equal(a->numbers, b->numbers, sizeof a->numbers);
    assert_memory_equal(a->values, b->values, sizeof a->values);
    assert_memory_equal(a->more, b->more, sizeof a->more);
    assert_memory_equal(&a->position, &b->position, sizeof a->position);
    assert_memory_equal(&a->info, &b->info, sizeof a->info);
}

#endif
