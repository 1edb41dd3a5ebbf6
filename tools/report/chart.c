/* SPDX-License-Identifier: MIT */
#include "report/chart.h"

#include "report/marks.h"
#include "report/scale.h"
#include "report/ticks.h"

#include <math.h>

static void add_percent(report_text *text, double share)
{
    report_add_fixed(text, 100 * share, 2);
    report_add(text, "%");
}

static void add_y_ticks(report_text *text, const report_chart *chart, const report_scale *scale)
{
    report_ticks ticks;
    report_ticks_of(scale->y_low, scale->y_high, chart->is_small ? 5 : 6, &ticks);
    report_add(text, "<g class=\"y\">");
    for (int i = 0; i < ticks.n; i++) {
        double at = report_scale_y(scale, ticks.at[i]);
        report_add(text, "<line x1=\"0\" x2=\"100%\" y1=\"");
        add_percent(text, at);
        report_add(text, "\" y2=\"");
        add_percent(text, at);
        report_add(text, "\"/><text x=\"-6\" dy=\"0.32em\" y=\"");
        add_percent(text, at);
        report_addf(text, "\">%s</text>\n", ticks.text[i]);
    }
    report_add(text, "</g>");
}

/* Ticks with odd numbers have no text on a narrow page. */
static void add_x_tick(report_text *text, double at, const char *name, int number)
{
    report_addf(text, "<g class=\"%s\"><line y1=\"100%%\" y2=\"102%%\" class=\"tick\" x1=\"",
                number % 2 != 0 ? "odd" : "even");
    add_percent(text, at);
    report_add(text, "\" x2=\"");
    add_percent(text, at);
    report_add(text, "\"/><text y=\"100%\" dy=\"1.5em\" x=\"");
    add_percent(text, at);
    report_add(text, "\">");
    report_add_escaped(text, name);
    report_add(text, "</text></g>\n");
}

static void add_x_ticks(report_text *text, const report_chart *chart, const report_scale *scale)
{
    report_ticks ticks = {.n = 0};
    report_add(text, "<g class=\"x\">");
    if (chart->x_texts != NULL) {
        const report_mark *bars = &chart->marks[0];
        const int64_t every = (bars->n + 7) / 8;
        for (int64_t i = 0; i < bars->n; i += every)
            add_x_tick(text, report_scale_x(scale, bars->x[i]), chart->x_texts[i],
                       (int)(i / every));
    } else {
        (chart->is_time ? report_time_ticks : report_ticks_of)(scale->x_low, scale->x_high, 6,
                                                               &ticks);
        for (int i = 0; i < ticks.n; i++)
            add_x_tick(text, report_scale_x(scale, ticks.at[i]), ticks.text[i], i);
    }
    report_add(text, "</g>");
}

/* How far a line goes that the top of the picture cuts. */
static void add_cut(report_text *text, const report_mark *mark, const report_scale *scale)
{
    const double peak = mark->kind == REPORT_LINE ? report_peak(mark->n, mark->y) : NAN;
    if (!(peak > scale->y_high))
        return;
    report_add(text, " (cut; it goes up to ");
    report_add_number(text, peak, 3);
    report_add(text, ")");
}

static void add_legend(report_text *text, const report_chart *chart, const report_scale *scale)
{
    static const char *const kinds[] = {"line", "band", "bars", "line"};
    int64_t n = 0;
    for (int64_t i = 0; i < chart->n_mark; i++)
        n += chart->marks[i].name != NULL;
    if (n < 2)
        return;
    report_add(text, "<ul class=\"legend\">");
    for (int64_t i = 0; i < chart->n_mark; i++) {
        const report_mark *mark = &chart->marks[i];
        if (mark->name == NULL)
            continue;
        report_addf(text,
                    "<li><svg width=\"26\" height=\"12\" aria-hidden=\"true\">"
                    "<path class=\"%s c%d%s\" d=\"%s\"/></svg>",
                    kinds[mark->kind], mark->colour, mark->is_dashed ? " dashed" : "",
                    mark->kind == REPORT_BAND || mark->kind == REPORT_BARS ? "M1 1H25V11H1Z"
                                                                           : "M1 6H25");
        report_add_escaped(text, mark->name);
        add_cut(text, mark, scale);
        report_add(text, "</li>");
    }
    report_add(text, "</ul>\n");
}

static void add_picture(report_text *text, const report_chart *chart, const report_scale *scale)
{
    report_addf(text,
                "<div class=\"frame%s\"><svg xmlns=\"http://www.w3.org/2000/svg\" "
                "class=\"axes\" role=\"img\" aria-label=\"",
                chart->is_small ? " small" : "");
    report_add_escaped(text, chart->title);
    report_add(text, "\">\n");
    add_y_ticks(text, chart, scale);
    add_x_ticks(text, chart, scale);
    report_add(text, "<svg class=\"plot\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" "
                     "width=\"100%\" height=\"100%\"><g class=\"marks\">\n");
    for (int64_t i = 0; i < chart->n_mark; i++)
        if (!chart->marks[i].is_hidden)
            report_mark_add(text, &chart->marks[i], scale);
    report_add(text, "</g></svg></svg></div>\n");
}

static void add_name(report_text *text, const char *class, const char *name)
{
    if (name == NULL)
        return;
    report_addf(text, "<div class=\"%s\">", class);
    report_add_escaped(text, name);
    report_add(text, "</div>\n");
}

void report_chart_add(report_text *text, const report_chart *chart)
{
    report_scale scale;
    if (!report_scale_of(chart, &scale))
        return;
    report_add(text, "<figure class=\"chart\"><figcaption>");
    report_add_escaped(text, chart->title);
    report_add(text, "</figcaption>\n");
    if (chart->control != NULL)
        report_add(text, chart->control);
    add_legend(text, chart, &scale);
    add_name(text, "y-name", chart->y_name);
    add_picture(text, chart, &scale);
    add_name(text, "x-name", chart->x_name);
    report_add(text, "<script type=\"application/json\" class=\"numbers\">");
    report_numbers_add(text, chart, &scale);
    report_add(text, "</script>\n");
    if (chart->script_data != NULL) {
        report_add(text, "<script type=\"application/json\" class=\"origins\">");
        report_add(text, chart->script_data);
        report_add(text, "</script>\n");
    }
    report_add(text, "</figure>\n");
}
