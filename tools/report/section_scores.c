/* SPDX-License-Identifier: MIT */
#include "report/sections.h"

#include <math.h>

/* The least of the finite scores; NaN if there is none. */
static double best_of(const double *scores, int64_t n_method, int64_t n_metric)
{
    double best = NAN;
    for (int64_t m = 0; m < n_method; m++)
        best = fmin(best, isfinite(scores[m * n_metric]) ? scores[m * n_metric] : NAN);
    return best;
}

/* "12 % better than ridge 59". */
static void add_comparison(report_text *text, double own, double other, const char *name)
{
    const double percent = 100 * fabs(1 - own / other);
    const bool is_worse = own > other, is_strong = is_worse && other > 0;
    if (own == other)
        report_add(text, "as good as ");
    else if (is_strong || own < other) {
        report_add_fixed(text, percent, percent < 9.95 ? 1 : 0);
        report_add(text, " % ");
    }
    if (own != other)
        report_add(text, is_strong  ? "<strong>worse than "
                         : is_worse ? "worse than "
                                    : "better than ");
    report_add_escaped(text, name);
    report_add(text, is_strong ? "</strong>" : "");
}

/* Number of the best method but the first; 0 if none has a score. */
static int64_t best_other(const report_data *data, const double *scores)
{
    int64_t best = 0;
    for (int64_t m = 1; m < data->n_method; m++) {
        const double score = scores[m * data->n_metric];
        if (isfinite(score) && (best == 0 || score < scores[best * data->n_metric]))
            best = m;
    }
    return best;
}

/* The forecaster beside the best of the others, and seasonal naive. */
static void add_words(report_text *text, const report_data *data, const double *scores)
{
    const int64_t best = best_other(data, scores), naive = data->seasonal_naive - 1;
    if (best == 0 || !isfinite(scores[0]))
        return;
    add_comparison(text, scores[0], scores[best * data->n_metric],
                   best == naive ? "seasonal naive" : data->methods[best]);
    if (data->n_method > 2)
        report_add(text, ", the best of the others");
    if (naive <= 0 || naive >= data->n_method || naive == best)
        return;
    const double score = scores[naive * data->n_metric];
    if (!isfinite(score))
        return;
    report_add(text, ", and ");
    add_comparison(text, scores[0], score, "seasonal naive");
}

/* That of all together, or of the only column. */
static void add_summary(report_text *text, const report_data *data)
{
    const bool is_single = data->n_series * data->n_column == 1;
    const double *scores = is_single ? data->scores : data->totals;
    if (scores == NULL || best_other(data, scores) == 0 || !isfinite(scores[0]))
        return;
    report_add(text, is_single ? " By " : " Over all columns, by ");
    report_add_escaped(text, data->metrics[0]);
    report_add(text, ", the forecaster is ");
    add_words(text, data, scores);
    report_add(text, ".");
}

/* Whether the next metric has a score, if there is one. */
static bool is_scored(const report_data *data, const double *scores)
{
    return data->n_metric > 1 && !isnan(best_of(scores, data->n_method, data->n_metric));
}

/* The beginning of a row, to the name of the metric. */
static void begin_row(report_text *text, const report_data *data, const char *series,
                      const char *column)
{
    report_add(text, "<tr>");
    if (data->n_series > 1) {
        report_add(text, "<th scope=\"row\">");
        report_add_escaped(text, series);
        report_add(text, "</th>");
    }
    report_add(text, "<th scope=\"row\">");
    report_add_escaped(text, column);
    report_add(text, "</th><td>");
}

