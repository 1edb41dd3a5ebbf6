/* SPDX-License-Identifier: MIT */
#include "members/network_part.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"
#include "forecast/row_forecast.h"
#include "network/device.h"
#include "train/updater.h"
#include <lstmts/trainer.h>

#include <stdio.h>

/* The largest norm of a gradient, which a mean loss of scaled values rarely has. */
static const double CLIP = 1;

lstm_status lts_training_check_device(const char *device)
{
    LTS_TRY(lts_device_check(device));
    if (strlen(device) >= LTS_DEVICE_NAME)
        return lts_fail(LSTM_E_ARGUMENT, "device is \"%.40s...\", expected at most %d bytes",
                        device, LTS_DEVICE_NAME - 1);
    return LSTM_OK;
}

void lts_training_set_device(lts_training *training, const char *device)
{
    snprintf(training->device, sizeof training->device, "%s", device == NULL ? "" : device);
}

static lstm_status make_updater(lstm_updater **updater, lstm_model *model, lstm_iter *iter,
                                const lts_loss *loss, const lts_training *training,
                                const lstm_schedule_options *given)
{
    lstm_optimizer_options optimizer = LSTM_OPTIMIZER_OPTIONS_INIT;
    lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    const lstm_loss_options loss_options = lts_loss_options_of(loss);
    const lstm_hook clip = {LSTM_HOOK_CLIP, CLIP};
    optimizer.learning_rate = training->learning_rate;
    schedule.kind = LSTM_SCHEDULE_COSINE;
    schedule.warmup = training->n_update / 20;
    schedule.period = training->n_update - schedule.warmup;
    options.optimizer = &optimizer;
    options.schedule = given != NULL ? given : &schedule;
    options.hooks = &clip;
    options.n_hook = 1;
    options.loss = &loss_options;
    options.dropout = training->dropout;
    options.average_decay = training->average_decay;
    options.seed = training->seed;
    options.n_threads = training->n_thread;
    options.device = training->device[0] != '\0' ? training->device : NULL;
    return lstm_updater_new(updater, model, iter, &options);
}

static int forward_progress(const lstm_progress *progress, void *user)
{
    const lts_trainings *trainings = user;
    return trainings->watch(trainings->user, progress->fraction, progress->loss) ? 0 : 1;
}

/* Lines of the log: the loss of every tenth update. */
enum { LOG_EVERY = 10 };

static lstm_status run_trainer(lstm_updater *updater, int64_t n_update, const char *folder,
                               lts_trainings *trainings)
{
    lstm_trainer *trainer;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.max_iteration = n_update;
    options.folder = folder;
    options.log.every = LOG_EVERY;
    options.on_divergence = LSTM_DIVERGENCE_ROLL_BACK;
    if (trainings->watch != NULL) {
        options.on_progress = forward_progress;
        options.progress_user = trainings;
    }
    LTS_TRY(lstm_trainer_new(&trainer, updater, &options));
    lstm_status status = folder == NULL ? LSTM_OK : lstm_trainer_resume(trainer, NULL);
    if (status >= 0)
        status = lstm_trainer_run(trainer);
    lstm_trainer_free(trainer);
    return status;
}

/* Runs an updater in the folder of its training, if there is one. */
static lstm_status run_training(lstm_updater *updater, int64_t n_update, lts_trainings *trainings)
{
    int64_t number = trainings->n++;
    if (trainings->folder == NULL)
        return run_trainer(updater, n_update, NULL, trainings);
    enum { NAME_SIZE = 40 };
    int64_t size = (int64_t)strlen(trainings->folder) + NAME_SIZE;
    char *path = lts_alloc(size, 1);
    if (path == NULL)
        return LSTM_E_NOMEM;
    snprintf(path, (size_t)size, "%s/training-%03lld", trainings->folder, (long long)number);
    lstm_status status = lts_folder_make(lts_at_path(path));
    if (status >= 0)
        status = run_trainer(updater, n_update, path, trainings);
    lts_free(path);
    return status;
}

