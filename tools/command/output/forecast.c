/* SPDX-License-Identifier: MIT */
#include "command/output/forecast.h"
#include "command/console/message.h"
#include "command/options/settings.h"
#include "table/date.h"
#include <lstmts/uncertainty.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool allocate(forecast *made, int64_t own_horizon)
{
    size_t all = (size_t)(made->S * own_horizon * made->K);
    made->y = calloc(all, sizeof *made->y);
    made->lower = calloc(all * (size_t)made->L, sizeof *made->lower);
    made->upper = calloc(all * (size_t)made->L, sizeof *made->upper);
    made->times = calloc((size_t)(made->S * own_horizon), sizeof *made->times);
    made->names = calloc((size_t)made->K, sizeof *made->names);
    made->series = calloc((size_t)made->S, sizeof *made->series);
    return made->y != NULL && made->lower != NULL && made->upper != NULL && made->times != NULL &&
           made->names != NULL && made->series != NULL;
}

void forecast_free(forecast *made)
{
    free(made->y);
    free(made->lower);
    free(made->upper);
    free(made->times);
    free(made->names);
    free(made->series);
    *made = (forecast){0};
}

/* Times have their time of day where rows may differ in it. */
static void print_time(char out[TIME_TEXT], const table_frame *frame, int64_t time)
{
    table_date date = table_date_of(time);
    bool is_daily = frame->step_unit == LSTM_STEP_MONTHS || frame->step % TABLE_DAY == 0;
    if (is_daily && date.second == 0)
        snprintf(out, TIME_TEXT, "%04lld-%02lld-%02lld", (long long)date.year,
                 (long long)date.month, (long long)date.day);
    else
        snprintf(out, TIME_TEXT, "%04lld-%02lld-%02lld %02lld:%02lld:%02lld", (long long)date.year,
                 (long long)date.month, (long long)date.day, (long long)(date.second / 3600),
                 (long long)(date.second / 60 % 60), (long long)(date.second % 60));
}

static int print_times(forecast *made, const source *from)
{
    for (int64_t s = 0; s < made->S; s++)
        for (int64_t h = 0; h < made->H; h++) {
            int64_t row = lstm_dataset_rows(from->data, s) + h, time;
            char *out = made->times[s * made->H + h];
            if (!made->has_times)
                snprintf(out, TIME_TEXT, "%lld", (long long)row + 1);
            else if (lstm_dataset_time(from->data, s, row, &time) < 0)
                return message_library("time of a forecast");
            else
                print_time(out, from->frame, time);
        }
    return EXIT_OK;
}

/* Keep the first H of `own` rows of blocks of K columns. */
static void shorten(lstm_real *values, int64_t n_block, int64_t own, const forecast *made)
{
    for (int64_t i = 1; i < n_block; i++)
        memmove(values + i * made->H * made->K, values + i * own * made->K,
                (size_t)(made->H * made->K) * sizeof *values);
}

static lstm_status compute(forecast *made, const lstm_forecaster *forecaster,
                           const lstm_dataset *data, int64_t own)
{
    for (int64_t s = 0; s < made->S; s++) {
        int64_t origin = lstm_dataset_rows(data, s), block = own * made->K;
        lstm_status status = lstm_forecaster_intervals(
            forecaster, data, s, &origin, 1, made->y + s * block, made->lower + s * made->L * block,
            made->upper + s * made->L * block);
        if (status < 0)
            return status;
    }
    return LSTM_OK;
}

/* Names of the columns, of the series where the table has them, and of the times. */
static void set_names(forecast *made, const source *from)
{
    for (int64_t c = 0, k = 0; c < lstm_dataset_width(from->data) && k < made->K; c++) {
        int64_t role = lstm_dataset_role(from->data, c);
        if (role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET)
            made->names[k++] = lstm_dataset_column_name(from->data, c);
    }
    for (int64_t s = 0; s < made->S; s++)
        made->series[s] = lstm_dataset_name(from->data, s);
    if (from->frame->series[0].name == NULL) {
        free(made->series);
        made->series = NULL;
    }
    /* A table of one row has no step, but the forecaster has. */
    int64_t time;
    bool has_times = lstm_dataset_time(from->data, 0, 0, &time) == LSTM_OK;
    made->has_times = has_times;
    made->time_name = !has_times                       ? "row"
                      : from->frame->time_name == NULL ? "time"
                                                       : from->frame->time_name;
}

int forecast_make(forecast *made, const lstm_forecaster *forecaster, const source *from,
                  int64_t horizon)
{
    int64_t own = lstm_forecaster_horizon(forecaster), n_level = 0;
    *made = (forecast){.S = lstm_dataset_series(from->data),
                       .H = horizon == 0 ? own : horizon,
                       .K = lstm_forecaster_targets(forecaster)};
    made->levels = lstm_forecaster_levels(forecaster, &n_level);
    made->L = n_level;
    if (made->H > own)
        return message_error("--horizon is %lld, the forecaster was fitted for %lld rows",
                             (long long)made->H, (long long)own);
    if (!allocate(made, own)) {
        forecast_free(made);
        return message_error("out of memory");
    }
    set_names(made, from);
    int code = EXIT_OK;
    if (compute(made, forecaster, from->data, own) < 0)
        code = message_library("forecast");
    shorten(made->y, made->S, own, made);
    shorten(made->lower, made->S * made->L, own, made);
    shorten(made->upper, made->S * made->L, own, made);
    if (code == EXIT_OK)
        code = print_times(made, from);
    if (code != EXIT_OK)
        forecast_free(made);
    return code;
}

void forecast_say_unbounded(const forecast *made)
{
    int64_t first = made->H, block = made->H * made->K;
    for (int64_t i = 0; i < made->S * made->L * block; i++) {
        int64_t h = i % block / made->K;
        if (h < first && isnan(made->lower[i]) &&
            !isnan(made->y[i / (made->L * block) * block + i % block]))
            first = h;
    }
    if (first < made->H)
        message_note("Note: from row %lld ahead on, bounds are left empty: too few earlier "
                     "forecasts could be compared with values.",
                     (long long)first + 1);
}
