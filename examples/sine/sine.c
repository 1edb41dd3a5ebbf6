/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "sine.h"
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_LINE_SIZE = 1024 };

bool sine_ok(lstm_status status, const char *what)
{
    if (status < 0)
        fprintf(stderr, "%s: %s\n", what, lstm_last_error());
    return status >= 0;
}

static bool system_ok(bool fine, const char *what)
{
    if (!fine)
        fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return fine;
}

static void fill_rows(double rows[SINE_ROWS][SINE_COLUMNS])
{
    double pi = acos(-1.0);
    for (int i = 0; i < SINE_ROWS; ++i) {
        double t = 8 * pi * i / (SINE_ROWS - 1);
        rows[i][0] = 0.8 * sin(2 * t);
        rows[i][1] = 0.8 * cos(t);
    }
}

bool sine_data(lstm_series **train, lstm_series **test)
{
    double rows[SINE_ROWS][SINE_COLUMNS];
    fill_rows(rows);
    return (train == NULL ||
            sine_ok(lstm_series_new_double(train, rows[0], SINE_TRAIN_ROWS, SINE_COLUMNS),
                    "training data")) &&
           (test == NULL || sine_ok(lstm_series_new_double(test, rows[SINE_TRAIN_ROWS],
                                                           SINE_TEST_ROWS, SINE_COLUMNS),
                                    "test data"));
}

bool sine_arguments(int argc, char **argv, const char **folder, uint64_t *seed)
{
    char *end = NULL;
    *folder = argc > 1 ? argv[1] : NULL;
    *seed = argc > 2 ? strtoull(argv[2], &end, 10) : SINE_SEED;
    if (argc < 2 || argc > 3 || (end != NULL && (end == argv[2] || *end != '\0'))) {
        fprintf(stderr, "usage: %s FOLDER [SEED]\n", argv[0]);
        return false;
    }
    return system_ok(mkdir(*folder, 0777) == 0 || errno == EEXIST, *folder);
}

void sine_training_free(sine_training *t)
{
    lstm_trainer_free(t->trainer);
    lstm_updater_free(t->updater);
    lstm_iter_free(t->iter);
    lstm_model_free(t->model);
    lstm_series_free(t->train);
}

static void join(char path[SINE_PATH_SIZE], const char *folder, const char *name)
{
    snprintf(path, SINE_PATH_SIZE, "%s/%s", folder, name);
}

FILE *sine_create(const char *folder, const char *name)
{
    char path[SINE_PATH_SIZE];
    join(path, folder, name);
    FILE *file = fopen(path, "w");
    system_ok(file != NULL, path);
    return file;
}

bool sine_close(FILE *file, const char *name)
{
    bool written = !ferror(file);
    return system_ok(fclose(file) == 0 && written, name);
}

bool sine_write_data(const char *folder)
{
    double rows[SINE_ROWS][SINE_COLUMNS];
    FILE *csv = sine_create(folder, "data.csv");
    if (csv == NULL)
        return false;
    fill_rows(rows);
    fputs("row,part,sin 2t,cos t\n", csv);
    for (int i = 0; i < SINE_ROWS; ++i)
        fprintf(csv, "%d,%s,%.9g,%.9g\n", i, i < SINE_TRAIN_ROWS ? "train" : "test", rows[i][0],
                rows[i][1]);
    return sine_close(csv, "data.csv");
}

static void snapshot_path(char path[SINE_PATH_SIZE], const char *folder, int update)
{
    char name[64];
    snprintf(name, sizeof name, "snapshot_%08d.safetensors", update);
    join(path, folder, name);
}

int sine_next_snapshot(const char *folder, int after)
{
    char path[SINE_PATH_SIZE];
    for (int update = after + 1; update <= SINE_UPDATES; ++update) {
        snapshot_path(path, folder, update);
        if (access(path, R_OK) == 0)
            return update;
    }
    return 0;
}

bool sine_load_snapshot(lstm_model **model, const char *folder, int update)
{
    char path[SINE_PATH_SIZE];
    snapshot_path(path, folder, update);
    return sine_ok(lstm_model_load(model, path), path);
}

bool sine_load_last_snapshot(lstm_model **model, const char *folder)
{
    int last = 0;
    for (int update = 0; (update = sine_next_snapshot(folder, update)) != 0;)
        last = update;
    if (last == 0)
        fprintf(stderr, "%s: no snapshot; train first\n", folder);
    return last != 0 && sine_load_snapshot(model, folder, last);
}

static bool read_log_line(sine_log *log, const char *text)
{
    json_t *line = json_loads(text, 0, NULL);
    json_t *loss = json_object_get(line, "last_loss");
    bool fine = json_is_number(loss) && log->n < SINE_UPDATES;
    if (fine) {
        log->loss[log->n++] = json_number_value(loss);
        log->seconds = json_number_value(json_object_get(line, "elapsed"));
    }
    json_decref(line);
    return fine;
}

bool sine_read_log(sine_log *log, const char *folder)
{
    char path[SINE_PATH_SIZE], text[LOG_LINE_SIZE];
    bool fine = true;

    log->n = 0;
    join(path, folder, "log.jsonl");
    FILE *file = fopen(path, "r");
    if (!system_ok(file != NULL, path))
        return false;
    while (fine && fgets(text, sizeof text, file) != NULL)
        fine = read_log_line(log, text);
    if (!fine)
        fprintf(stderr, "%s: line %zu is no line of this experiment's log\n", path, log->n + 1);
    fclose(file);
    return fine;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double sine_median(const double *values, size_t n)
{
    double sorted[SINE_UPDATES];
    if (n == 0 || n > SINE_UPDATES)
        return NAN;
    memcpy(sorted, values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, ascending);
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

double sine_rmse(const float *y, const float *truth, int first, int last)
{
    double sum = 0;
    for (int i = first * SINE_COLUMNS; i < (last + 1) * SINE_COLUMNS; ++i)
        sum += ((double)y[i] - truth[i]) * ((double)y[i] - truth[i]);
    return sqrt(sum / ((last + 1 - first) * SINE_COLUMNS));
}

bool sine_score(const lstm_model *model, sine_scores *scores)
{
    double rmse[SINE_RECURSIONS][SINE_COLUMNS + 1];
    float y[SINE_PRED_STEPS * SINE_COLUMNS], truth[SINE_PRED_STEPS * SINE_COLUMNS];
    lstm_series *test = NULL;

    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    valid.window_len = SINE_RECURSIONS;
    valid.window_rule = LSTM_WINDOWS_ARTICLE;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    pred.n_step = SINE_PRED_STEPS;
    pred.support_len = SINE_PRED_SUPPORT;

    bool fine =
        sine_data(NULL, &test) &&
        sine_ok(lstm_valid(model, test, &valid, rmse[0], (int64_t)(sizeof rmse / sizeof(double))),
                "valid") &&
        sine_ok(lstm_pred(model, test, &pred, y, truth), "pred");
    if (fine) {
        for (int t = 0; t < SINE_RECURSIONS; ++t)
            scores->total[t] = rmse[t][SINE_COLUMNS];
        scores->pred = sine_rmse(y, truth, SINE_PRED_SUPPORT + 1, SINE_PRED_STEPS - 2);
    }
    lstm_series_free(test);
    return fine;
}
