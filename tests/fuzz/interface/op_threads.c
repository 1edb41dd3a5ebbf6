/* SPDX-License-Identifier: MIT */
/*
 * Three threads do the same at the same time: they read shared objects, or each trains a clone of
 * one model on the shared series. Their results must be equal.
 */
#include "world.h"

#include "train/updater.h"

#include <pthread.h>
#include <xxhash.h>

enum { N_THREAD = 3, N_READ = 5, MAX_VALUES = 4096, STEPS = 4 };

/** What they read, chosen before they begin. */
static struct plan {
    const lstm_model *model;
    const lstm_series *series;
    const lstm_iter *iter;
    const lstm_updater *updater;
    lstm_trainer *trainer;
    uint8_t reads[N_READ];
    int64_t n_threads;
} plan;

typedef struct reader {
    int number;
    uint64_t digest;
    lstm_real values[MAX_VALUES];
    double doubles[MAX_VALUES];
} reader;

static void note(reader *r, lstm_status status, const void *bytes, size_t size)
{
    r->digest = XXH3_64bits_withSeed(&status, sizeof status, r->digest);
    if (status >= 0 && size > 0)
        r->digest = XXH3_64bits_withSeed(bytes, size, r->digest);
}

static size_t values_size(int64_t n)
{
    FUZZ_HOLDS(n <= MAX_VALUES);
    return (size_t)n * sizeof(lstm_real);
}

static void read_forecasts(reader *r)
{
    lstm_forecast_options forecast = LSTM_FORECAST_OPTIONS_INIT;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    int64_t K = lstm_model_outputs(plan.model);
    if (K > 100)
        return;
    forecast.n_step = pred.n_step = STEPS;
    forecast.n_threads = plan.n_threads;
    valid.window_len = 3;
    note(r, lstm_forecast(plan.model, &plan.series, 1, &forecast, r->values), r->values,
         values_size(STEPS * K));
    note(r, lstm_pred(plan.model, plan.series, &pred, r->values, NULL), r->values,
         values_size(STEPS * K));
    note(r, lstm_valid(plan.model, plan.series, &valid, r->doubles, 3 * (K + 1)), r->doubles,
         (size_t)(3 * (K + 1)) * sizeof(double));
}

static void read_model(reader *r)
{
    lstm_model *clone = NULL;
    lstm_parameter_info info = {0};
    for (int64_t i = 0; i < lstm_model_parameters(plan.model) && i < 10; i++) {
        FUZZ_OK(lstm_model_parameter(plan.model, i, &info));
        if (info.size <= MAX_VALUES)
            note(r, lstm_model_get(plan.model, info.name, r->values, info.size), r->values,
                 values_size(info.size));
    }
    note(r, lstm_model_clone(&clone, plan.model), NULL, 0);
    lstm_model_free(clone);
}

static void save_model(reader *r)
{
    char path[MAX_PATH + 16];
    snprintf(path, sizeof path, "%s/../thread_%d", folder_path(0), r->number);
    lstm_model *loaded = NULL;
    lstm_status status = lstm_model_save(plan.model, path);
    note(r, status, NULL, 0);
    if (status >= 0)
        FUZZ_OK(lstm_model_load(&loaded, path));
    FUZZ_HOLDS(lstm_model_hidden(loaded) == (status >= 0 ? lstm_model_hidden(plan.model) : 0));
    lstm_model_free(loaded);
}

static void step(reader *r)
{
    lstm_state *state = NULL;
    int64_t K = lstm_model_outputs(plan.model);
    note(r, lstm_state_new(&state, plan.model, 2), NULL, 0);
    if (state == NULL || lstm_model_inputs(plan.model) > 100 || K > 100) {
        lstm_state_free(state);
        return;
    }
    memset(r->values, 0, sizeof r->values);
    note(r, lstm_state_set_threads(state, plan.n_threads), NULL, 0);
    note(r, lstm_state_warm(state, r->values, 3), NULL, 0);
    note(r, lstm_state_step(state, r->values, r->values), r->values, values_size(2 * K));
    note(r, lstm_state_forecast(state, STEPS, r->values), r->values, values_size(STEPS * 2 * K));
    lstm_state_free(state);
}

