/* SPDX-License-Identifier: MIT */
#include "report/marks.h"

#include "report/thin.h"
#include "table/memory.h"

#include <math.h>

/* The points that are drawn. NULL: no memory. The caller releases them. */
static int64_t *points_of(report_text *text, const report_mark *mark, int64_t *n)
{
    int64_t *points = table_allocate(REPORT_MOST_POINTS, sizeof *points);
    if (points == NULL)
        text->failed = true;
    else
        *n = report_thin(mark->y, mark->n, REPORT_MOST_POINTS, points);
    return points;
}

static void add_point(report_text *text, const report_scale *scale, double x, double y)
{
    report_add_fixed(text, REPORT_SIDE * report_scale_x(scale, x), 1);
    report_add(text, " ");
    report_add_fixed(text, REPORT_SIDE * report_scale_y(scale, y), 1);
}

/* A point between two gaps is a line of no length, which has a round end. */
static void add_line(report_text *text, const report_mark *mark, const report_scale *scale,
                     const int64_t *points, int64_t n)
{
    bool is_open = false;
    for (int64_t k = 0; k < n; k++) {
        const int64_t i = points[k];
        if (!isfinite(mark->y[i])) {
            is_open = false;
            continue;
        }
        report_add(text, is_open ? "L" : "M");
        add_point(text, scale, mark->x[i], mark->y[i]);
        if (!is_open && (k + 1 == n || !isfinite(mark->y[points[k + 1]])))
            report_add(text, "h0");
        is_open = true;
    }
}

static bool has_band(const report_mark *mark, int64_t i)
{
    return isfinite(mark->y[i]) && isfinite(mark->low[i]);
}

/* Each run of points without a gap: along the upper side, and back along the lower one. */
static void add_band(report_text *text, const report_mark *mark, const report_scale *scale,
                     const int64_t *points, int64_t n)
{
    for (int64_t k = 0, end; k < n; k = end + 1) {
        for (end = k; end < n && has_band(mark, points[end]);)
            end++;
        for (int64_t j = k; j < end; j++) {
            report_add(text, j == k ? "M" : "L");
            add_point(text, scale, mark->x[points[j]], mark->y[points[j]]);
        }
        for (int64_t j = end - 1; j >= k; j--) {
            report_add(text, "L");
            add_point(text, scale, mark->x[points[j]], mark->low[points[j]]);
        }
        if (end > k)
            report_add(text, "Z");
    }
}

static void add_bars(report_text *text, const report_mark *mark, const report_scale *scale)
{
    const double half = 0.4 * report_bar_distance(mark);
    for (int64_t i = 0; i < mark->n; i++) {
        if (!isfinite(mark->y[i]))
            continue;
        report_add(text, "M");
        add_point(text, scale, mark->x[i] - half, 0);
        report_add(text, "L");
        add_point(text, scale, mark->x[i] - half, mark->y[i]);
        report_add(text, "L");
        add_point(text, scale, mark->x[i] + half, mark->y[i]);
        report_add(text, "L");
        add_point(text, scale, mark->x[i] + half, 0);
        report_add(text, "Z");
    }
}

static void add_rule(report_text *text, const report_mark *mark, const report_scale *scale)
{
    if (mark->x != NULL) {
        report_add(text, "M");
        add_point(text, scale, mark->x[0], scale->y_high);
        report_add(text, "V1000");
    } else {
        report_add(text, "M");
        add_point(text, scale, scale->x_low, mark->y[0]);
        report_add(text, "H1000");
    }
}

static void add_shape(report_text *text, const report_mark *mark, const report_scale *scale)
{
    if (mark->kind == REPORT_BARS) {
        add_bars(text, mark, scale);
        return;
    }
    if (mark->kind == REPORT_RULE) {
        add_rule(text, mark, scale);
        return;
    }
    int64_t n = 0, *points = points_of(text, mark, &n);
    if (points == NULL)
        return;
    if (mark->kind == REPORT_LINE)
        add_line(text, mark, scale, points, n);
    else
        add_band(text, mark, scale, points, n);
    table_release(points);
}

void report_mark_add(report_text *text, const report_mark *mark, const report_scale *scale)
{
    static const char *const kinds[] = {"line", "band", "bars", "rule"};
    report_addf(text, "<path class=\"%s c%d%s %s\" d=\"", kinds[mark->kind], mark->colour,
                mark->is_dashed ? " dashed" : "", mark->id == NULL ? "" : mark->id);
    add_shape(text, mark, scale);
    report_add(text, "\"/>\n");
}

static void add_array(report_text *text, const char *name, const double *values,
                      const int64_t *points, int64_t n, int digits)
{
    report_addf(text, ",\"%s\":[", name);
    for (int64_t k = 0; k < n; k++) {
        if (k > 0)
            report_add(text, ",");
        report_add_json_number(text, values[points[k]], digits);
    }
    report_add(text, "]");
}

static void add_numbers(report_text *text, const report_mark *mark)
{
    int64_t n = 0, *points = points_of(text, mark, &n);
    if (points == NULL)
        return;
    report_add(text, "{\"name\":");
    report_add_json(text, mark->name);
    report_add(text, ",\"id\":");
    report_add_json(text, mark->id);
    add_array(text, "x", mark->x, points, n, 12);
    add_array(text, "y", mark->y, points, n, 4);
    if (mark->low != NULL)
        add_array(text, "low", mark->low, points, n, 4);
    report_add(text, "}");
    table_release(points);
}

static void add_texts(report_text *text, const report_chart *chart)
{
    report_add(text, ",\"texts\":[");
    for (int64_t i = 0; i < chart->marks[0].n; i++) {
        if (i > 0)
            report_add(text, ",");
        report_add_json(text, chart->x_texts[i]);
    }
    report_add(text, "]");
}

void report_numbers_add(report_text *text, const report_chart *chart, const report_scale *scale)
{
    const double range[] = {scale->x_low, scale->x_high, scale->y_low, scale->y_high};
    report_addf(text, "{\"time\":%s,\"range\":[", chart->is_time ? "true" : "false");
    for (int i = 0; i < 4; i++) {
        report_add(text, i > 0 ? "," : "");
        report_add_json_number(text, range[i], 12);
    }
    report_add(text, "]");
    if (chart->x_texts != NULL && chart->n_mark > 0)
        add_texts(text, chart);
    report_add(text, ",\"x\":");
    report_add_json(text, chart->x_name);
    report_add(text, ",\"marks\":[");
    bool is_first = true;
    for (int64_t i = 0; i < chart->n_mark; i++) {
        const report_mark *mark = &chart->marks[i];
        if (mark->name == NULL || mark->kind == REPORT_RULE)
            continue;
        report_add(text, is_first ? "" : ",");
        add_numbers(text, mark);
        is_first = false;
    }
    report_add(text, "]}");
}
