/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "device_draw.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct fleet {
    int64_t n, known, H, L, n_series, n_row; /**< n targets, and 0 or 1 known covariates */
    lstm_forecast_options options;
    lstm_series **series;
    lstm_model *model;
} fleet;

static void draw_sizes(fleet *f, random_stream *stream, const device_request *request)
{
    static const int64_t series[] = {1, 5, 37, 128, 1000};
    f->options = (lstm_forecast_options)LSTM_FORECAST_OPTIONS_INIT;
    f->H = device_draw_hidden(stream, request->number % (request->small ? 2 : 4));
    f->L = random_int(stream, 0, 2) == 0 ? random_int(stream, 2, 3) : 1;
    f->n = random_int(stream, 1, 9);
    f->n_series = series[random_int(stream, 0, request->small ? 2 : 4)];
    f->options.context_len = random_int(stream, 1, 12);
    f->options.n_step = random_int(stream, 1, 30);
    f->options.pred = random_int(stream, 1, 3);
    f->options.feedback_lag = random_int(stream, 1, f->options.context_len);
    if (request->number % 10 == 7) { /* more outputs than a processor's shared memory holds */
        f->n = 9;
        f->options.context_len = f->options.feedback_lag = 1500;
        f->n_series = f->n_series < 5 ? f->n_series : 5;
    }
    f->known = random_int(stream, 0, 2) == 0;
    f->options.n_future = f->known != 0 ? f->options.n_step + f->options.pred - 1 : 0;
    while ((double)(f->L * f->n_series * f->H) * (double)f->H > 2e6 && f->n_series > 1)
        f->n_series = (f->n_series + 1) / 2;
}

static void draw_large(fleet *f)
{
    f->options = (lstm_forecast_options)LSTM_FORECAST_OPTIONS_INIT;
    f->H = 100;
    f->L = 1;
    f->n = 2;
    f->n_series = 20011;
    f->options.context_len = 3;
    f->options.n_step = 12;
}

static void open_series(fleet *f, random_stream *stream)
{
    f->series = calloc((size_t)f->n_series, sizeof *f->series);
    assert_non_null(f->series);
    for (int64_t i = 0; i < f->n_series; i++) {
        int64_t n_row = f->options.context_len + f->options.n_future + random_int(stream, 0, 3);
        double *rows = device_draw_rows(stream, n_row, f->n + f->known);
        assert_ok(lstm_series_new_double(&f->series[i], rows, n_row, f->n + f->known));
        if (f->known != 0)
            assert_ok(lstm_series_set_role(f->series[i], f->n, LSTM_ROLE_KNOWN));
        free(rows);
    }
}

static void open_model(fleet *f, random_stream *stream)
{
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    sizes.n_input = f->n + f->known;
    sizes.n_output = f->n;
    sizes.n_hidden = f->H;
    sizes.n_layer = f->L;
    assert_ok(lstm_model_new(&f->model, &sizes));
    device_draw_model(stream, f->model);
}

static void fleet_close(fleet *f)
{
    for (int64_t i = 0; i < f->n_series; i++)
        lstm_series_free(f->series[i]);
    free(f->series);
    lstm_model_free(f->model);
}

void device_fleet_run(const device_request *request, device_record *record)
{
    fleet f = {0};
    random_stream stream = request->number * 104729 + 29;
    *record = (device_record){0};
    if (request->number == DEVICE_FLEET_LARGE)
        draw_large(&f);
    else
        draw_sizes(&f, &stream, request);
    snprintf(record->name, sizeof record->name,
             "fleet %" PRIu64 " (n %" PRId64 ", known %" PRId64 ", H %" PRId64 ", L %" PRId64
             ", %" PRId64 " series, context %" PRId64 ", steps %" PRId64 ", lag %" PRId64 ")",
             request->number, f.n, f.known, f.H, f.L, f.n_series, f.options.context_len,
             f.options.n_step, f.options.feedback_lag);
    open_series(&f, &stream);
    open_model(&f, &stream);
    if (request->number % 3 == 1)
        f.options.context_len = 0; /* all rows, of which they have different numbers */
    f.options.n_threads = LSTM_ALL_CORES;
    f.options.device = request->device;
    f.options.precision = request->precision;
    int64_t size = f.n_series * f.options.n_step * f.n;
    lstm_real *y = malloc((size_t)size * sizeof *y);
    assert_non_null(y);
    for (int64_t i = 0; i < size; i++)
        y[i] = (lstm_real)NAN;
    assert_ok(
        lstm_forecast(f.model, (const lstm_series *const *)f.series, f.n_series, &f.options, y));
    device_record_add(record, "forecasts", NULL, size, y);
    free(y);
    fleet_close(&f);
}