static lstm_status copy_moments(lts_moments *to, int64_t n_update, int64_t total,
                                const real *const values[LTS_N_MOMENT])
{
    int64_t size;
    if (!lts_multiply(LTS_N_MOMENT, total, &size))
        size = INT64_MAX;
    real *made = lts_alloc(size, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < LTS_N_MOMENT; i++)
        memcpy(made + i * total, values[i], (size_t)total * sizeof *made);
    lts_free(to->values);
    *to = (lts_moments){n_update, made};
    return LSTM_OK;
}

static lstm_status keep_moments(lts_network_part *part, const lstm_updater *updater)
{
    LTS_TRY(lts_updater_settle(updater));
    const real *const values[] = {updater->optimizer.moments[0], updater->optimizer.moments[1]};
    return copy_moments(&part->moments, (int64_t)lts_updater_age(updater),
                        part->model->params.total, values);
}

static lstm_status train(lts_network_part *part, const lts_loss *loss, const lts_training *training,
                         lts_trainings *trainings)
{
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    lstm_model *average = NULL;
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.batch_size = training->batch_size;
    options.draw = training->draw;
    options.seed = training->seed;
    lstm_status status = lstm_iter_new_view(&iter, part->view, &options);
    if (status >= 0)
        status = make_updater(&updater, part->model, iter, loss, training, trainings->schedule);
    if (status >= 0 && part->moments.values != NULL)
        lts_updater_take_moments(updater, part->moments.values, (uint64_t)part->moments.n_update);
    if (status >= 0)
        status = run_training(updater, training->n_update, trainings);
    if (status == LSTM_OK && training->keeps_moments)
        status = keep_moments(part, updater);
    if (status == LSTM_OK && training->average_decay > 0)
        status = lstm_updater_average(updater, &average);
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    if (average != NULL) {
        lstm_model_free(part->model);
        part->model = average;
    }
    return status;
}

lstm_status lts_network_part_train(lts_network_part *part, const lstm_dataset *dataset,
                                   const lstm_view_options *options, const lts_loss *loss,
                                   const lts_training *training, lts_trainings *trainings)
{
    lts_network_part made = {0};
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_status status = lstm_view_new(&made.view, dataset, options);
    if (status >= 0) {
        sizes.n_input = made.view->columns.D;
        sizes.n_output = made.view->columns.K * loss->n_out;
        sizes.n_hidden = training->n_hidden;
        sizes.n_layer = training->n_layer;
        sizes.seed = training->seed;
        status = lstm_model_new(&made.model, &sizes);
    }
    if (status >= 0)
        status = train(&made, loss, training, trainings);
    if (status != LSTM_OK) {
        lts_network_part_clear(&made);
        return status;
    }
    *part = made;
    return LSTM_OK;
}

lstm_status lts_network_part_continue(lts_network_part *part, const lts_network_part *from,
                                      const lstm_dataset *dataset, const lts_loss *loss,
                                      const lts_series_map *map, const lts_training *training,
                                      lts_trainings *trainings)
{
    lts_network_part made = {0};
    lts_scaler all = {0};
    lstm_status status = lts_view_new_like(&made.view, from->view, dataset, LSTM_PART_TRAIN_VALID);
    if (status >= 0)
        status = lts_own_scales_lend(made.view, map, &all);
    if (status >= 0)
        status = lstm_model_clone(&made.model, from->model);
    if (status >= 0 && from->moments.values != NULL) {
        int64_t total = from->model->params.total;
        const real *const values[] = {from->moments.values, from->moments.values + total};
        status = copy_moments(&made.moments, from->moments.n_update, total, values);
    }
    if (status >= 0 && training->n_update > 0)
        status = train(&made, loss, training, trainings);
    if (status != LSTM_OK) {
        lts_scaler_clear(&all);
        lts_network_part_clear(&made);
        return status;
    }
    lts_own_scales_return(made.view, &all);
    *part = made;
    return LSTM_OK;
}

