/* SPDX-License-Identifier: MIT */
/* The speed of this machine: forecasters of the defaults on tables of three sizes, for which they
   have networks of different sizes. */
#include "command/console/clock.h"
#include "command/console/message.h"
#include "command/console/stop.h"
#include "command/options/commands.h"
#include "command/study/fitting.h"
#include <lstmts/stream.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 4, SEASON = 24, AHEAD = 24, UPDATES = 8, STEPS = 400 };

/* Times of the updates of the present training. */
typedef struct timing {
    char stage[80];
    int n;
    double last, seconds[UPDATES];
} timing;

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Others on the machine disturb a mean. */
static double median(double *seconds, int n)
{
    qsort(seconds, (size_t)n, sizeof *seconds, ascending);
    return n == 0 ? (double)NAN : seconds[n / 2];
}

static int on_progress(const lstm_fit_progress *now, void *user)
{
    timing *of = user;
    if (!isfinite(now->loss))
        return 0;
    double time = clock_seconds();
    if (strcmp(of->stage, now->stage) != 0) {
        snprintf(of->stage, sizeof of->stage, "%s", now->stage);
        of->n = 0;
    } else if (of->n < UPDATES) {
        of->seconds[of->n++] = time - of->last;
    }
    of->last = time;
    return 0;
}

static lstm_status make_table(lstm_dataset **data, int64_t n_row)
{
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    double *rows = calloc((size_t)n_row, COLUMNS * sizeof *rows);
    if (rows == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n_row * COLUMNS; i++) {
        int64_t row = i / COLUMNS, column = i % COLUMNS;
        double t = (double)row, c = (double)column;
        rows[i] = sin(6.2831853 * t / SEASON + c) + 0.3 * sin(t * t + c);
    }
    options.n_column = COLUMNS;
    lstm_status status = lstm_dataset_new(data, &options);
    if (status == LSTM_OK)
        status = lstm_dataset_add_double(*data, NULL, rows, n_row, 0);
    if (status == LSTM_OK)
        status = lstm_dataset_split_fraction(*data, 0, 0.8, 0.2);
    free(rows);
    return status;
}

static lstm_status fit(lstm_forecaster **forecaster, timing *of, const lstm_dataset *data,
                       const settings *set)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = AHEAD, options.season_len = SEASON;
    options.n_network = 1, options.n_update = UPDATES;
    options.use = LSTM_USE_NETWORKS;
    options.n_threads = set->jobs == 0 ? LSTM_ALL_CORES : set->jobs;
    options.device = set->device;
    options.on_progress = on_progress, options.progress_user = of;
    lstm_status status = lstm_forecaster_new(forecaster, &options);
    stop_cancels(*forecaster);
    return status == LSTM_OK ? lstm_forecaster_fit(*forecaster, data) : status;
}

/* Seconds of a row with its forecast. */
static lstm_status time_steps(double *seconds, const lstm_forecaster *forecaster,
                              const lstm_dataset *data)
{
    lstm_stream *stream = NULL;
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    lstm_real y[AHEAD * COLUMNS];
    double each[STEPS];
    options.dataset = data;
    lstm_status status = lstm_stream_new(&stream, forecaster, &options);
    for (int64_t i = 0; i < STEPS && status == LSTM_OK; i++) {
        double began = clock_seconds();
        status = lstm_stream_push(stream, lstm_dataset_data(data, 0) + i * COLUMNS);
        if (status == LSTM_OK)
            status = lstm_stream_forecast(stream, y);
        each[i] = clock_seconds() - began;
    }
    *seconds = status == LSTM_OK ? median(each, STEPS) : (double)NAN;
    lstm_stream_free(stream);
    return status;
}

static int measure(int64_t n_row, const settings *set)
{
    lstm_dataset *data = NULL;
    lstm_forecaster *forecaster = NULL;
    timing updates = {0};
    chosen what = {0};
    double step = 0;
    lstm_status status = make_table(&data, n_row);
    if (status == LSTM_OK)
        status = fit(&forecaster, &updates, data, set);
    if (status == LSTM_OK)
        status = time_steps(&step, forecaster, data);
    int code = status == LSTM_OK        ? fitting_chosen(&what, forecaster)
               : status == LSTM_STOPPED ? EXIT_FAILED
                                        : message_library("bench");
    if (code == EXIT_OK)
        printf("%8lld %6lld %6lld %12.2f %12.1f\n", (long long)(n_row * COLUMNS),
               (long long)what.n_hidden, (long long)what.batch_size,
               1e3 * median(updates.seconds, updates.n), 1e6 * step);
    fflush(stdout);
    stop_cancels(NULL);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    return code;
}

int cmd_bench(const settings *set)
{
    static const int64_t rows[] = {600, 2500, 8000};
    int code = EXIT_OK;
    stop_watch();
    printf("Networks of the defaults, %d columns, %d rows ahead, a season of %d rows.\n"
           "  values  units  batch   ms/update  us/forecast\n",
           COLUMNS, AHEAD, SEASON);
    for (size_t i = 0; i < sizeof rows / sizeof *rows && code == EXIT_OK; i++)
        code = measure(rows[i], set);
    stop_now();
    return code;
}
