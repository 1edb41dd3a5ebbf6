/* SPDX-License-Identifier: MIT */
#include "life.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 60, UPDATES = 6, ERRNO = 4321 };

typedef struct objects {
    life *l;
    const life_shape *shape;
    const char *folder;
    lstm_series *series, *fleet[LIFE_STREAMS];
    lstm_model *model, *loaded;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_trainer *trainer;
    lstm_state *state;
} objects;

static bool noted(life *l, const char *call, lstm_status status)
{
    if (status >= 0 && errno == ERRNO)
        return true;
    snprintf(l->failure, LIFE_FAILURE, "%s: %s, errno %d, \"%s\"", call, lstm_status_name(status),
             errno, status < 0 ? lstm_last_error() : "");
    return false;
}

/* Returns false from the enclosing function if a call fails, or succeeds and changes errno. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        errno = ERRNO;                                                                             \
        lstm_status status_ = (call);                                                              \
        if (!noted(o->l, #call, status_))                                                          \
            return false;                                                                          \
    } while (0)

static double rows[ROWS * LIFE_D];

/* One column is so small that moments of its weights are denormal, which some hosts flush. */
void life_prepare(void)
{
    for (int64_t i = 0; i < ROWS; i++) {
        rows[i * LIFE_D] = 0.8 * sin(0.3 * (double)i);
        rows[i * LIFE_D + 1] = 0.5 * cos(0.21 * (double)i);
        rows[i * LIFE_D + 2] = 1e-18 * (double)(i % 7);
    }
}

static bool make_series(objects *o)
{
    TRY(lstm_series_new_double(&o->series, rows, ROWS, LIFE_D));
    TRY(lstm_series_set_role(o->series, 2, LSTM_ROLE_INPUT));
    for (int64_t i = 0; i < LIFE_STREAMS; i++)
        TRY(lstm_series_new_double(&o->fleet[i], rows + 2 * i * LIFE_D, 8, LIFE_K));
    return true;
}

static bool make_updater(objects *o)
{
    lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options iter = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options updater = LSTM_UPDATER_OPTIONS_INIT;
    lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;
    const lstm_hook clip = {LSTM_HOOK_CLIP, 0.5};
    model.n_input = LIFE_D;
    model.n_output = LIFE_K;
    model.n_hidden = o->shape->H;
    model.n_layer = 2;
    model.seed = 5;
    iter.window_len = LIFE_T;
    iter.batch_size = 9; /* unequal parts for eight threads */
    schedule.kind = LSTM_SCHEDULE_COSINE;
    schedule.period = 100;
    updater.support_len = 2;
    updater.n_threads = o->shape->n_threads;
    updater.schedule = &schedule;
    updater.hooks = &clip;
    updater.n_hook = 1;
    TRY(lstm_model_new(&o->model, &model));
    TRY(lstm_iter_new(&o->iter, o->series, &iter));
    TRY(lstm_updater_new(&o->updater, o->model, o->iter, &updater));
    return true;
}

/*
 * Removes the member "elapsed" of a line, which depends on the clock; keeps those of a validation.
 */
static int keep_line(const char *line, void *user)
{
    life *l = user;
    size_t used = strlen(l->lines);
    const char *elapsed = strstr(line, "\"elapsed\":"), *rest = strpbrk(elapsed, ",}");
    snprintf(l->lines + used, LIFE_LINES - used, "%.*s%s\n", (int)(elapsed - line), line, rest);
    return 0;
}

static bool make_trainer(objects *o, int64_t max_iteration)
{
    static const lstm_valid_options valid = {
        .struct_size = sizeof(lstm_valid_options), .window_len = LIFE_T, .support_len = 1};
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.max_iteration = max_iteration;
    options.validate = (lstm_trigger){2, LSTM_ITERATIONS};
    options.valid_series = o->series;
    options.valid = &valid;
    options.folder = o->folder;
    options.snapshot.every = LSTM_NEVER; /* the next call uses the same folder */
    options.on_log = keep_line;
    options.log_user = o->l;
    TRY(lstm_trainer_new(&o->trainer, o->updater, &options));
    return true;
}

static void free_training(objects *o)
{
    lstm_trainer_free(o->trainer);
    lstm_updater_free(o->updater);
    lstm_iter_free(o->iter);
    o->trainer = NULL;
    o->updater = NULL;
    o->iter = NULL;
}

