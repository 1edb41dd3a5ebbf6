/* SPDX-License-Identifier: MIT */
/*
 * The memory of a fit to many series, against that of their rows:
 *
 *     lstmts-memory forecaster|updater [N_SERIES N_ROW N_COLUMN]
 *
 * The default is 10,000 series of 1,000 rows and 4 columns. The peak is the largest resident memory of
 * the process since it began; the data set was filled from a buffer of one series. `forecaster` fits
 * one with default options for 24 rows; `updater` runs 20 updates of a network over a view of all
 * series, with iterator and updater alone.
 */
#include <lstmts/lstmts.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { SEASON = 24, H = 24, N_UPDATE = 20 };

static double peak_bytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1024 * (double)usage.ru_maxrss;
}

/* A season, a level of the series, and noise. */
static void fill(int64_t series, int64_t n_row, int64_t C, lstm_real *rows)
{
    uint32_t state = (uint32_t)series + 1;
    for (int64_t i = 0; i < n_row * C; i++) {
        state = state * 1664525 + 1013904223;
        rows[i] = (lstm_real)(series % 7) + (lstm_real)sin(6.2831853 * (double)(i / C) / SEASON) +
                  (lstm_real)(state >> 8) / (lstm_real)(1 << 24);
    }
}

static lstm_status make_data(lstm_dataset **data, int64_t n_series, int64_t n_row, int64_t C)
{
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = C, options.step_unit = LSTM_STEP_SECONDS, options.step = 3600;
    lstm_real *rows = malloc((size_t)(n_row * C) * sizeof *rows);
    lstm_status status = rows == NULL ? LSTM_E_NOMEM : lstm_dataset_new(data, &options);
    for (int64_t s = 0; s < n_series && status >= 0; s++) {
        fill(s, n_row, C, rows);
        status = lstm_dataset_add(*data, NULL, rows, n_row, 0);
    }
    free(rows);
    return status;
}

static lstm_status fit_forecaster(const lstm_dataset *data)
{
    lstm_forecaster *forecaster = NULL;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = H;
    lstm_status status = lstm_forecaster_new(&forecaster, &options);
    if (status >= 0)
        status = lstm_forecaster_fit(forecaster, data);
    lstm_forecaster_free(forecaster);
    return status;
}

static lstm_status run_updater(const lstm_dataset *data)
{
    lstm_view *view = NULL;
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    lstm_view_options views = LSTM_VIEW_OPTIONS_INIT;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options updates = LSTM_UPDATER_OPTIONS_INIT;
    views.segment_len = SEASON, views.context_len = 7, views.horizon = 1;
    views.channels = LSTM_CHANNELS_INDEPENDENT;
    views.scaling = LSTM_SCALING_STANDARD, views.base = LSTM_BASE_MEAN, views.base_len = SEASON;
    sizes.n_input = sizes.n_output = SEASON, sizes.n_hidden = 128;
    windows.batch_size = 192;
    lstm_status status = lstm_view_new(&view, data, &views);
    if (status >= 0)
        status = lstm_model_new(&model, &sizes);
    if (status >= 0)
        status = lstm_iter_new_view(&iter, view, &windows);
    if (status >= 0)
        status = lstm_updater_new(&updater, model, iter, &updates);
    for (int i = 0; i < N_UPDATE && status >= 0; i++)
        status = lstm_updater_update(updater);
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_view_free(view);
    return status;
}

int main(int n, char **arguments)
{
    int64_t n_series = n == 5 ? atoll(arguments[2]) : 10000;
    int64_t n_row = n == 5 ? atoll(arguments[3]) : 1000, C = n == 5 ? atoll(arguments[4]) : 4;
    bool all = n >= 2 && strcmp(arguments[1], "forecaster") == 0;
    if ((n != 2 && n != 5) || (!all && strcmp(arguments[1], "updater") != 0) || n_series < 1 ||
        n_row < 1 || C < 1) {
        fprintf(stderr, "usage: %s forecaster|updater [N_SERIES N_ROW N_COLUMN]\n", arguments[0]);
        return 2;
    }
    lstm_dataset *data = NULL;
    double rows = (double)(n_series * n_row * C) * sizeof(lstm_real);
    lstm_status status = make_data(&data, n_series, n_row, C);
    double before = peak_bytes();
    if (status >= 0)
        status = all ? fit_forecaster(data) : run_updater(data);
    if (status < 0)
        fprintf(stderr, "%s: %s\n", arguments[0], lstm_last_error());
    else
        printf("rows %.1f MB; peak with the data set %.1f MB, with the fit %.1f MB: %.3f of the "
               "rows\n",
               rows / 1e6, before / 1e6, peak_bytes() / 1e6, peak_bytes() / rows);
    lstm_dataset_free(data);
    return status < 0;
}
