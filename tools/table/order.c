/* SPDX-License-Identifier: MIT */
#include "table/order.h"

#include "table/date.h"
#include "table/memory.h"
#include "table/notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, FOLD_PAUSE = 300 * TABLE_DAY };

/* What is known while the order is found. */
typedef struct ordering {
    table_order *order;
    table_rows *rows;
    const table_options *options;
    table_remarks *remarks;
    table_error *error;
    unsigned char *repeats;    /* [n_row] 1 = the hour after clocks were set back; NULL = no row */
    int64_t n_fold, fold_line; /* such hours                                                    */
    int64_t n_late, late_line; /* rows that are earlier than the one before                     */
    int64_t n_step_up;         /* rows that are later                                           */
    int64_t n_equal, equal_line; /* rows with the time of another                                */
} ordering;

static bool make_identity(table_order *order)
{
    if (order->rows != NULL)
        return true;
    order->rows = table_allocate(order->n_row, sizeof *order->rows);
    for (int64_t i = 0; order->rows != NULL && i < order->n_row; i++)
        order->rows[i] = i;
    return order->rows != NULL;
}

/* Series one after the other, each with its rows as they came. */
static lstm_status group(ordering *o)
{
    table_order *order = o->order;
    const table_rows *rows = o->rows;
    order->n_row = rows->n_row;
    order->n_series = rows->series == NULL ? 1 : rows->names.n;
    order->first = table_allocate(order->n_series + 1, sizeof *order->first);
    if (order->first == NULL)
        return table_fail_memory(o->error);
    order->first[order->n_series] = rows->n_row;
    if (rows->series == NULL)
        return LSTM_OK;
    bool grouped = true;
    memset(order->first, 0, (size_t)(order->n_series + 1) * sizeof *order->first);
    for (int64_t r = 0; r < rows->n_row; r++) {
        order->first[rows->series[r] + 1]++;
        grouped = grouped && (r == 0 || rows->series[r] >= rows->series[r - 1]);
    }
    for (int64_t s = 0; s < order->n_series; s++)
        order->first[s + 1] += order->first[s];
    if (grouped)
        return LSTM_OK;
    int64_t *next = table_allocate(order->n_series, sizeof *next);
    order->rows = table_allocate(order->n_row, sizeof *order->rows);
    bool has_memory = next != NULL && order->rows != NULL;
    if (has_memory) {
        memcpy(next, order->first, (size_t)order->n_series * sizeof *next);
        for (int64_t r = 0; r < rows->n_row; r++)
            order->rows[next[rows->series[r]]++] = r;
    }
    table_release(next);
    return has_memory ? LSTM_OK : table_fail_memory(o->error);
}

static int64_t time_at(const ordering *o, int64_t place)
{
    return o->rows->times[table_order_row(o->order, place)];
}

/* The number of rows from `place` on that repeat the hour before them; 0 if they do not. */
static int64_t repeated_rows(const ordering *o, int64_t place, int64_t begin, int64_t end)
{
    int64_t step = place - begin < 2 ? 0 : time_at(o, place - 1) - time_at(o, place - 2);
    if (step <= 0 || step > HOUR || HOUR % step != 0 ||
        !table_date_may_change_clocks(time_at(o, place)))
        return 0;
    int64_t n = HOUR / step;
    if (place - begin < n || end - place < n)
        return 0;
    for (int64_t i = 0; i < n; i++)
        if (time_at(o, place + i) != time_at(o, place + i - n))
            return 0;
    return n;
}

static lstm_status mark_repeats(ordering *o, int64_t place, int64_t n)
{
    if (o->repeats == NULL) {
        o->repeats = table_allocate(o->rows->n_row, 1);
        if (o->repeats == NULL)
            return table_fail_memory(o->error);
    }
    for (int64_t i = 0; i < n; i++)
        o->repeats[table_order_row(o->order, place + i)] = 1;
    if (o->n_fold++ == 0)
        o->fold_line = table_rows_line(o->rows, table_order_row(o->order, place));
    return LSTM_OK;
}

