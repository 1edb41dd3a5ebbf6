/* SPDX-License-Identifier: MIT */
#include "report/chart.h"
#include "report/number.h"
#include "report/scale.h"
#include "report/sections.h"
#include "table/memory.h"

#include <math.h>
#include <string.h>

/* Times the errors of others that those of seasonal naive may be, and that others are left whole. */
#define MOST_OF_NAIVE 3.0
#define LEAST_CUT     1.25

static const char *column_name(const report_data *data, int64_t column)
{
    return column == data->n_column ? "all columns together" : data->columns[column];
}

/* Number of the method but the first that errs least over the steps; 0 = none has errors. */
static int64_t best_other(const report_data *data, const double *errors)
{
    int64_t best = 0;
    double least = INFINITY;
    for (int64_t m = 1; m < data->n_method; m++) {
        double sum = 0;
        bool has_errors = false;
        for (const double *e = errors + m * data->n_step; e < errors + (m + 1) * data->n_step;
             e++) {
            sum += isfinite(*e) ? *e : 0;
            has_errors |= isfinite(*e);
        }
        if (has_errors && sum < least) {
            least = sum;
            best = m;
        }
    }
    return best;
}

/*
 * Where the picture of errors [n_method, n_step] ends, so that those that matter can be told apart:
 * at those of the forecaster, of the best other method, and of seasonal naive unless it errs far
 * more. 0 = none of the others goes much beyond them.
 */
static double top_of(const report_data *data, const double *errors)
{
    const int64_t best = best_other(data, errors), naive = data->seasonal_naive - 1;
    const int64_t n = data->n_step;
    double top = fmax(report_peak(n, errors), report_peak(n, errors + best * n));
    if (naive > 0 && naive < data->n_method) {
        const double peak = report_peak(n, errors + naive * n);
        top = peak <= MOST_OF_NAIVE * top ? fmax(top, peak) : top;
    }
    return report_peak(data->n_method * n, errors) > LEAST_CUT * top ? top : 0;
}

static void add_errors(report_text *text, const report_data *data, const double *x, int64_t column)
{
    const double *errors = data->step_errors + column * data->n_method * data->n_step;
    report_mark *marks = table_allocate(data->n_method, sizeof *marks);
    report_text title = {0};
    report_add(&title, "Error by step: ");
    report_add(&title, column_name(data, column));
    if (marks == NULL || title.failed)
        text->failed = true;
    else {
        for (int64_t m = 0; m < data->n_method; m++)
            marks[m] = (report_mark){.name = data->methods[m],
                                     .colour = (int)(m % 7) + 1,
                                     .is_dashed = m > 0,
                                     .n = data->n_step,
                                     .x = x,
                                     .y = errors + m * data->n_step};
        report_chart_add(text, &(report_chart){.title = title.bytes,
                                               .x_name = "rows ahead",
                                               .y_name = data->step_metrics[column],
                                               .has_zero = true,
                                               .y_top = top_of(data, errors),
                                               .n_mark = data->n_method,
                                               .marks = marks});
    }
    report_text_free(&title);
    table_release(marks);
}

/* "words: 97.1 %"; the words alone where the share is not known. */
static void add_share(char *words, size_t size, double share)
{
    const size_t used = strlen(words);
    if (isfinite(share))
        report_number_text(words + used, size - used, ": %.*g %%", 3, 100 * share);
}

/* Whether intervals hold is said in a number, too: the chart has it by step. */
static void add_coverage(report_text *text, const report_data *data, const double *x,
                         int64_t column)
{
    report_text title = {0};
    report_add(&title, "Coverage of the intervals by step: ");
    report_add(&title, column_name(data, column));
    const double *shares = data->coverage + column * data->n_step;
    char observed[96] = "observed share within the interval, over all steps";
    char wanted[64] = "wanted share";
    add_share(observed, sizeof observed, data->coverage_totals[column]);
    add_share(wanted, sizeof wanted, data->level);
    const report_mark marks[] = {
        {.name = observed, .colour = 1, .n = data->n_step, .x = x, .y = shares},
        {.kind = REPORT_RULE,
         .name = wanted,
         .colour = 2,
         .is_dashed = true,
         .n = 1,
         .y = &data->level},
    };
    if (title.failed)
        text->failed = true;
    else
        report_chart_add(text, &(report_chart){.title = title.bytes,
                                               .x_name = "rows ahead",
                                               .y_name = "share",
                                               .is_share = true,
                                               .is_small = true,
                                               .n_mark = 2,
                                               .marks = marks});
    report_text_free(&title);
}

/* All columns together come first; a single column is all of them. */
void report_section_steps(report_text *text, const report_data *data)
{
    const bool has_errors = data->step_errors != NULL && data->n_method > 0;
    if (data->n_step < 1 || (!has_errors && data->coverage == NULL))
        return;
    double *x = table_allocate(data->n_step, sizeof *x);
    if (x == NULL) {
        text->failed = true;
        return;
    }
    for (int64_t h = 0; h < data->n_step; h++)
        x[h] = (double)(h + 1);
    report_add(text, "<section id=\"steps\"><h2>Errors and coverage by step</h2>\n");
    const int64_t K = data->n_column, n = K == 1 ? 1 : K < REPORT_MOST_DRAWN ? K + 1 : 1;
    for (int64_t i = 0; i < n && !text->failed; i++) {
        const int64_t column = K == 1 ? 0 : i == 0 ? K : i - 1;
        if (has_errors)
            add_errors(text, data, x, column);
        if (data->coverage != NULL)
            add_coverage(text, data, x, column);
    }
    report_add(text, "</section>\n");
    table_release(x);
}