static void read_training(reader *r)
{
    lstm_update_info info;
    lstm_iter_position position;
    lstm_progress progress;
    lstm_model *best = NULL;
    const lstm_updater *u = plan.updater;
    note(r, lstm_updater_info(u, &info), &info, sizeof info);
    if (u != NULL && u->iter->window.T <= MAX_VALUES)
        note(r, lstm_updater_step_losses(u, r->doubles, u->iter->window.T), r->doubles,
             (size_t)u->iter->window.T * sizeof(double));
    int64_t size = lstm_updater_batch(u) * (u == NULL ? 0 : lstm_model_outputs(u->model));
    if (size <= MAX_VALUES) {
        note(r, lstm_updater_output(u, 0, r->values, size, NULL), r->values, values_size(size));
        note(r, lstm_updater_gradient(u, "output.bias", r->values, size), r->values, 0);
    }
    note(r, lstm_iter_get_position(plan.iter, &position), &position, sizeof position);
    note(r, lstm_trainer_progress(plan.trainer, &progress), &progress.iteration, 8);
    note(r, lstm_trainer_best(plan.trainer, &best), NULL, 0);
    lstm_model_free(best);
    lstm_trainer_stop(plan.trainer);
}

static void read_series(reader *r)
{
    lstm_series *slice = NULL;
    int64_t n = lstm_series_rows(plan.series) * lstm_series_columns(plan.series);
    note(r, lstm_series_slice(&slice, plan.series, 1, 3), lstm_series_data(plan.series),
         (size_t)n * sizeof(lstm_real));
    lstm_series_free(slice);
    note(r, lstm_series_slice(&slice, plan.series, 3, 100), NULL, 0);
    FUZZ_HOLDS(lstm_last_error()[0] != '\0');
}

static void *read_all(void *user)
{
    static void (*const reads[])(reader *) = {read_forecasts, read_model,    step,
                                              read_series,    read_training, save_model};
    reader *r = user;
    for (int i = 0; i < N_READ; i++)
        reads[plan.reads[i] % 6](r);
    return NULL;
}

/* Trains a clone, on the shared series. */
static void *train(void *user)
{
    reader *r = user;
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    lstm_iter_options iter_options = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    iter_options.window_len = 3;
    iter_options.batch_size = 3;
    options.n_threads = plan.n_threads;
    note(r, lstm_model_clone(&model, plan.model), NULL, 0);
    note(r, lstm_iter_new(&iter, plan.series, &iter_options), NULL, 0);
    note(r, lstm_updater_new(&updater, model, iter, &options), NULL, 0);
    for (int i = 0; i < 2 && updater != NULL; i++)
        note(r, lstm_updater_update(updater), NULL, 0);
    int64_t size = lstm_model_outputs(model);
    if (model != NULL && size <= MAX_VALUES)
        note(r, lstm_model_get(model, "output.bias", r->values, size), r->values,
             values_size(size));
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    return NULL;
}

static void choose(void)
{
    int updater = USED(w.updaters);
    plan = (struct plan){
        .model = w.models[USED(w.models)],
        .series = w.series[USED(w.series)],
        .iter = w.iters[USED(w.iters)],
        .updater = w.dead_updater[updater] ? NULL : w.updaters[updater],
        .trainer = w.trainers[USED(w.trainers)],
    };
    plan.n_threads = pick(8) == 7 ? 2 : 0;
    fuzz_take(&w.input, plan.reads, sizeof plan.reads);
}

static void together(void *(*work)(void *))
{
    static reader readers[N_THREAD];
    pthread_t threads[N_THREAD];
    for (int i = 0; i < N_THREAD; i++) {
        readers[i].number = i;
        readers[i].digest = 0;
    }
    for (int i = 1; i < N_THREAD; i++)
        FUZZ_HOLDS(pthread_create(&threads[i], NULL, work, &readers[i]) == 0);
    work(&readers[0]);
    for (int i = 1; i < N_THREAD; i++)
        FUZZ_HOLDS(pthread_join(threads[i], NULL) == 0);
    for (int i = 1; i < N_THREAD; i++)
        FUZZ_HOLDS(readers[i].digest == readers[0].digest);
    digest(&readers[0].digest, sizeof readers[0].digest);
}

change op_threads(void)
{
    choose();
    together(read_all);
    return SAME;
}

change op_trainings(void)
{
    choose();
    together(train);
    return SAME;
}