/* The share of values within the intervals, which only the first method has. */
static void add_coverage(report_text *text, const report_data *data, const char *series,
                         const char *column, double share)
{
    const double off = 100 * (share - data->level);
    if (isnan(share))
        return;
    begin_row(text, data, series, column);
    report_add(text, "Coverage</td><td class=\"number\">");
    report_add_fixed(text, 100 * share, 1);
    report_add(text, " %</td>");
    for (int64_t m = 1; m < data->n_method; m++)
        report_add(text, "<td></td>");
    report_add(text, "<td class=\"words\">");
    report_add_fixed(text, fabs(off), 1);
    report_add(text, off < 0 ? " points less than " : " points more than ");
    report_add_number(text, 100 * data->level, 4);
    report_add(text, " %</td></tr>\n");
}

/* One metric of one column of one series: `scores` are [n_method, n_metric] from that metric on. */
static void add_row(report_text *text, const report_data *data, const char *series,
                    const char *column, int64_t metric, const double *scores)
{
    const double best = best_of(scores, data->n_method, data->n_metric);
    begin_row(text, data, series, column);
    report_add_escaped(text, data->metrics[metric]);
    report_add(text, "</td>");
    for (int64_t m = 0; m < data->n_method; m++) {
        const double score = scores[m * data->n_metric];
        const bool is_best = score == best;
        report_add(text, is_best ? "<td class=\"number\"><b>" : "<td class=\"number\">");
        report_add_number(text, score, 4);
        report_add(text, is_best ? "</b></td>" : "</td>");
    }
    report_add(text, "<td class=\"words\">");
    if (metric == 0 && isnan(best) && is_scored(data, scores + 1))
        report_add(text, "undefined: the change over a season is 0");
    else if (metric == 0)
        add_words(text, data, scores);
    report_add(text, "</td></tr>\n");
}

static void add_head(report_text *text, const report_data *data)
{
    report_add(text, "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
                     "aria-label=\"Metrics\"><table>\n<thead><tr>");
    if (data->n_series > 1)
        report_add(text, "<th scope=\"col\">Series</th>");
    report_add(text, "<th scope=\"col\">Column</th><th scope=\"col\">Metric</th>");
    for (int64_t m = 0; m < data->n_method; m++) {
        report_add(text, "<th scope=\"col\" class=\"number\">");
        report_add_escaped(text, data->methods[m]);
        report_add(text, "</th>");
    }
    report_add(text, "<th scope=\"col\">In words</th></tr></thead>\n<tbody>\n");
}

void report_section_scores(report_text *text, const report_data *data)
{
    if (data->n_method < 1 || data->n_metric < 1 || data->scores == NULL)
        return;
    const int64_t n = data->n_series * data->n_column, size = data->n_method * data->n_metric;
    const int64_t n_row = n < REPORT_MOST_TABLED ? n : REPORT_MOST_TABLED;
    report_add(text, "<section id=\"metrics\"><h2>Metrics</h2>\n<p>Less is better. The best of a "
                     "row is in bold.");
    if (n_row < n)
        report_addf(text, " The first %lld of %lld columns of all series are shown.",
                    (long long)n_row, (long long)n);
    if (data->coverage_series != NULL)
        report_add(text, " Coverage is the share of values within the intervals.");
    add_summary(text, data);
    report_add(text, "</p>\n");
    add_head(text, data);
    for (int64_t metric = 0; n > 1 && data->totals != NULL && metric < data->n_metric; metric++)
        if (!isnan(best_of(data->totals + metric, data->n_method, data->n_metric)))
            add_row(text, data, "all", "all", metric, data->totals + metric);
    if (n > 1 && data->coverage_series != NULL)
        add_coverage(text, data, "all", "all", data->coverage_totals[data->n_column]);
    for (int64_t i = 0; i < n_row && !text->failed; i++) {
        const char *series = data->series[i / data->n_column].name;
        const char *column = data->columns[i % data->n_column];
        for (int64_t metric = 0; metric < data->n_metric; metric++)
            add_row(text, data, series, column, metric, data->scores + i * size + metric);
        if (data->coverage_series != NULL)
            add_coverage(text, data, series, column, data->coverage_series[i]);
    }
    report_add(text, "</tbody></table></div></section>\n");
}
