/* SPDX-License-Identifier: MIT */
#include "report/chart.h"
#include "report/residual_stats.h"
#include "report/sections.h"
#include "table/memory.h"

#include <math.h>

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const hours[] = {"0",  "1",  "2",  "3",  "4",  "5",  "6",  "7",
                                    "8",  "9",  "10", "11", "12", "13", "14", "15",
                                    "16", "17", "18", "19", "20", "21", "22", "23"};

static void add_histogram(report_text *text, const double *values, int64_t n, const char *column)
{
    double middle[REPORT_BINS], count[REPORT_BINS];
    if (report_histogram(values, n, middle, count) == 0)
        return;
    const report_mark marks[] = {
        {.kind = REPORT_BARS,
         .name = "forecasts",
         .colour = 1,
         .n = REPORT_BINS,
         .x = middle,
         .y = count},
        {.kind = REPORT_RULE, .is_dashed = true, .n = 1, .x = &(double){0}}};
    report_chart_add(text, &(report_chart){.title = "Histogram",
                                           .x_name = column,
                                           .y_name = "number of forecasts",
                                           .is_small = true,
                                           .n_mark = 2,
                                           .marks = marks});
}

/* Of values without correlation, 95 of 100 autocorrelations lie within 1.96 / sqrt(n). */
static void add_autocorrelation(report_text *text, const double *values, int64_t n)
{
    double lag[REPORT_MOST_LAGS], r[REPORT_MOST_LAGS];
    int64_t n_lag = n / 4 < REPORT_MOST_LAGS ? n / 4 : REPORT_MOST_LAGS, counted = 0;
    for (int64_t i = 0; i < n; i++)
        counted += isfinite(values[i]) != 0;
    if (n_lag < 1 || counted < 2)
        return;
    for (int64_t k = 0; k < n_lag; k++)
        lag[k] = (double)(k + 1);
    report_autocorrelation(values, n, n_lag, r);
    const double bound = 1.96 / sqrt((double)counted), below = -bound;
    const report_mark marks[] = {
        {.kind = REPORT_BARS, .name = "autocorrelation", .colour = 1, .n = n_lag, .x = lag, .y = r},
        {.kind = REPORT_RULE,
         .name = "95 % of values without correlation",
         .colour = 2,
         .is_dashed = true,
         .n = 1,
         .y = &bound},
        {.kind = REPORT_RULE, .colour = 2, .is_dashed = true, .n = 1, .y = &below},
    };
    report_chart_add(text, &(report_chart){.title = "Autocorrelation",
                                           .x_name = "lag in rows",
                                           .y_name = "autocorrelation",
                                           .is_small = true,
                                           .n_mark = 3,
                                           .marks = marks});
}

static void add_by(report_text *text, const char *title, const char *x_name, const double *values,
                   const int *group, int64_t n, int n_group, const char *const *names)
{
    double means[24], x[24];
    for (int g = 0; g < n_group; g++)
        x[g] = g;
    if (report_means_by(values, group, n, n_group, means) < 2)
        return;
    const report_mark mark = {.kind = REPORT_BARS,
                              .name = "mean absolute error",
                              .colour = 1,
                              .n = n_group,
                              .x = x,
                              .y = means};
    report_chart_add(text, &(report_chart){.title = title,
                                           .x_name = x_name,
                                           .y_name = "mean absolute error",
                                           .is_small = true,
                                           .x_texts = names,
                                           .n_mark = 1,
                                           .marks = &mark});
}

/* Whether the step is shorter than a week: a longer one has no days of the week. */
static bool has_days(const report_residuals *residuals)
{
    double shortest = INFINITY;
    for (int64_t i = 1; i < residuals->n; i++)
        shortest = fmin(shortest, residuals->times[i] - residuals->times[i - 1]);
    return shortest < 7 * 86400.0;
}

static void add_by_time(report_text *text, const report_residuals *residuals, const double *values)
{
    int *group = table_allocate(residuals->n, sizeof *group);
    if (group == NULL) {
        text->failed = true;
        return;
    }
    for (int64_t i = 0; i < residuals->n; i++)
        group[i] = report_hour(residuals->times[i]);
    add_by(text, "By hour of the day", "hour", values, group, residuals->n, 24, hours);
    for (int64_t i = 0; i < residuals->n; i++)
        group[i] = report_weekday(residuals->times[i]);
    if (has_days(residuals))
        add_by(text, "By day of the week", NULL, values, group, residuals->n, 7, weekdays);
    table_release(group);
}

void report_section_residuals(report_text *text, const report_data *data)
{
    const report_residuals *residuals = &data->residuals;
    if (residuals->n < 1)
        return;
    report_addf(text,
                "<section id=\"residuals\"><h2>Residuals</h2>\n<p>Truth less forecast, one row "
                "ahead, of %lld rows that the fit has not read",
                (long long)residuals->n);
    if (data->n_series > 1) {
        report_add(text, ", of the series ");
        report_add_escaped(text, data->series[residuals->series].name);
    }
    report_add(text, ".</p>\n");
    const int64_t K = data->n_column < REPORT_MOST_DRAWN ? data->n_column : REPORT_MOST_DRAWN;
    for (int64_t column = 0; column < K && !text->failed; column++) {
        const double *values = residuals->values + column * residuals->n;
        report_add(text, "<h3>");
        report_add_escaped(text, data->columns[column]);
        report_add(text, "</h3>\n<div class=\"two\">\n");
        add_histogram(text, values, residuals->n, data->columns[column]);
        add_autocorrelation(text, values, residuals->n);
        if (data->has_times)
            add_by_time(text, residuals, values);
        report_add(text, "</div>\n");
    }
    report_add(text, "</section>\n");
}