/* What is out of order in a series. *sorted: its times never fall. */
static lstm_status look_through(ordering *o, int64_t begin, int64_t end, bool *sorted)
{
    int64_t last_fold = INT64_MIN / 2;
    *sorted = true;
    for (int64_t i = begin + 1; i < end; i++) {
        int64_t time = time_at(o, i), before = time_at(o, i - 1);
        if (time > before) {
            o->n_step_up++;
            continue;
        }
        int64_t n = time - last_fold < FOLD_PAUSE ? 0 : repeated_rows(o, i, begin, end);
        *sorted = *sorted && time == before;
        if (n > 0) {
            lstm_status status = mark_repeats(o, i, n);
            if (status < 0)
                return status;
            last_fold = time;
            i += n - 1; /* within them times rise */
        } else if (time < before && o->n_late++ == 0) {
            o->late_line = table_rows_line(o->rows, table_order_row(o->order, i));
        }
    }
    return LSTM_OK;
}

typedef struct timed_row {
    int64_t time, row;
} timed_row;

/* Rows with the same time stay as they came. */
static int compare_times(const void *left, const void *right)
{
    const timed_row *a = left, *b = right;
    int by_time = (a->time > b->time) - (a->time < b->time);
    return by_time != 0 ? by_time : (a->row > b->row) - (a->row < b->row);
}

static lstm_status sort(ordering *o, int64_t begin, int64_t end)
{
    timed_row *timed = table_allocate(end - begin, sizeof *timed);
    if (timed == NULL || !make_identity(o->order)) {
        table_release(timed);
        return table_fail_memory(o->error);
    }
    for (int64_t i = begin; i < end; i++)
        timed[i - begin] = (timed_row){time_at(o, i), o->order->rows[i]};
    qsort(timed, (size_t)(end - begin), sizeof *timed, compare_times);
    for (int64_t i = begin; i < end; i++)
        o->order->rows[i] = timed[i - begin].row;
    table_release(timed);
    return LSTM_OK;
}

/* The rows at places begin .. end - 1 become the row at `begin`. */
static void merge(ordering *o, int64_t begin, int64_t end, table_policy policy)
{
    table_rows *rows = o->rows;
    double *kept = &rows->values[table_order_row(o->order, begin) * rows->n_column];
    for (int64_t c = 0; c < rows->n_column && policy == TABLE_MEAN; c++) {
        double mean = 0;
        int64_t n = 0;
        for (int64_t i = begin; i < end; i++) {
            double value = rows->values[table_order_row(o->order, i) * rows->n_column + c];
            if (!isnan(value)) /* a running mean cannot overflow */
                mean += (value - mean) / (double)++n;
        }
        kept[c] = n == 0 ? (double)NAN : mean;
    }
    if (policy == TABLE_LAST)
        memcpy(kept, &rows->values[table_order_row(o->order, end - 1) * rows->n_column],
               (size_t)rows->n_column * sizeof *kept);
}

static lstm_status refuse_equal(const ordering *o, int64_t place, bool repeats)
{
    char date[32];
    int64_t row = table_order_row(o->order, place), before = table_order_row(o->order, place - 1);
    bool is_one = o->rows->series == NULL && !repeats;
    o->error->option = is_one ? "id_column" : NULL;
    return table_fail_at(
        o->error, LSTM_E_FORMAT, table_rows_line(o->rows, row), o->rows->time_column,
        "the time %s is also that of line %lld%s%s", table_date_print(date, o->rows->times[row]),
        (long long)table_rows_line(o->rows, before), repeats ? ": clocks were set back" : "",
        is_one ? "; a table of several series needs a column of their ids" : "");
}

/* Merges the rows with the time of the one at *place, and moves *place behind them. */
static lstm_status merge_equal(ordering *o, int64_t *place, int64_t end)
{
    int64_t begin = *place, n_repeat = 0;
    do {
        ++*place;
        if (*place < end && time_at(o, *place) == time_at(o, begin) && o->repeats != NULL)
            n_repeat += o->repeats[table_order_row(o->order, *place)];
    } while (*place < end && time_at(o, *place) == time_at(o, begin));
    int64_t n = *place - begin - 1;
    if (n == 0)
        return LSTM_OK;
    bool repeats = n_repeat == n;
    table_policy policy = repeats ? o->options->clock_back : o->options->duplicates;
    if (policy == TABLE_REFUSE)
        return refuse_equal(o, begin + 1, repeats);
    merge(o, begin, *place, policy);
    if (!repeats && o->n_equal == 0)
        o->equal_line = table_rows_line(o->rows, table_order_row(o->order, begin + 1));
    o->n_equal += repeats ? 0 : n;
    return LSTM_OK;
}

