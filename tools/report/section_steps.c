/* SPDX-License-Identifier: MIT */
#include "report/chart.h"
#include "report/sections.h"
#include "table/memory.h"

static const char *column_name(const report_data *data, int64_t column)
{
    return column == data->n_column ? "all columns together" : data->columns[column];
}

static void add_errors(report_text *text, const report_data *data, const double *x, int64_t column)
{
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
                                     .y = data->step_errors +
                                          (column * data->n_method + m) * data->n_step};
        report_chart_add(text, &(report_chart){.title = title.bytes,
                                               .x_name = "rows ahead",
                                               .y_name = data->step_metrics[column],
                                               .has_zero = true,
                                               .n_mark = data->n_method,
                                               .marks = marks});
    }
    report_text_free(&title);
    table_release(marks);
}

static void add_coverage(report_text *text, const report_data *data, const double *x,
                         int64_t column)
{
    report_text title = {0};
    report_add(&title, "Coverage of the intervals by step: ");
    report_add(&title, column_name(data, column));
    const report_mark marks[] = {
        {.name = "observed share within the interval",
         .colour = 1,
         .n = data->n_step,
         .x = x,
         .y = data->coverage + column * data->n_step},
        {.kind = REPORT_RULE,
         .name = "wanted share",
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
