/* SPDX-License-Identifier: MIT */
/*
 * Measures what the log of a training costs, in a given folder:
 *
 *     lstmts-log [--seconds S] FOLDER
 *
 * Time of an update in a run without a log, with the default log, and with the loss of each step,
 * and as a multiple of the first; the length of a line.
 */
#include "timing.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 2000, ROUNDS = 5, PATH_CAPACITY = 1000 };

typedef struct shape {
    int64_t T, H;
} shape;

static const shape shapes[] = {{10, 8}, {100, 32}, {1000, 8}};

typedef enum log_kind { NO_LOG, DEFAULT_LOG, STEP_LOG, N_LOG } log_kind;

typedef struct training {
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_trainer *trainer;
} training;

/* Ends a run after some time. */
typedef struct limit {
    double end_ns;
    uint64_t n_update;
} limit;

static bool ok(lstm_status status)
{
    if (status < 0)
        fprintf(stderr, "lstmts-log: %s\n", lstm_last_error());
    return status >= 0;
}

static int stop_at_limit(const lstm_progress *progress, void *user)
{
    limit *l = user;
    l->n_update = progress->iteration;
    return bench_clock() >= l->end_ns;
}

static bool start(training *t, const shape *s, log_kind kind, const char *folder, limit *l)
{
    static float rows[ROWS];
    lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    for (int i = 0; i < ROWS; i++)
        rows[i] = sinf(0.05F * (float)i);
    model.n_input = 1;
    model.n_hidden = s->H;
    windows.window_len = s->T;
    options.max_iteration = INT64_MAX;
    options.folder = kind == NO_LOG ? NULL : folder;
    options.snapshot.every = kind == NO_LOG ? 0 : LSTM_NEVER;
    options.log_step_loss = kind == STEP_LOG;
    options.on_progress = stop_at_limit;
    options.progress_user = l;
    return ok(lstm_series_new(&t->series, rows, ROWS, 1)) &&
           ok(lstm_model_new(&t->model, &model)) &&
           ok(lstm_iter_new(&t->iter, t->series, &windows)) &&
           ok(lstm_updater_new(&t->updater, t->model, t->iter, NULL)) &&
           ok(lstm_trainer_new(&t->trainer, t->updater, &options));
}

static void end(training *t)
{
    lstm_trainer_free(t->trainer);
    lstm_updater_free(t->updater);
    lstm_iter_free(t->iter);
    lstm_model_free(t->model);
    lstm_series_free(t->series);
}

/* Trains for `seconds`. Returns the time of an update, or NAN. */
static double update_us(const shape *s, log_kind kind, const char *folder, double seconds,
                        double *line_bytes)
{
    char log[PATH_CAPACITY], lock[PATH_CAPACITY];
    training t = {0};
    limit l = {0};
    struct stat info;
    double us = NAN;
    snprintf(log, sizeof log, "%s/log.jsonl", folder);
    snprintf(lock, sizeof lock, "%s/.lstmts-lock", folder);
    if (start(&t, s, kind, folder, &l)) {
        double began = bench_clock();
        l.end_ns = began + 1e9 * seconds;
        if (ok(lstm_trainer_run(t.trainer)))
            us = (bench_clock() - began) / 1e3 / (double)l.n_update;
    }
    if (kind != NO_LOG && stat(log, &info) == 0)
        *line_bytes = (double)info.st_size / (double)l.n_update;
    end(&t);
    unlink(log);
    unlink(lock);
    return us;
}

/* The fastest of ROUNDS of each kind, in turn. */
static bool measure(const shape *s, const char *folder, double seconds)
{
    double us[N_LOG] = {INFINITY, INFINITY, INFINITY}, bytes[N_LOG] = {0};
    for (int i = 0; i < ROUNDS * N_LOG; i++) {
        log_kind kind = (log_kind)(i % N_LOG);
        double now = update_us(s, kind, folder, seconds / ROUNDS, &bytes[kind]);
        if (isnan(now))
            return false;
        us[kind] = fmin(us[kind], now);
    }
    printf("%5lld %4lld %10.1f us", (long long)s->T, (long long)s->H, us[NO_LOG]);
    for (int kind = DEFAULT_LOG; kind < N_LOG; kind++)
        printf(" %10.1f us %5.2f %7.0f bytes", us[kind], us[kind] / us[NO_LOG], bytes[kind]);
    putchar('\n');
    return true;
}

int main(int argc, char **argv)
{
    double seconds = 1;
    int first = 1;
    bool fine = true;
    if (argc > 2 && strcmp(argv[1], "--seconds") == 0) {
        seconds = atof(argv[2]);
        first = 3;
    }
    if (first != argc - 1 || !(seconds > 0)) {
        fputs("usage: lstmts-log [--seconds S] FOLDER\n", stderr);
        return 2;
    }
    printf("%5s %4s %13s %33s %33s\n", "T", "H", "no log", "default log",
           "with the loss of each step");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes && fine; i++)
        fine = measure(&shapes[i], argv[first], seconds);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