/* One row per time, in all series. */
static lstm_status merge_all(ordering *o)
{
    table_order *order = o->order;
    int64_t kept = 0, begin = 0;
    for (int64_t s = 0; s < order->n_series; s++) {
        int64_t end = order->first[s + 1];
        order->first[s] = kept;
        for (int64_t i = begin; i < end;) {
            int64_t row = table_order_row(order, i), place = i;
            lstm_status status = merge_equal(o, &i, end);
            if (status < 0)
                return status;
            if (kept != place && !make_identity(order))
                return table_fail_memory(o->error);
            if (order->rows != NULL)
                order->rows[kept] = row;
            kept++;
        }
        begin = end;
    }
    order->first[order->n_series] = order->n_row = kept;
    return LSTM_OK;
}

static const char *policy_name(table_policy policy)
{
    return policy == TABLE_FIRST  ? "the first is kept"
           : policy == TABLE_LAST ? "the last is kept"
                                  : "their mean is kept";
}

static lstm_status remark_all(const ordering *o)
{
    lstm_status status = LSTM_OK;
    if (o->n_late > 0 && o->n_step_up == 0)
        status = table_remark_add(o->remarks, o->error, TABLE_ORDER, o->n_late, o->late_line,
                                  "the newest row is the first; rows are sorted by time");
    else if (o->n_late > 0)
        status = table_remark_add(o->remarks, o->error, TABLE_ORDER, o->n_late, o->late_line,
                                  "rows earlier than the row before: %lld, the first in line %lld; "
                                  "rows are sorted by time",
                                  (long long)o->n_late, (long long)o->late_line);
    if (status == LSTM_OK && o->n_equal > 0)
        status = table_remark_add(o->remarks, o->error, TABLE_DUPLICATES, o->n_equal, o->equal_line,
                                  "rows with the time of another: %lld, the first in line %lld; %s",
                                  (long long)o->n_equal, (long long)o->equal_line,
                                  policy_name(o->options->duplicates));
    if (status == LSTM_OK && o->n_fold > 0)
        status = table_remark_add(
            o->remarks, o->error, TABLE_CLOCK, o->n_fold, o->fold_line,
            "hours that are there twice, since clocks are set back: %lld, the "
            "first in line %lld; %s",
            (long long)o->n_fold, (long long)o->fold_line, policy_name(o->options->clock_back));
    return status;
}

static lstm_status order_times(ordering *o)
{
    table_order *order = o->order;
    for (int64_t s = 0; s < order->n_series; s++) {
        bool sorted;
        int64_t begin = order->first[s], end = order->first[s + 1];
        lstm_status status = look_through(o, begin, end, &sorted);
        if (status == LSTM_OK && o->n_late > 0 && o->options->disorder == TABLE_REFUSE)
            status = table_fail_at(o->error, LSTM_E_FORMAT, o->late_line, o->rows->time_column,
                                   "the row is earlier than the row before");
        if (status == LSTM_OK && !sorted)
            status = sort(o, begin, end);
        if (status < 0)
            return status;
    }
    return merge_all(o);
}

lstm_status table_order_find(table_order *order, table_rows *rows, const table_options *options,
                             table_remarks *remarks, table_error *error)
{
    ordering o = {order, rows, options, remarks, error, NULL, 0, 0, 0, 0, 0, 0, 0};
    lstm_status status = group(&o);
    if (status == LSTM_OK && rows->times != NULL)
        status = order_times(&o);
    if (status == LSTM_OK)
        status = remark_all(&o);
    table_release(o.repeats);
    return status;
}

void table_order_close(table_order *order)
{
    table_release(order->rows);
    table_release(order->first);
    *order = (table_order){0};
}
