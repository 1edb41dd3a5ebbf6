/* SPDX-License-Identifier: MIT */
#include "view/table.h"

#include "base/memory.h"
#include "base/status.h"
#include "view/view.h"

static int64_t windows_of(const lstm_view *view, int64_t series)
{
    return view->first[series + 1] - view->first[series];
}

/* Rows of a series that its windows read: those of its part, and known ones after it. */
static int64_t rows_of(const lstm_view *view, int64_t series, int64_t T)
{
    int64_t n = windows_of(view, series), w = view->options.segment_len;
    if (n == 0)
        return 0;
    int64_t last = view->origin[series] + n / view->n_channel - 1;
    int64_t end = last + (T - view->options.context_len) * w + w;
    return end > view->end[series] ? end : view->end[series];
}

static void set_sizes(lts_view_table *table, const lstm_view *view)
{
    const lstm_view_options *o = &view->options;
    *table = (lts_view_table){
        .n_series = view->dataset->names.n,
        .n_window = view->n_window,
        .n_column = view->targets.n + view->past.n + view->known.n,
        .n_channel = view->n_channel,
        .n_base = view->n_base,
        .n_target = view->targets.n,
        .n_fed = view->independent ? 1 : view->fed.n,
        .n_past = view->past.n,
        .n_known = view->known.n,
        .n_static = view->dataset->statics.n,
        .D = view->columns.D,
        .K = view->columns.K,
        .segment_len = o->segment_len,
        .context_len = o->context_len,
        .difference = o->difference,
        .base = o->base,
        .base_len = o->base_len,
        .spread_floor = o->spread_floor,
        .independent = view->independent,
        .missing_input = o->missing_input != 0,
        .column_input = o->column_input != 0,
        .skip_context = o->skip_context != 0,
    };
}

static lstm_status allocate(lts_view_table *table, const lstm_view *view, int64_t T)
{
    int64_t n = table->n_series, size;
    bool filled = false;
    table->first = lts_alloc(n + 1, sizeof *table->first);
    table->origin = lts_alloc(n, sizeof *table->origin);
    table->end = lts_alloc(n, sizeof *table->end);
    table->row = lts_alloc(n, sizeof *table->row);
    table->fed = lts_alloc(table->n_fed, sizeof *table->fed);
    table->statics = lts_alloc(n * table->n_static, sizeof *table->statics);
    if (table->first == NULL || table->origin == NULL || table->end == NULL || table->row == NULL ||
        table->fed == NULL || table->statics == NULL)
        return LSTM_E_NOMEM;
    for (int64_t s = 0; s < n; s++) {
        table->row[s] = table->n_row;
        table->n_row += rows_of(view, s, T);
        filled = filled || view->dataset->series[s].filled != NULL;
    }
    if (!lts_multiply(table->n_row, table->n_column, &size))
        size = INT64_MAX;
    table->values = lts_alloc(size, sizeof *table->values);
    if (filled)
        table->gaps = lts_alloc(size, sizeof *table->gaps);
    return table->values == NULL || (filled && table->gaps == NULL) ? LSTM_E_NOMEM : LSTM_OK;
}

/* Column `column` of the table. */
typedef struct table_column {
    lstm_view view; /* without differences, which are taken of the table's values */
    int64_t stored; /* column of the data set                                     */
    int64_t at;     /* column of the table                                        */
    bool is_target, is_known;
} table_column;

static table_column column_of(const lstm_view *view, int64_t at)
{
    int64_t n_target = view->targets.n, n_past = view->past.n;
    table_column column = {*view, 0, at, at < n_target, at >= n_target + n_past};
    column.view.options.difference = 0;
    column.stored = column.is_target  ? view->targets.at[at]
                    : column.is_known ? view->known.at[at - n_target - n_past]
                                      : view->past.at[at - n_target];
    return column;
}

/* The value of a row in a series that ends after `known` rows, of which the row is one. */
static double value_at(const table_column *column, int64_t series, int64_t row, int64_t known)
{
    const lts_place place = {series, 0, known, known};
    return column->is_target
               ? lts_view_z(&column->view, &place, column->stored, row)
               : (double)lts_view_covariate(&column->view, &place, column->stored, row);
}

static bool is_same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Pieces are counted first, with `pieces` NULL, and then written. */
static void add_piece(lts_view_table *table, int64_t until, double value)
{
    if (table->pieces != NULL)
        table->pieces[table->n_piece] = (lts_piece){until, value};
    table->n_piece++;
}

/*
 * The pieces of a filled value. By the gap's ends there are two: the gap is open for origins up to
 * `next`, the row of the next value that was given. By the season, every origin is tried that has
 * the row in its context.
 */
