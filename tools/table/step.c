/* SPDX-License-Identifier: MIT */
#include "table/step.h"

#include "table/date.h"
#include "table/memory.h"
#include "table/notes.h"

#include <lstmts/times.h>
#include <stdio.h>

enum { N_SLOT = 32, LEAST_MONTH = 28 * TABLE_DAY };

/* The differences of neighbouring times. Frequent ones have slots (Misra and Gries, 1982): a
   difference that is more than 1 / (N_SLOT + 1) of all keeps one. */
typedef struct differences {
    int64_t n, least, divisor;
    struct {
        int64_t value, count;
    } slots[N_SLOT];
} differences;

static int64_t greatest_common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void count(differences *d, int64_t value)
{
    int64_t free_slot = -1;
    d->n++;
    d->least = d->n == 1 || value < d->least ? value : d->least;
    if (d->divisor == 0 || value % d->divisor != 0)
        d->divisor = greatest_common_divisor(value, d->divisor);
    for (int64_t i = 0; i < N_SLOT; i++) {
        if (d->slots[i].count > 0 && d->slots[i].value == value) {
            d->slots[i].count++;
            return;
        }
        if (d->slots[i].count == 0 && free_slot < 0)
            free_slot = i;
    }
    if (free_slot >= 0) {
        d->slots[free_slot].value = value;
        d->slots[free_slot].count = 1;
        return;
    }
    for (int64_t i = 0; i < N_SLOT; i++)
        d->slots[i].count--;
}

/* Without a frequent one, the least. */
static int64_t most_frequent(const differences *d)
{
    int64_t best = 0;
    for (int64_t i = 1; i < N_SLOT; i++)
        if (d->slots[i].count > d->slots[best].count)
            best = i;
    return d->slots[best].count > 0 ? d->slots[best].value : d->least;
}

static int64_t time_at(const table_order *order, const table_rows *rows, int64_t place)
{
    return rows->times[table_order_row(order, place)];
}

static int64_t months_of(int64_t time)
{
    table_date date = table_date_of(time);
    return 12 * date.year + date.month;
}

/* Returns the step in months, 0 if some series has none. `times`: space for the longest series. */
static int64_t months_of_all(const table_order *order, const table_rows *rows, int64_t *times)
{
    int64_t step = 0;
    for (int64_t s = 0; s < order->n_series; s++) {
        int64_t n = order->first[s + 1] - order->first[s], unit, months;
        for (int64_t i = 0; i < n; i++)
            times[i] = time_at(order, rows, order->first[s] + i);
        if (n < 2)
            continue;
        if (lstm_find_step(times, n, &unit, &months) < 0 || unit != LSTM_STEP_MONTHS)
            return 0;
        step = greatest_common_divisor(months, step);
    }
    return step;
}

/* How many differences are `value`. If `irregular` is not NULL: the first place whose difference is
   not a multiple of it; -1 = none. */
static int64_t count_exactly(const table_order *order, const table_rows *rows, int64_t value,
                             int64_t *irregular)
{
    int64_t n = 0;
    if (irregular != NULL)
        *irregular = -1;
    for (int64_t s = 0; s < order->n_series; s++)
        for (int64_t i = order->first[s] + 1; i < order->first[s + 1]; i++) {
            int64_t difference = time_at(order, rows, i) - time_at(order, rows, i - 1);
            n += difference == value;
            if (irregular != NULL && *irregular < 0 && difference % value != 0)
                *irregular = i;
        }
    return n;
}

static lstm_status find_seconds(table_step *step, const differences *d, const table_order *order,
                                const table_rows *rows, table_error *error)
{
    int64_t usual = most_frequent(d), place;
    *step = (table_step){LSTM_STEP_SECONDS, d->divisor};
    if (usual == d->divisor || count_exactly(order, rows, d->divisor, NULL) >= (d->n + 9) / 10)
        return LSTM_OK;
    table_step expected = {LSTM_STEP_SECONDS, usual};
    char words[48], date[32];
    count_exactly(order, rows, usual, &place);
    int64_t row = table_order_row(order, place), time = rows->times[row];
    error->option = "time_column";
    return table_fail_at(
        error, LSTM_E_FORMAT, table_rows_line(rows, row), rows->time_column,
        "times are irregular: the step seems to be %s, but %s is %lld seconds after the time "
        "before; without times rows are taken as they come",
        table_step_print(words, &expected), table_date_print(date, time),
        (long long)(time - time_at(order, rows, place - 1)));
}

lstm_status table_step_find(table_step *step, const table_order *order, const table_rows *rows,
                            table_error *error)
{
    differences d = {0};
    for (int64_t s = 0; s < order->n_series; s++)
        for (int64_t i = order->first[s] + 1; i < order->first[s + 1]; i++)
            count(&d, time_at(order, rows, i) - time_at(order, rows, i - 1));
    *step = (table_step){LSTM_STEP_ROWS, 0};
    if (d.n == 0)
        return LSTM_OK;
    int64_t months = 0;
    if (d.least >= LEAST_MONTH) {
        int64_t *times = table_allocate(order->n_row, sizeof *times);
        if (times == NULL)
            return table_fail_memory(error);
        months = months_of_all(order, rows, times);
        table_release(times);
    }
    if (months == 0)
        return find_seconds(step, &d, order, rows, error);
    *step = (table_step){LSTM_STEP_MONTHS, months};
    return LSTM_OK;
}

int64_t table_step_between(const table_step *step, int64_t from, int64_t to)
{
    return step->unit == LSTM_STEP_MONTHS ? (months_of(to) - months_of(from)) / step->step
                                          : (to - from) / step->step;
}

int64_t table_step_after(const table_step *step, int64_t from, int64_t steps)
{
    if (step->unit != LSTM_STEP_MONTHS)
        return from + steps * step->step;
    int64_t time = from;
    table_date_add_months(from, steps * step->step, &time);
    return time;
}

const char *table_step_print(char out[48], const table_step *step)
{
    static const struct {
        lstm_step_unit unit;
        int64_t size;
        const char *name;
    } units[] = {
        {LSTM_STEP_MONTHS, 12, "year"},        {LSTM_STEP_MONTHS, 3, "quarter"},
        {LSTM_STEP_MONTHS, 1, "month"},        {LSTM_STEP_SECONDS, INT64_C(7) * TABLE_DAY, "week"},
        {LSTM_STEP_SECONDS, TABLE_DAY, "day"}, {LSTM_STEP_SECONDS, 3600, "hour"},
        {LSTM_STEP_SECONDS, 60, "minute"},     {LSTM_STEP_SECONDS, 1, "second"},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].unit == step->unit && step->step % units[i].size == 0) {
            int64_t n = step->step / units[i].size;
            snprintf(out, 48, "%lld %s%s", (long long)n, units[i].name, n == 1 ? "" : "s");
            return out;
        }
    out[0] = '\0';
    return out;
}
