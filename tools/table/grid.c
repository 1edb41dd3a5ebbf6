/* SPDX-License-Identifier: MIT */
#include "table/grid.h"

#include "table/date.h"
#include "table/memory.h"
#include "table/notes.h"

#include <math.h>
#include <string.h>

enum { HOUR = 3600 };

/* The steps without a row. */
typedef struct gaps {
    int64_t n_gap, n_row, first_line; /* gaps, and the rows that they lack */
    int64_t longest, longest_place;   /* place of the row after it         */
    int64_t n_forward, forward_line;  /* hours left out as clocks are set forward */
} gaps;

static int64_t time_at(const table_order *order, const table_rows *rows, int64_t place)
{
    return rows->times[table_order_row(order, place)];
}

/* Whether a gap is the hour that local times leave out in spring. */
static bool is_set_forward(int64_t before, int64_t after, const table_step *step)
{
    if (step->unit != LSTM_STEP_SECONDS || step->step > HOUR || after - before - step->step != HOUR)
        return false;
    return table_date_may_change_clocks(after);
}

/* A wrong date must not make a table of a thousand years. */
static int64_t most_missing(const table_order *order)
{
    return order->n_row * 10 + 1000;
}

static lstm_status look_for_gaps(gaps *g, const table_rows *rows, const table_order *order,
                                 const table_step *step, const table_options *options,
                                 table_error *error)
{
    for (int64_t s = 0; s < order->n_series; s++)
        for (int64_t i = order->first[s] + 1; i < order->first[s + 1]; i++) {
            int64_t before = time_at(order, rows, i - 1), after = time_at(order, rows, i);
            int64_t n = table_step_between(step, before, after) - 1;
            if (n == 0)
                continue;
            int64_t line = table_rows_line(rows, table_order_row(order, i));
            char from[32];
            if (options->gaps == TABLE_REFUSE)
                return table_fail_at(error, LSTM_E_FORMAT, line, rows->time_column,
                                     "rows missing between this row and %s: %lld",
                                     table_date_print(from, before), (long long)n);
            if (g->longest < n) {
                g->longest = n;
                g->longest_place = i;
            }
            bool forward = is_set_forward(before, after, step);
            if (forward && g->n_forward++ == 0)
                g->forward_line = line;
            if (!forward && g->n_gap++ == 0)
                g->first_line = line;
            g->n_row += n;
            if (g->n_row > most_missing(order)) /* check_size() refuses it */
                return LSTM_OK;
        }
    return LSTM_OK;
}

static lstm_status check_size(const gaps *g, const table_rows *rows, const table_order *order,
                              const table_options *options, table_error *error)
{
    if (g->n_row <= most_missing(order) &&
        g->n_row + order->n_row <= options->max_values / rows->n_column)
        return LSTM_OK;
    int64_t row = table_order_row(order, g->longest_place);
    char date[32];
    return table_fail_at(
        error, LSTM_E_LIMIT, table_rows_line(rows, row), rows->time_column,
        "%lld rows are missing before %s, in a table of %lld rows; is the time right?",
        (long long)g->longest, table_date_print(date, rows->times[row]), (long long)order->n_row);
}

static lstm_status remark_gaps(const gaps *g, const table_rows *rows, const table_order *order,
                               table_frame *frame, table_error *error)
{
    lstm_status status = LSTM_OK;
    char date[32];
    int64_t n_gap = g->n_gap + g->n_forward;
    if (g->n_gap > 0)
        status =
            table_remark_add(&frame->remarks, error, TABLE_GAPS, g->n_row, g->first_line,
                             "gaps: %lld, with %lld rows, whose values are missing; the longest, "
                             "of length %lld, ends before %s",
                             (long long)n_gap, (long long)g->n_row, (long long)g->longest,
                             table_date_print(date, time_at(order, rows, g->longest_place)));
    if (status == LSTM_OK && g->n_forward > 0)
        status =
            table_remark_add(&frame->remarks, error, TABLE_CLOCK, g->n_forward, g->forward_line,
                             "hours left out, since clocks are set forward: %lld, the first "
                             "before line %lld; their values are missing",
                             (long long)g->n_forward, (long long)g->forward_line);
    return status;
}

