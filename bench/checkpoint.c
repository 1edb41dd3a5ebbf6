/* SPDX-License-Identifier: MIT */
/*
 * Measures the cost of checkpoints in a training, in each of the given folders:
 *
 *     lstmts-checkpoint [--seconds S] FOLDER...
 *
 * Shares are at the default interval, and at that of the article's recipe, 10 epochs of 15 updates;
 * the last column is the interval at which a checkpoint takes 1 % of the time.
 */
#include "timing.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 1000, WIDEST = 32, DEFAULT_SECONDS = 60, INTERVAL = 150, PATH_ROOM = 1000 };

typedef struct shape {
    const char *name;
    int64_t n, H, B, T;
} shape;

static const shape shapes[] = {
    {"article", 2, 100, 10, 10}, {"W2", 8, 256, 64, 50}, {"W3", 32, 1024, 128, 100}};

typedef struct training {
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_trainer *trainer;
    char path[PATH_ROOM];
} training;

static bool ok(lstm_status status)
{
    if (status < 0)
        fprintf(stderr, "lstmts-checkpoint: %s\n", lstm_last_error());
    return status >= 0;
}

/* Validates, so that the checkpoint contains the best parameters too. */
static bool start(training *t, const shape *s)
{
    static float rows[ROWS * WIDEST];
    lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    for (int64_t i = 0; i < ROWS * s->n; i++)
        rows[i] = sinf(0.05F * (float)(i % s->n + 1) * (float)(i / s->n));
    model.n_input = s->n;
    model.n_hidden = s->H;
    windows.window_len = s->T;
    windows.batch_size = s->B;
    valid.window_len = ROWS / 2;
    options.max_iteration = 1;
    options.validate.every = 1;
    options.valid = &valid;
    if (!ok(lstm_series_new(&t->series, rows, ROWS, s->n)))
        return false;
    options.valid_series = t->series;
    return ok(lstm_model_new(&t->model, &model)) &&
           ok(lstm_iter_new(&t->iter, t->series, &windows)) &&
           ok(lstm_updater_new(&t->updater, t->model, t->iter, NULL)) &&
           ok(lstm_trainer_new(&t->trainer, t->updater, &options)) &&
           ok(lstm_trainer_run(t->trainer));
}

static void end(training *t)
{
    lstm_trainer_free(t->trainer);
    lstm_updater_free(t->updater);
    lstm_iter_free(t->iter);
    lstm_model_free(t->model);
    lstm_series_free(t->series);
}

static bool update(void *what)
{
    return ok(lstm_updater_update(((training *)what)->updater));
}

static bool save(void *what)
{
    training *t = what;
    return ok(lstm_trainer_save(t->trainer, t->path));
}

/* Share of the time between two: a minute of training, or a hundred times the cost of one. */
static double default_share(double cost)
{
    double interval = fmax(DEFAULT_SECONDS, 100 * cost);
    return cost / (interval + cost);
}

static bool print_costs(training *t, const shape *s, const char *folder, double seconds)
{
    bench_time one, saved;
    struct stat info;
    int length = snprintf(t->path, sizeof t->path, "%s/lstmts-checkpoint.safetensors", folder);
    if (length < 0 || length >= PATH_ROOM || !bench_measure(update, t, seconds, &one) ||
        !bench_measure(save, t, seconds, &saved) || stat(t->path, &info) != 0)
        return false;
    unlink(t->path);
    printf("%-8s %-20s %9.0f KB %10.3f ms %10.3f ms %8.3f %% %8.2f %% %8.0f updates\n", s->name,
           folder, (double)info.st_size / 1e3, one.median_ns / 1e6, saved.median_ns / 1e6,
           100 * default_share(saved.median_ns / 1e9),
           100 * saved.median_ns / (INTERVAL * one.median_ns),
           ceil(saved.median_ns / (0.01 * one.median_ns)));
    return true;
}

static bool measure(const shape *s, char **folders, int n_folder, double seconds)
{
    training t;
    memset(&t, 0, sizeof t);
    bool fine = start(&t, s);
    for (int i = 0; i < n_folder && fine; i++)
        fine = print_costs(&t, s, folders[i], seconds);
    end(&t);
    return fine;
}

int main(int argc, char **argv)
{
    double seconds = 2;
    int first = 1;
    bool fine = true;
    if (argc > 2 && strcmp(argv[1], "--seconds") == 0) {
        seconds = atof(argv[2]);
        first = 3;
    }
    if (first >= argc || !(seconds > 0)) {
        fputs("usage: lstmts-checkpoint [--seconds S] FOLDER...\n", stderr);
        return 2;
    }
    printf("%-8s %-20s %12s %13s %13s %10s %10s %16s\n", "", "folder", "file", "update",
           "checkpoint", "default", "of 150", "1 % at");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes && fine; i++)
        fine = measure(&shapes[i], argv + first, argc - first, seconds);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
