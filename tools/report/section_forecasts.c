/* SPDX-License-Identifier: MIT */
#include "report/chart.h"
#include "report/sections.h"
#include "report/ticks.h"
#include "table/memory.h"

#include <stdio.h>

enum {
    MOST_NUMBERS = 40000, /* of forecasts from all origins in all pictures */
    LEAST_BEFORE = 30     /* rows before the first origin                  */
};

/* The forecasts of one series: every `every`-th, so that the last one is among them. */
typedef struct origins {
    const report_forecast *all;
    int64_t n, every;
} origins;

static const report_forecast *origin_at(const origins *o, int64_t number)
{
    return &o->all[(o->n - 1) % o->every + number * o->every];
}

static int64_t n_origin(const origins *o)
{
    return o->n == 0 ? 0 : (o->n - 1) / o->every + 1;
}

static origins origins_of(const report_data *data, int64_t series, int64_t n_drawn)
{
    origins o = {NULL, 0, 1};
    for (int64_t i = 0; i < data->n_forecast; i++)
        if (data->forecasts[i].series == series) {
            o.all = o.n == 0 ? &data->forecasts[i] : o.all;
            o.n++;
        }
    int64_t most = MOST_NUMBERS / (3 * n_drawn) / (data->horizon < 1 ? 1 : data->horizon);
    most = most < 1 ? 1 : most;
    o.every = o.n > most ? (o.n + most - 1) / most : 1;
    return o;
}

static void add_values(report_text *text, const char *name, const double *values, int64_t n)
{
    if (values == NULL)
        return;
    report_addf(text, ",\"%s\":[", name);
    for (int64_t h = 0; h < n; h++) {
        report_add(text, h > 0 ? "," : "");
        report_add_json_number(text, values[h], 4);
    }
    report_add(text, "]");
}

/* What the slider shows: times from the row before the first origin on, and each forecast. */
static void add_origins(report_text *text, const report_data *data, const report_series *series,
                        const origins *o, int64_t column)
{
    const int64_t H = data->horizon, n = n_origin(o), first = origin_at(o, 0)->origin - 1;
    report_add(text, "{\"times\":[");
    for (int64_t i = first; i < origin_at(o, n - 1)->origin + H; i++) {
        report_add(text, i > first ? "," : "");
        report_add_json_number(text, series->times[i], 12);
    }
    report_add(text, "],\"origins\":[");
    for (int64_t i = 0; i < n; i++) {
        const report_forecast *f = origin_at(o, i);
        report_addf(text, "%s{\"at\":%lld", i > 0 ? "," : "", (long long)(f->origin - first));
        add_values(text, "mean", f->mean + column * H, H);
        if (f->lower != NULL && f->upper != NULL) {
            add_values(text, "lower", f->lower + column * H, H);
            add_values(text, "upper", f->upper + column * H, H);
        }
        report_add(text, "}");
    }
    report_add(text, "]}");
}

static void add_slider(report_text *text, int64_t n)
{
    report_addf(text,
                "<label class=\"slider\" hidden=\"hidden\">Forecast from <input type=\"range\" "
                "min=\"0\" max=\"%lld\" value=\"%lld\"/> <output></output></label>\n",
                (long long)n - 1, (long long)n - 1);
}

/* The name, and whether it is drawn, of a mark of one of the forecasts: only the last one is drawn
   without a script, but the axes have the range of all. */
static report_mark forecast_mark(const report_data *data, const report_series *series,
                                 const report_forecast *f, const report_forecast *last)
{
    return (report_mark){.colour = 1,
                         .n = data->horizon,
                         .x = series->times + f->origin,
                         .is_hidden = f != last,
                         .name = f != last ? NULL : "forecast"};
}

static int64_t add_forecast_marks(report_mark *marks, const report_data *data, const origins *o,
                                  const report_series *series, int64_t column, const char *level)
{
    const int64_t H = data->horizon, n = n_origin(o);
    const report_forecast *last = origin_at(o, n - 1);
    int64_t n_mark = 0;
    for (int64_t i = 0; i < n; i++) {
        const report_forecast *f = origin_at(o, i);
        if (f->lower == NULL || f->upper == NULL)
            continue;
        report_mark *mark = &marks[n_mark++];
        *mark = forecast_mark(data, series, f, last);
        mark->kind = REPORT_BAND;
        mark->id = "band";
        mark->name = f == last ? level : NULL;
        mark->y = f->upper + column * H;
        mark->low = f->lower + column * H;
    }
    for (int64_t i = 0; i < n; i++) {
        const report_forecast *f = origin_at(o, i);
        report_mark *mark = &marks[n_mark++];
        *mark = forecast_mark(data, series, f, last);
        mark->id = "forecast";
        mark->is_dashed = true;
        mark->y = f->mean + column * H;
    }
    return n_mark;
}