static bool read_parameters(objects *o, const lstm_model *model, lstm_real *to)
{
    int64_t used = 0;
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        lstm_parameter_info info;
        TRY(lstm_model_parameter(model, i, &info));
        if (used + info.size > LIFE_PARAMETERS) {
            snprintf(o->l->failure, LIFE_FAILURE, "LIFE_PARAMETERS is too small");
            return false;
        }
        TRY(lstm_model_get(model, info.name, to + used, info.size));
        used += info.size;
    }
    return true;
}

static const char *path_of(const objects *o, const char *name, char path[300])
{
    snprintf(path, 300, "%s/%s", o->folder, name);
    return path;
}

static bool train_and_resume(objects *o)
{
    char model[300], checkpoint[300];
    path_of(o, "model.safetensors", model);
    path_of(o, "checkpoint.safetensors", checkpoint);
    if (!make_updater(o) || !make_trainer(o, UPDATES))
        return false;
    TRY(lstm_trainer_run(o->trainer));
    TRY(lstm_updater_step_losses(o->updater, o->l->losses, LIFE_T));
    TRY(lstm_updater_moment(o->updater, "v", "input.weight", o->l->moment, 3 * o->shape->H));
    TRY(lstm_model_save(o->model, model));
    TRY(lstm_trainer_save(o->trainer, checkpoint));
    if (!read_parameters(o, o->model, o->l->parameters[0]))
        return false;
    TRY(lstm_model_load(&o->loaded, model));
    if (!read_parameters(o, o->loaded, o->l->parameters[1]))
        return false;
    free_training(o);
    lstm_model_free(o->model);
    o->model = NULL;
    if (!make_updater(o) || !make_trainer(o, 2 * UPDATES))
        return false;
    TRY(lstm_trainer_resume(o->trainer, checkpoint));
    TRY(lstm_trainer_run(o->trainer));
    return read_parameters(o, o->model, o->l->parameters[2]);
}

static bool predict(objects *o)
{
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    valid.window_len = LIFE_T;
    pred.n_step = LIFE_STEPS;
    pred.support_len = 3;
    TRY(lstm_valid(o->loaded, o->series, &valid, o->l->valid, LIFE_T * (LIFE_K + 1)));
    TRY(lstm_pred(o->loaded, o->series, &pred, o->l->pred[0], NULL));
    return true;
}

static bool step(objects *o)
{
    lstm_real x[LIFE_STREAMS][LIFE_D] = {{0}};
    TRY(lstm_state_new(&o->state, o->loaded, LIFE_STREAMS));
    TRY(lstm_state_set_threads(o->state, o->shape->n_threads));
    for (int64_t t = 0; t < LIFE_STEPS; t++) {
        for (int64_t b = 0; b < LIFE_STREAMS; b++)
            memcpy(x[b], lstm_series_data(o->series) + (t + b) * LIFE_D, sizeof x[b]);
        TRY(lstm_state_step(o->state, x[0], o->l->stepped[t][0]));
    }
    return true;
}

/* With a model of two columns, which needs no future of a covariate. */
static bool forecast(objects *o)
{
    lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    const lstm_series *fleet[LIFE_STREAMS];
    for (int64_t i = 0; i < LIFE_STREAMS; i++)
        fleet[i] = o->fleet[i];
    model.n_input = LIFE_K;
    model.n_hidden = o->shape->H;
    model.n_layer = 2;
    options.n_step = LIFE_STEPS;
    options.n_threads = o->shape->n_threads;
    lstm_model_free(o->loaded);
    o->loaded = NULL;
    TRY(lstm_model_new(&o->loaded, &model));
    TRY(lstm_forecast(o->loaded, fleet, LIFE_STREAMS, &options, o->l->forecast[0][0]));
    return true;
}

static void free_objects(objects *o)
{
    static const char *const files[] = {"model.safetensors", "checkpoint.safetensors",
                                        "best.safetensors", "log.jsonl", ".lstmts-lock"};
    lstm_state_free(o->state);
    free_training(o);
    lstm_model_free(o->loaded);
    lstm_model_free(o->model);
    for (int64_t i = 0; i < LIFE_STREAMS; i++)
        lstm_series_free(o->fleet[i]);
    lstm_series_free(o->series);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[300];
        unlink(path_of(o, files[i], path));
    }
}

void life_live(life *l, const life_shape *shape, const char *folder)
{
    memset(l, 0, sizeof *l);
    objects o = {.l = l, .shape = shape, .folder = folder};
    if (make_series(&o) && train_and_resume(&o) && predict(&o) && step(&o) && forecast(&o) &&
        l->stepped[LIFE_STEPS - 1][0][0] == 0)
        snprintf(l->failure, LIFE_FAILURE, "the last step gave nothing");
    free_objects(&o);
}
