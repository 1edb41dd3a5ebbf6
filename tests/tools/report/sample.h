/* SPDX-License-Identifier: MIT */
/* A report with every section, of series that are computed, with hostile names. */
#ifndef TESTS_TOOLS_REPORT_SAMPLE_H
#define TESTS_TOOLS_REPORT_SAMPLE_H

#include "report/report.h"

#include <math.h>
#include <stdlib.h>

/** Its script must not run, and its characters must be shown as they are. */
#define SAMPLE_HOSTILE "</script><b onload=\"x\">'&amp;\x01\xFF\n\\"

enum { SAMPLE_MOST_COLUMNS = 8, SAMPLE_METHODS = 3, SAMPLE_METRICS = 2, SAMPLE_ORIGINS = 12 };

typedef struct sample {
    report_data data;
    report_series series[2];
    report_forecast forecasts[SAMPLE_ORIGINS];
    report_curve curve;
    double *memory, *free; /* all arrays are parts of one */
} sample;

static inline double *sample_take(sample *s, int64_t n)
{
    double *taken = s->free;
    s->free += n;
    return taken;
}

/* Waves, so that thinned lines have all their points, and gaps. */
static inline double *sample_fill(sample *s, int64_t n, double scale)
{
    double *values = sample_take(s, n);
    for (int64_t i = 0; i < n; i++)
        values[i] = i % 997 == 5 ? NAN : scale * (sin(0.7 * (double)i) + 1e-4 * (double)i);
    return values;
}

static inline void sample_judge(sample *s)
{
    static const char *const methods[SAMPLE_METHODS] = {SAMPLE_HOSTILE, "seasonal naive", "ridge"};
    static const char *const metrics[SAMPLE_METRICS] = {"MASE", "RMSE"};
    static const char *const step_metrics[SAMPLE_MOST_COLUMNS + 1] = {
        "MASE", "MASE", "MAE", "MASE", "MASE", "MASE", "MASE", "MASE", "MASE"};
    report_data *d = &s->data;
    const int64_t size = SAMPLE_METHODS * SAMPLE_METRICS;
    double *scores = sample_take(s, d->n_series * d->n_column * size);
    for (int64_t i = 0; i < d->n_series * d->n_column * size; i++)
        scores[i] = 1 + (double)(i % 7);
    double *errors = sample_take(s, (d->n_column + 1) * SAMPLE_METHODS * d->horizon);
    double *coverage = sample_take(s, (d->n_column + 1) * (d->horizon + 1));
    for (int64_t i = 0; i < (d->n_column + 1) * SAMPLE_METHODS * d->horizon; i++)
        errors[i] = 1 + sqrt((double)(i % d->horizon));
    for (int64_t i = 0; i < (d->n_column + 1) * (d->horizon + 1); i++)
        coverage[i] = 0.9 - 0.001 * (double)(i % 7);
    d->n_method = SAMPLE_METHODS, d->methods = methods, d->seasonal_naive = 2;
    d->n_metric = SAMPLE_METRICS, d->metrics = metrics, d->scores = scores;
    d->totals = scores;
    d->step_metrics = step_metrics, d->n_step = d->horizon;
    d->step_errors = errors, d->coverage = coverage;
    d->coverage_totals = coverage + (d->n_column + 1) * d->horizon;
}

static inline void sample_forecast(sample *s)
{
    report_data *d = &s->data;
    const int64_t n = d->n_column * d->horizon;
    for (int i = 0; i < SAMPLE_ORIGINS; i++)
        s->forecasts[i] =
            (report_forecast){0, s->series[0].n_row - 3 * (SAMPLE_ORIGINS - 1 - i),
                              sample_fill(s, n, 1), sample_fill(s, n, 0.5), sample_fill(s, n, 1.5)};
    d->forecasts = s->forecasts, d->n_forecast = SAMPLE_ORIGINS;
}

/** Make a sample of `n_row` hourly rows. Free it with sample_free(). */
static inline sample *sample_new(int64_t n_series, int64_t n_column, int64_t n_row, int64_t horizon)
{
    static const char *const columns[SAMPLE_MOST_COLUMNS] = {
        SAMPLE_HOSTILE, "b", "c", "d", "e", "f", "g", "h"};
    static const report_fact facts[] = {{SAMPLE_HOSTILE, SAMPLE_HOSTILE}};
    sample *s = calloc(1, sizeof *s);
    s->memory = s->free = calloc(
        (size_t)(4 * (n_column + 1) * (n_row + horizon) + 60 * (n_column + 1) * (horizon + 10)),
        sizeof(double));
    double *times = sample_take(s, n_row + horizon);
    for (int64_t i = 0; i < n_row + horizon; i++)
        times[i] = 1.5e9 + 3600 * (double)i;
    for (int64_t i = 0; i < n_series; i++)
        s->series[i] = (report_series){i == 0 ? SAMPLE_HOSTILE : "second", n_row, times,
                                       sample_fill(s, n_column * n_row, 10)};
    s->data = (report_data){.title = SAMPLE_HOSTILE,
                            .has_times = true,
                            .n_series = n_series,
                            .series = s->series,
                            .n_column = n_column,
                            .columns = columns,
                            .horizon = horizon,
                            .level = 0.9,
                            .verdict = SAMPLE_HOSTILE,
                            .n_fact = 1,
                            .facts = facts,
                            .n_setting = 1,
                            .settings = facts,
                            .configuration = "{\"a\":[1,2],\"b\":{\"c\":\"<{,\\\"\"}}",
                            .command = SAMPLE_HOSTILE};
    sample_forecast(s);
    sample_judge(s);
    s->curve = (report_curve){SAMPLE_HOSTILE, n_row, times, s->series[0].values};
    s->data.curves = &s->curve, s->data.n_curve = 1;
    s->data.residuals = (report_residuals){0, n_row, times, s->series[0].values};
    return s;
}

static inline void sample_free(sample *s)
{
    free(s->memory);
    free(s);
}

#endif