/* Copies the rows of a series to its steps. */
static void place_rows(table_frame *frame, const table_rows *rows, const table_order *order,
                       const table_step *step, int64_t series)
{
    int64_t C = rows->n_column, first = frame->series[series].first, at = first;
    for (int64_t i = order->first[series]; i < order->first[series + 1]; i++) {
        int64_t row = table_order_row(order, i);
        if (rows->times != NULL) {
            int64_t start = time_at(order, rows, order->first[series]);
            int64_t place = at;
            if (step->unit != LSTM_STEP_ROWS)
                place = first + table_step_between(step, start, rows->times[row]);
            for (; at < place; at++) {
                frame->times[at] = table_step_after(step, start, at - first);
                for (int64_t c = 0; c < C; c++)
                    frame->values[at * C + c] = (double)NAN;
            }
            frame->times[at] = rows->times[row];
        }
        memcpy(&frame->values[at * C], &rows->values[row * C], (size_t)C * sizeof *frame->values);
        at++;
    }
}

/* Sizes of the series, and their names. */
static lstm_status make_series(table_frame *frame, table_rows *rows, const table_order *order,
                               const table_step *step, table_error *error)
{
    frame->series = table_allocate(order->n_series, sizeof *frame->series);
    if (frame->series == NULL)
        return table_fail_memory(error);
    frame->n_series = order->n_series;
    frame->series_names = rows->names.text;
    rows->names.text = NULL;
    for (int64_t s = 0; s < order->n_series; s++) {
        int64_t n = order->first[s + 1] - order->first[s];
        if (step->unit != LSTM_STEP_ROWS && n > 0)
            n = 1 + table_step_between(step, time_at(order, rows, order->first[s]),
                                       time_at(order, rows, order->first[s + 1] - 1));
        const char *name = rows->names.n > 0 ? frame->series_names + rows->names.begins[s] : NULL;
        frame->series[s] = (table_series){name, frame->n_row, n};
        frame->n_row += n;
    }
    return LSTM_OK;
}

static lstm_status copy_rows(table_frame *frame, const table_rows *rows, const table_order *order,
                             const table_step *step, table_error *error)
{
    if (rows->times != NULL)
        frame->times = table_allocate(frame->n_row, sizeof *frame->times);
    frame->values = table_allocate(frame->n_row * rows->n_column, sizeof *frame->values);
    if ((rows->times != NULL && frame->times == NULL) || frame->values == NULL)
        return table_fail_memory(error);
    for (int64_t s = 0; s < order->n_series; s++)
        place_rows(frame, rows, order, step, s);
    return LSTM_OK;
}

static void take_rows(table_frame *frame, table_rows *rows)
{
    frame->values = rows->values;
    frame->times = rows->times;
    rows->values = NULL;
    rows->times = NULL;
}

lstm_status table_grid_fill(table_frame *frame, table_rows *rows, const table_order *order,
                            const table_step *step, const table_options *options,
                            table_error *error)
{
    gaps g = {0};
    lstm_status status = LSTM_OK;
    if (step->unit != LSTM_STEP_ROWS) {
        status = look_for_gaps(&g, rows, order, step, options, error);
        if (status == LSTM_OK)
            status = check_size(&g, rows, order, options, error);
        if (status == LSTM_OK)
            status = remark_gaps(&g, rows, order, frame, error);
    }
    if (status == LSTM_OK)
        status = make_series(frame, rows, order, step, error);
    if (status < 0)
        return status;
    frame->step_unit = step->unit;
    frame->step = step->step;
    if (order->rows != NULL || g.n_row > 0)
        return copy_rows(frame, rows, order, step, error);
    take_rows(frame, rows);
    return LSTM_OK;
}