void lts_network_part_clear(lts_network_part *part)
{
    lstm_model_free(part->model);
    lstm_view_free(part->view);
    lts_free(part->moments.values);
    *part = (lts_network_part){0};
}

/* Forecasts from n origins; `forecast` says what is computed. */
static lstm_status run_windows(const lts_network_part *part, lts_view_forecast forecast,
                               const lstm_dataset *dataset, const int64_t *series,
                               const int64_t *origin, int64_t n, int64_t H, real *y)
{
    const lstm_view view = lts_view_on(part->view, dataset);
    forecast.model = part->model;
    forecast.view = &view;
    return lts_row_forecast_run(&forecast, series, origin, n, H, y);
}

lstm_status lts_network_part_predict(const lts_network_part *part, const lts_loss *loss,
                                     const lts_shares *shares, const lstm_dataset *dataset,
                                     const int64_t *series, const int64_t *origin, int64_t n,
                                     int64_t H, int64_t n_thread, real *y)
{
    const lts_view_forecast forecast = {.loss = loss, .n_thread = n_thread, .shares = shares};
    return run_windows(part, forecast, dataset, series, origin, n, H, y);
}

lstm_status lts_network_part_sample(const lts_network_part *part, const lts_loss *loss,
                                    const lstm_dataset *dataset, const int64_t *series,
                                    const int64_t *origin, int64_t n, int64_t H,
                                    const lts_draws *draws, int64_t n_thread, real *y)
{
    const lts_view_forecast forecast = {.loss = loss,
                                        .n_thread = n_thread,
                                        .sampled = true,
                                        .seed = draws->seed,
                                        .first = draws->first};
    return run_windows(part, forecast, dataset, series, origin, n, H, y);
}

lstm_status lts_network_work_init(lts_network_work *work, const lts_network_part *part,
                                  const lts_loss *loss, const lts_shares *shares,
                                  const lstm_dataset *live, const lts_own_scales *own,
                                  int64_t number, int64_t H)
{
    lstm_view *view = &work->view;
    memset(work, 0, sizeof *work);
    *view = lts_own_scales_view(own, part->view, live);
    work->part = part;
    work->own = own;
    work->number = number;
    int64_t w = view->options.segment_len, n_segment = (H + w - 1) / w, size;
    work->forecast = (lts_view_forecast){.model = part->model,
                                         .view = view,
                                         .loss = loss,
                                         .n = view->n_channel,
                                         .n_segment = n_segment,
                                         .n_thread = 1,
                                         .shares = shares};
    if (!lts_multiply(view->n_channel * view->n_base, n_segment * w, &size) ||
        !lts_multiply(size, lts_view_forecast_slabs(&work->forecast), &size))
        size = INT64_MAX;
    work->places = lts_alloc(view->n_channel, sizeof *work->places);
    work->levels = lts_alloc(view->n_base, sizeof *work->levels);
    work->x = lts_alloc(size, sizeof *work->x);
    if (work->places == NULL || work->levels == NULL || work->x == NULL)
        return LSTM_E_NOMEM;
    work->forecast.places = work->places;
    return lts_view_worker_new(&work->worker, &work->forecast, view->n_channel);
}

void lts_network_work_clear(lts_network_work *work)
{
    lts_view_worker_free(work->worker);
    lts_free(work->places);
    lts_free(work->levels);
    lts_free(work->x);
    memset(work, 0, sizeof *work);
}

lstm_status lts_network_work_run(lts_network_work *work, int64_t origin, int64_t H, real *y)
{
    const lstm_view *view = &work->view;
    lts_own_scales_set(work->own, view, work->part->view, work->number, 0, origin);
    for (int64_t c = 0; c < view->n_channel; c++)
        work->places[c] = (lts_place){0, c, origin, origin};
    LTS_TRY(lts_view_worker_run(work->worker, &work->forecast, work->x));
    lts_row_forecast_collect(&work->forecast, 1, H, work->levels, work->x, H * view->targets.n, y);
    return LSTM_OK;
}