static void add_pieces(lts_view_table *table, const table_column *column, int64_t series,
                       int64_t row, int64_t next)
{
    const lstm_view_options *o = &column->view.options;
    int64_t end = table->end[series], reach = o->context_len * o->segment_len + table->difference;
    int64_t last = row + reach < end ? row + reach : end;
    double whole = value_at(column, series, row, end);
    if (column->view.dataset->missing != LSTM_MISSING_SEASONAL) {
        double open = value_at(column, series, row, row + 1);
        if (!is_same(open, whole))
            add_piece(table, next, open);
        last = row;
    }
    double before = whole;
    for (int64_t known = row + 1; known <= last; known++) {
        double value = value_at(column, series, row, known);
        if (known > row + 1 && !is_same(value, before))
            add_piece(table, known - 1, before);
        before = value;
    }
    if (!is_same(before, whole))
        add_piece(table, last, before);
    add_piece(table, INT64_MAX, whole);
}

/* A column of a series that is not known beyond its part, from its last row to its first. */
static void put_column(lts_view_table *table, const table_column *column, int64_t series,
                       int64_t n_row)
{
    const lts_dataset_series *m = &column->view.dataset->series[series];
    int64_t C = column->view.dataset->n_column, end = table->end[series], next = end;
    for (int64_t row = n_row - 1; row >= 0; row--) {
        int64_t at = (table->row[series] + row) * table->n_column + column->at;
        bool filled = row < end && lts_is_filled(m, row * C + column->stored);
        if (table->gaps != NULL)
            table->gaps[at] = filled ? table->n_piece : -1;
        if (filled)
            add_pieces(table, column, series, row, next);
        else
            next = row;
        table->values[at] = row < end           ? value_at(column, series, row, end)
                            : column->is_target ? (double)NAN
                                                : 0;
    }
}

static void put_known(lts_view_table *table, const table_column *column, int64_t series,
                      int64_t n_row)
{
    for (int64_t row = 0; row < n_row; row++) {
        int64_t at = (table->row[series] + row) * table->n_column + column->at;
        if (table->gaps != NULL)
            table->gaps[at] = -1;
        table->values[at] = value_at(column, series, row, INT64_MAX);
    }
}

static void put_rows(lts_view_table *table, const lstm_view *view, int64_t T)
{
    table->n_piece = 0;
    for (int64_t s = 0; s < table->n_series; s++)
        for (int64_t at = 0; at < table->n_column; at++) {
            const table_column column = column_of(view, at);
            if (column.is_known)
                put_known(table, &column, s, rows_of(view, s, T));
            else
                put_column(table, &column, s, rows_of(view, s, T));
        }
}

static void put_series(lts_view_table *table, const lstm_view *view)
{
    for (int64_t s = 0; s < table->n_series; s++) {
        const real *statics = lstm_dataset_static(view->dataset, s);
        table->first[s] = view->first[s];
        table->origin[s] = view->origin[s];
        table->end[s] = view->end[s];
        for (int64_t i = 0; i < table->n_static; i++)
            table->statics[s * table->n_static + i] =
                statics == NULL
                    ? 0
                    : (float)lts_scale_apply(&view->static_scales[i], (double)statics[i]);
    }
    table->first[table->n_series] = view->first[table->n_series];
    for (int64_t j = 0; j < table->n_fed; j++)
        for (int64_t i = 0; !view->independent && i < table->n_target; i++)
            if (view->targets.at[i] == view->fed.at[j])
                table->fed[j] = i;
}

static lstm_status make_table(lts_view_table *table, const lstm_view *view, int64_t T)
{
    LTS_TRY(allocate(table, view, T));
    put_series(table, view);
    put_rows(table, view, T);
    if (table->gaps == NULL)
        return LSTM_OK;
    table->pieces = lts_alloc(table->n_piece, sizeof *table->pieces);
    if (table->pieces == NULL)
        return LSTM_E_NOMEM;
    put_rows(table, view, T);
    return LSTM_OK;
}

lstm_status lts_view_table_init(lts_view_table *table, const lstm_view *view, int64_t T)
{
    set_sizes(table, view);
    lstm_status status = make_table(table, view, T);
    if (status < 0)
        lts_view_table_clear(table);
    return status;
}

void lts_view_table_clear(lts_view_table *table)
{
    lts_free(table->first);
    lts_free(table->origin);
    lts_free(table->end);
    lts_free(table->row);
    lts_free(table->fed);
    lts_free(table->values);
    lts_free(table->gaps);
    lts_free(table->pieces);
    lts_free(table->statics);
    memset(table, 0, sizeof *table);
}