/* The rows before the first origin, and up to the last row. */
static report_mark history_mark(const report_data *data, const report_series *series,
                                const origins *o, int64_t column)
{
    const int64_t first = origin_at(o, 0)->origin;
    const int64_t before = 2 * data->horizon > LEAST_BEFORE ? 2 * data->horizon : LEAST_BEFORE;
    const int64_t from = first > before ? first - before : 0;
    return (report_mark){.name = data->columns[column],
                         .n = series->n_row - from,
                         .x = series->times + from,
                         .y = series->values + column * series->n_row + from};
}

static void print_title(char *title, size_t size, const report_data *data, double last)
{
    char when[REPORT_TICK_TEXT];
    if (data->has_times)
        report_time_text(last, when);
    else
        snprintf(when, sizeof when, "row %.0f", last);
    snprintf(title, size, "Next %lld rows after %s", (long long)data->horizon, when);
}

static void add_forecast_chart(report_text *text, const report_data *data, int64_t s,
                               const origins *o, int64_t column)
{
    const report_series *series = &data->series[s];
    const int64_t n = n_origin(o);
    report_mark *marks = table_allocate(2 * n + 2, sizeof *marks);
    report_text json = {0}, slider = {0};
    if (marks == NULL) {
        text->failed = true;
        return;
    }
    char title[200], level[40];
    const double last = series->times[origin_at(o, n - 1)->origin - 1];
    print_title(title, sizeof title, data, last);
    snprintf(level, sizeof level, "%lld %% interval", (long long)(100 * data->level + 0.5));
    int64_t n_mark = add_forecast_marks(marks, data, o, series, column, level);
    marks[n_mark++] = history_mark(data, series, o, column);
    marks[n_mark++] = (report_mark){.kind = REPORT_RULE,
                                    .name = "last known row",
                                    .id = "origin",
                                    .is_dashed = true,
                                    .n = 1,
                                    .x = &last};
    if (n > 1) {
        add_origins(&json, data, series, o, column);
        add_slider(&slider, n);
    }
    text->failed = text->failed || json.failed || slider.failed;
    report_chart_add(text, &(report_chart){.title = title,
                                           .is_time = data->has_times,
                                           .y_name = data->columns[column],
                                           .n_mark = n_mark,
                                           .marks = marks,
                                           .script_data = json.bytes,
                                           .control = slider.bytes});
    report_text_free(&json);
    report_text_free(&slider);
    table_release(marks);
}

static void add_all_rows(report_text *text, const report_data *data, const report_series *series,
                         int64_t column)
{
    const report_mark mark = {.name = data->columns[column],
                              .n = series->n_row,
                              .x = series->times,
                              .y = series->values + column * series->n_row};
    report_chart_add(text, &(report_chart){.title = "All rows",
                                           .is_time = data->has_times,
                                           .y_name = data->columns[column],
                                           .is_small = true,
                                           .n_mark = 1,
                                           .marks = &mark});
}

static void add_heading(report_text *text, const report_data *data, int64_t series, int64_t column)
{
    report_add(text, "<h3>");
    if (data->n_series > 1) {
        report_add_escaped(text, data->series[series].name);
        report_add(text, ": ");
    }
    report_add_escaped(text, data->columns[column]);
    report_add(text, "</h3>\n");
}

void report_section_forecasts(report_text *text, const report_data *data)
{
    const int64_t n = data->n_series * data->n_column;
    const int64_t n_drawn = n < REPORT_MOST_DRAWN ? n : REPORT_MOST_DRAWN;
    report_add(text, "<section id=\"forecasts\"><h2>Forecasts</h2>\n");
    if (n_drawn < n)
        report_addf(text, "<p>The first %lld of %lld columns of all series are drawn.</p>\n",
                    (long long)n_drawn, (long long)n);
    for (int64_t i = 0; i < n_drawn && !text->failed; i++) {
        const int64_t series = i / data->n_column, column = i % data->n_column;
        const origins o = origins_of(data, series, n_drawn);
        add_heading(text, data, series, column);
        if (n_origin(&o) > 0 && data->horizon > 0)
            add_forecast_chart(text, data, series, &o, column);
        add_all_rows(text, data, &data->series[series], column);
    }
    report_add(text, "</section>\n");
}
