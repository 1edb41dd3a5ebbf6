/* SPDX-License-Identifier: MIT */
#include "command/stepper.h"
#include "command/console/message.h"
#include "command/options/guess.h"
#include "command/source/future.h"
#include "table/date.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NAMED = 3, NAMES = 1024 };

/* DATA of several series does not tell whose rows follow: the first names help to choose. */
static int refuse_several(const table_frame *frame, const settings *set)
{
    char names[NAMES] = "";
    size_t used = 0;
    for (int64_t s = 0; s < frame->n_series && s < MOST_NAMED; s++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s'%s'", s == 0 ? "" : ", ",
                                 frame->series[s].name);
    return message_error("%s has %lld series: %s%s; --series says which one standard input "
                         "continues",
                         set->data, (long long)frame->n_series, names,
                         frame->n_series > MOST_NAMED ? ", ..." : "");
}

/* The series of DATA that standard input continues. */
static int find_series(stepper *made, const settings *set)
{
    const table_frame *frame = made->from.frame;
    guess near = {.word = set->series};
    if (set->series == NULL)
        return frame->n_series > 1 ? refuse_several(frame, set) : EXIT_OK;
    if (frame->series[0].name == NULL)
        return message_error("--series: %s has no column of series names, as --id COLUMN says it",
                             set->data);
    for (int64_t s = 0; s < frame->n_series; s++) {
        made->series = s;
        if (strcmp(frame->series[s].name, set->series) == 0)
            return EXIT_OK;
        guess_try(&near, frame->series[s].name);
    }
    return message_error("--series: %s has no series '%s'%s%s%s", set->data, set->series,
                         near.name == NULL ? "" : "; did you mean '",
                         near.name == NULL ? "" : near.name, near.name == NULL ? "" : "'?");
}

/* Read the rows that came before. */
static int read_before(stepper *made, const settings *set)
{
    lstm_dataset *empty = NULL;
    if (set->data == NULL)
        return set->series == NULL ? EXIT_OK
                                   : message_error("--series is one of DATA, which is not given");
    if (source_read(&made->from, set) != EXIT_OK || find_series(made, set) != EXIT_OK)
        return EXIT_FAILED;
    if (lstm_forecaster_frame(&empty, made->forecaster) < 0)
        return message_library(set->saved);
    return source_fill(&made->from, empty);
}

/* The number of a level in the forecaster; -1 if it has none of that level. */
static int64_t find_level(const lstm_forecaster *forecaster, double level)
{
    int64_t n = 0, found = -1;
    const double *levels = lstm_forecaster_levels(forecaster, &n);
    for (int64_t i = 0; i < n; i++)
        if (fabs(levels[i] - level) < 1e-9)
            found = i;
    return found;
}

/* Intervals need the whole horizon of the forecaster. */
static int choose_levels(stepper *made, lstm_stream_options *options, const settings *set)
{
    int64_t n = 0, horizon = lstm_forecaster_horizon(made->forecaster);
    if (list_levels(set->levels, made->levels, &made->L) != EXIT_OK)
        return EXIT_FAILED;
    for (int64_t l = 0; l < made->L; l++) {
        made->numbers[l] = find_level(made->forecaster, made->levels[l]);
        if (made->numbers[l] < 0)
            return message_error("--levels: %s has no intervals of %g %%: it must be fitted with "
                                 "them",
                                 set->saved, 100 * made->levels[l]);
    }
    if (set->horizon > horizon)
        return message_error("--horizon is %lld, the forecaster was fitted for %lld rows",
                             (long long)set->horizon, (long long)horizon);
    lstm_forecaster_levels(made->forecaster, &n);
    size_t size = (size_t)(n * horizon * lstm_forecaster_targets(made->forecaster));
    made->lower = calloc(size, sizeof *made->lower);
    made->upper = calloc(size, sizeof *made->upper);
    options->intervals = 1;
    options->horizon = 0;
    return made->lower == NULL || made->upper == NULL ? message_error("out of memory") : EXIT_OK;
}

/* Values to come, which only a table has: each row of standard input leaves one less. */
static void count_known(stepper *made)
{
    made->known = future_known(made->frame);
    if (made->known != NULL && made->from.data != NULL)
        made->n_known = lstm_dataset_future_rows(made->from.data, made->series);
}

int stepper_fail(const stepper *made, const char *where)
{
    if (made->known == NULL || made->n_known >= made->N)
        return message_error("%s: %s", where, lstm_last_error());
    return message_error("%s: the known covariate '%s' has %lld values to come, but a forecast of "
                         "%lld rows needs %lld: the last rows of DATA must have its values and no "
                         "targets, %lld and one for each row of standard input",
                         where, made->known, (long long)made->n_known, (long long)made->N,
                         (long long)made->N, (long long)made->N);
}

