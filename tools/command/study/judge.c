/* SPDX-License-Identifier: MIT */
#include "command/study/judge.h"
#include "command/console/message.h"
#include "command/console/stop.h"
#include "command/study/fitting.h"
#include <lstmts/baseline.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Origins over all series, at most about; more do not change what is said. */
enum { MOST_ORIGINS = 300 };

/* Products of the fit of ridge, values times context squared: some 2 seconds. */
#define MOST_PRODUCTS 5e10

/* As the library, the shortest one that is a whole number of steps; a year may be rounded. */
int64_t judge_calendar_season(int64_t unit, int64_t step)
{
    static const int64_t day = 86400, week = 7 * (int64_t)86400, year = 365 * (int64_t)86400;
    int64_t season = 0;
    if (step < 1)
        return 0;
    if (unit == LSTM_STEP_MONTHS)
        season = 12 % step == 0 ? 12 / step : 0;
    else if (unit == LSTM_STEP_SECONDS && step < day && day % step == 0)
        season = day / step;
    else if (unit == LSTM_STEP_SECONDS && step <= day && week % step == 0)
        season = week / step;
    else if (unit == LSTM_STEP_SECONDS && step >= day)
        season = (year + step / 2) / step;
    return season < 2 ? 0 : season;
}

static lstm_status add_baseline(judgement *made, int64_t kind)
{
    lstm_baseline_options options = LSTM_BASELINE_OPTIONS_INIT;
    options.kind = kind;
    options.season_len = made->season;
    return lstm_baseline_new(&made->methods[made->n_method++], &options);
}

/* Rows that ridge reads: two horizons, or up to 21 seasons where the table is long; but not more
   than are fitted soon. */
static int64_t ridge_context(const judgement *made, const lstm_dataset *data)
{
    int64_t shortest = INT64_MAX, n_row = 0, train, valid;
    for (int64_t s = 0; s < lstm_dataset_series(data); s++) {
        if (lstm_dataset_parts(data, s, &train, &valid) != LSTM_OK)
            continue;
        n_row += train;
        shortest = train < shortest ? train : shortest;
    }
    double values = (double)n_row * (double)lstm_dataset_targets(data);
    int64_t least = 2 * (made->horizon > made->season ? made->horizon : made->season);
    int64_t wanted = 21 * made->season < shortest / 16 ? 21 * made->season : shortest / 16;
    int64_t most =
        (int64_t)fmin(sqrt(MOST_PRODUCTS / fmax(values, 1)), floor((double)shortest / 3));
    wanted = wanted > least ? wanted : least;
    return wanted < most ? wanted : most;
}

/* Ridge is left out where the table is too short for it. */
static lstm_status add_ridge(judgement *made, const lstm_dataset *data)
{
    lstm_ridge_options options = LSTM_RIDGE_OPTIONS_INIT;
    lstm_method *ridge = NULL;
    options.context_len = ridge_context(made, data);
    options.horizon = made->horizon;
    if (options.context_len < 1)
        return LSTM_OK;
    lstm_status status = lstm_ridge_new(&ridge, &options);
    if (status == LSTM_OK)
        status = lstm_method_fit(ridge, data);
    if (status == LSTM_OK)
        made->methods[made->n_method++] = ridge;
    else
        lstm_method_free(ridge);
    return status == LSTM_E_SHAPE || status == LSTM_E_NUMERIC ? LSTM_OK : status;
}

static lstm_status make_methods(judgement *made, lstm_forecaster *forecaster,
                                const lstm_dataset *data)
{
    lstm_status status =
        lstm_forecaster_method(&made->methods[made->n_method++], forecaster, "forecaster");
    if (status == LSTM_OK && made->season > 1)
        status = add_baseline(made, LSTM_BASELINE_SEASONAL_NAIVE);
    if (status == LSTM_OK && made->season > 1)
        status = add_baseline(made, LSTM_BASELINE_SEASONAL_DRIFT);
    if (status == LSTM_OK)
        status = add_baseline(made, LSTM_BASELINE_NAIVE);
    if (status == LSTM_OK && made->season <= 1)
        status = add_baseline(made, LSTM_BASELINE_DRIFT);
    return status == LSTM_OK ? add_ridge(made, data) : status;
}

/* The origins of the test part. */
static int64_t count_origins(const lstm_dataset *data, int64_t horizon)
{
    int64_t n = 0, train, valid;
    for (int64_t s = 0; s < lstm_dataset_series(data); s++)
        if (lstm_dataset_parts(data, s, &train, &valid) == LSTM_OK) {
            int64_t here = lstm_dataset_rows(data, s) - horizon - valid + 1;
            n += here > 0 ? here : 0;
        }
    return n;
}

static lstm_status take_errors(judgement *made, int64_t metric)
{
    lstm_status status = LSTM_OK;
    for (int m = 0; m < made->n_method && status == LSTM_OK; m++)
        status = lstm_backtest_value(made->backtest, metric, m, LSTM_ALL, LSTM_ALL, LSTM_ALL,
                                     &made->error[m], NULL);
    return status;
}

static lstm_status run_backtest(judgement *made, const lstm_dataset *data, const settings *set,
                                int64_t horizon)
{
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    options.horizon = horizon;
    options.stride = made->stride;
    options.refit = LSTM_NO_FIT;
    options.season_len = made->season;
    options.n_threads = set->jobs == 0 ? LSTM_ALL_CORES : set->jobs;
    lstm_status status =
        lstm_backtest_run(&made->backtest, made->methods, made->n_method, data, &options);
    for (int m = 0; m < made->n_method; m++)
        snprintf(made->names[m], METHOD_NAME, "%s", lstm_method_name(made->methods[m]));
    made->metric = "MASE";
    if (status == LSTM_OK)
        status = take_errors(made, LSTM_METRIC_MASE);
    if (status == LSTM_OK && isnan(made->error[0])) {
        made->metric = "mean absolute error";
        status = take_errors(made, LSTM_METRIC_MAE);
    }
    if (status == LSTM_OK)
        made->n_origin = lstm_backtest_origins(made->backtest, LSTM_ALL);
    return status;
}

int judge_run(judgement *made, lstm_forecaster *forecaster, const lstm_dataset *data,
              int64_t season, const settings *set)
{
    int64_t horizon = lstm_forecaster_horizon(forecaster), n = count_origins(data, horizon);
    *made = (judgement){.season = season > 1 ? season : 1};
    made->horizon = horizon;
    if (n == 0)
        return EXIT_OK;
    made->stride = (n + MOST_ORIGINS - 1) / MOST_ORIGINS;
    lstm_status status = make_methods(made, forecaster, data);
    if (status == LSTM_OK)
        status = run_backtest(made, data, set, horizon);
    if (status == LSTM_OK && !stop_wanted())
        status = coverage_count(&made->held, forecaster, data, made->stride);
    if (stop_wanted())
        fitting_stop(set);
    if (status == LSTM_E_NOMEM)
        return message_error("judging: out of memory");
    return status < 0 ? message_library("judging") : EXIT_OK;
}

const char *judge_target(const lstm_dataset *data, int64_t k)
{
    for (int64_t c = 0; c < lstm_dataset_width(data); c++) {
        int64_t role = lstm_dataset_role(data, c);
        if ((role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET) && k-- == 0)
            return lstm_dataset_column_name(data, c);
    }
    return "";
}

void judge_free(judgement *made)
{
    lstm_backtest_free(made->backtest);
    coverage_free(&made->held);
    for (int m = 0; m < MOST_METHODS; m++)
        lstm_method_free(made->methods[m]);
    *made = (judgement){0};
}