static int open_forecaster(stepper *made, const settings *set)
{
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    table_stamp start = {0};
    if (set->start != NULL &&
        table_date_read(set->start, strlen(set->start), &start) != TABLE_DATE_OK)
        return message_error("--start is '%s', expected a time as 2020-07-15 14:30", set->start);
    if (lstm_forecaster_frame(&made->frame, made->forecaster) < 0)
        return message_library(set->saved);
    if (read_before(made, set) != EXIT_OK)
        return EXIT_FAILED;
    options.dataset = made->from.data;
    options.series = made->from.data == NULL ? LSTM_NEW_SERIES : made->series;
    options.start = start.time;
    options.horizon = set->horizon;
    if (set->levels != NULL && choose_levels(made, &options, set) != EXIT_OK)
        return EXIT_FAILED;
    count_known(made);
    made->N = options.horizon > 0 ? options.horizon : lstm_forecaster_horizon(made->forecaster);
    options.n_future = made->n_known > made->N ? made->n_known : 0;
    if (lstm_stream_new(&made->stream, made->forecaster, &options) < 0)
        return message_library(set->saved);
    made->H = set->horizon == 0 ? made->N : set->horizon;
    made->K = lstm_forecaster_targets(made->forecaster);
    made->C = lstm_dataset_width(made->frame);
    return EXIT_OK;
}

static int open_network(stepper *made, const settings *set)
{
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    made->C = lstm_model_inputs(made->model);
    made->K = lstm_model_outputs(made->model);
    made->H = made->N = set->horizon == 0 ? 1 : set->horizon;
    columns.n_column = made->C;
    if (set->data != NULL || set->series != NULL || set->start != NULL || set->levels != NULL)
        return message_error("%s is a network: DATA, --series, --start and --levels need a "
                             "forecaster",
                             set->saved);
    if (made->H > 1 && made->C != made->K)
        return message_error("%s has %lld inputs and %lld outputs: it forecasts 1 row", set->saved,
                             (long long)made->C, (long long)made->K);
    made->next = calloc((size_t)made->K, sizeof *made->next);
    made->names = calloc((size_t)made->K, sizeof *made->names);
    if (made->next == NULL || made->names == NULL)
        return message_error("out of memory");
    for (int64_t k = 0; k < made->K; k++)
        snprintf(made->names[k], sizeof made->names[k], "%lld", (long long)k);
    if (lstm_state_new(&made->state, made->model, 1) < 0 ||
        lstm_dataset_new(&made->frame, &columns) < 0)
        return message_library(set->saved);
    return EXIT_OK;
}

int stepper_open(stepper *made, const settings *set)
{
    *made = (stepper){0};
    lstm_status status = lstm_forecaster_load(&made->forecaster, set->saved);
    if (status == LSTM_OK)
        return open_forecaster(made, set);
    if (status != LSTM_E_FORMAT)
        return message_library(set->saved);
    if (lstm_model_load(&made->model, set->saved) < 0)
        return message_library(set->saved);
    return open_network(made, set);
}

void stepper_close(stepper *made)
{
    lstm_stream_free(made->stream);
    source_close(&made->from);
    lstm_forecaster_free(made->forecaster);
    lstm_state_free(made->state);
    lstm_model_free(made->model);
    lstm_dataset_free(made->frame);
    free(made->next);
    free(made->names);
    free(made->lower);
    free(made->upper);
}

lstm_status stepper_push(stepper *made, const lstm_real *row)
{
    made->n_known -= made->n_known > 0;
    return made->forecaster != NULL ? lstm_stream_push(made->stream, row)
                                    : lstm_state_step(made->state, row, made->next);
}

lstm_status stepper_forecast(stepper *made, lstm_real *y)
{
    if (made->L > 0)
        return lstm_stream_intervals(made->stream, y, made->lower, made->upper);
    if (made->forecaster != NULL)
        return lstm_stream_forecast(made->stream, y);
    if (made->H > 1)
        return lstm_state_forecast(made->state, made->H, y);
    memcpy(y, made->next, (size_t)made->K * sizeof *y);
    return LSTM_OK;
}

lstm_real stepper_bound(const stepper *made, bool is_upper, int64_t l, int64_t h, int64_t k)
{
    int64_t at = (made->numbers[l] * made->N + h) * made->K + k;
    return is_upper ? made->upper[at] : made->lower[at];
}

const char *stepper_series(const stepper *made)
{
    return made->from.frame == NULL ? NULL : made->from.frame->series[made->series].name;
}

const char *stepper_target(const stepper *made, int64_t k)
{
    for (int64_t c = 0; c < made->C && made->names == NULL; c++) {
        int64_t role = lstm_dataset_role(made->frame, c);
        if ((role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET) && k-- == 0)
            return lstm_dataset_column_name(made->frame, c);
    }
    return made->names[k];
}
