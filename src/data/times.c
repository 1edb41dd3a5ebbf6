/* SPDX-License-Identifier: MIT */
#include <lstmts/times.h>

#include "base/check.h"
#include "base/float_env.h"
#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/civil.h"
#include "data/dataset.h"

#include <stdio.h>

enum { LEAST_MONTH = 28 * LTS_DAY_SECONDS };

/* Rows of a series with their times. */
typedef struct timed_rows {
    const char *name;     /* of the series, for messages    */
    const int64_t *times; /* [n_row]                        */
    const real *narrow;   /* [n_row, C], or NULL            */
    const double *wide;   /* [n_row, C] instead             */
    int64_t n_row;
} timed_rows;

/* The days that a grid of months may have: each time is on that day of its month, or on the last
   one of a shorter month. */
typedef struct month_days {
    int64_t least, most, second; /* second of the day */
} month_days;

static const char *print_time(char out[32], int64_t time)
{
    lts_civil c = lts_civil_of(time);
    snprintf(out, 32, "%04d-%02d-%02d %02d:%02d:%02d", (int)c.year, (int)c.month, (int)c.day,
             (int)(c.second / 3600), (int)(c.second / 60 % 60), (int)(c.second % 60));
    return out;
}

/* `of` is the begin of a message: which series. */
static lstm_status check_order(const char *of, const int64_t *times, int64_t n_row)
{
    char time[32], before[32];
    for (int64_t row = 0; row < n_row; row++) {
        if (times[row] < LTS_FIRST_TIME || times[row] > LTS_LAST_TIME)
            return lts_fail(LSTM_E_LIMIT,
                            "%srow %lld has time %lld, outside of the years 1 to 9999", of,
                            (long long)row, (long long)times[row]);
        if (row > 0 && times[row] <= times[row - 1])
            return lts_fail(LSTM_E_ARGUMENT, "%srow %lld has time %s, row %lld before it %s: %s",
                            of, (long long)row, print_time(time, times[row]), (long long)(row - 1),
                            print_time(before, times[row - 1]),
                            times[row] == times[row - 1] ? "a duplicate" : "not in order");
    }
    return LSTM_OK;
}

static month_days all_days(int64_t time)
{
    return (month_days){1, 31, lts_civil_of(time).second};
}

/* Leaves the days on which the time can be. Returns false if there is none. */
static bool narrow_days(month_days *days, int64_t time)
{
    lts_civil c = lts_civil_of(time);
    int64_t most = c.day == lts_days_in_month(c.year, c.month) ? 31 : c.day;
    days->least = days->least > c.day ? days->least : c.day;
    days->most = days->most < most ? days->most : most;
    return c.second == days->second && days->least <= days->most;
}

static int64_t month_of(int64_t time)
{
    lts_civil c = lts_civil_of(time);
    return 12 * c.year + c.month;
}

/* Returns 0 if the times are not those of months. */
static int64_t step_in_months(const int64_t *times, int64_t n_row)
{
    month_days days = all_days(times[0]);
    int64_t step = 0;
    narrow_days(&days, times[0]);
    for (int64_t row = 1; row < n_row; row++) {
        if (times[row] - times[row - 1] < LEAST_MONTH || !narrow_days(&days, times[row]))
            return 0;
        step = lts_common_divisor(month_of(times[row]) - month_of(times[row - 1]), step);
    }
    return step;
}

lstm_status lstm_find_step(const int64_t *times, int64_t n_row, int64_t *step_unit, int64_t *step)
{
    LTS_NOT_NULL(times);
    LTS_NOT_NULL(step_unit);
    LTS_NOT_NULL(step);
    LTS_TRY(lts_check_at_least("n_row", n_row, 2));
    LTS_TRY(check_order("", times, n_row));
    int64_t found = step_in_months(times, n_row);
    *step_unit = found > 0 ? LSTM_STEP_MONTHS : LSTM_STEP_SECONDS;
    for (int64_t row = 1; row < n_row && *step_unit == LSTM_STEP_SECONDS; row++)
        found = lts_common_divisor(times[row] - times[row - 1], found);
    *step = found;
    return LSTM_OK;
}

/* The row of the series that a row becomes, or -1 if its time is off the grid. */
static int64_t place_of(const lstm_dataset *d, const timed_rows *in, int64_t row)
{
    int64_t from = in->times[0], to = in->times[row];
    bool is_month = d->step_unit == LSTM_STEP_MONTHS;
    int64_t distance = is_month ? month_of(to) - month_of(from) : to - from;
    return distance % d->step == 0 ? distance / d->step : -1;
}

static lstm_status report_off_grid(const lstm_dataset *d, const timed_rows *in, int64_t row)
{
    char time[32], start[32];
    return lts_fail(LSTM_E_ARGUMENT,
                    "series \"%.100s\", row %lld has time %s, which is not on the grid of %lld %s "
                    "from row 0, %s",
                    in->name, (long long)row, print_time(time, in->times[row]), (long long)d->step,
                    d->step_unit == LSTM_STEP_MONTHS ? "months" : "seconds",
                    print_time(start, in->times[0]));
}

static lstm_status check_grid(const lstm_dataset *d, const timed_rows *in)
{
    month_days days = all_days(in->times[0]);
    for (int64_t row = 0; row < in->n_row; row++) {
        bool fits = d->step_unit != LSTM_STEP_MONTHS || narrow_days(&days, in->times[row]);
        if (!fits || place_of(d, in, row) < 0)
            return report_off_grid(d, in, row);
    }
    return LSTM_OK;
}

/* Finds the longest gap, to name it. */
static lstm_status check_gaps(const lstm_dataset *d, const timed_rows *in)
{
    char time[32];
    int64_t n_grid = place_of(d, in, in->n_row - 1) + 1, after = 0, longest = 0;
    for (int64_t row = 1, place = 0; row < in->n_row; row++) {
        int64_t n = place_of(d, in, row) - place - 1;
        place += n + 1;
        after = n > longest ? row : after;
        longest = n > longest ? n : longest;
    }
    if (after > 0 && d->missing == LSTM_MISSING_REFUSE)
        return lts_fail(LSTM_E_NUMERIC,
                        "series \"%.100s\": %lld rows are missing before row %lld, %s, and "
                        "`missing` is LSTM_MISSING_REFUSE; LSTM_MISSING_MASK takes them",
                        in->name, (long long)longest, (long long)after,
                        print_time(time, in->times[after]));
    if (n_grid - in->n_row > 10 * in->n_row + 1000)
        return lts_fail(LSTM_E_LIMIT,
                        "series \"%.100s\" has %lld rows and lacks %lld, of which %lld before row "
                        "%lld, %s: the time or the step seems to be wrong",
                        in->name, (long long)in->n_row, (long long)(n_grid - in->n_row),
                        (long long)longest, (long long)after, print_time(time, in->times[after]));
    return LSTM_OK;
}

static lstm_status check_rows(const lstm_dataset *d, const timed_rows *in)
{
    char of[128];
    if (d->step_unit == LSTM_STEP_ROWS)
        return lts_fail(LSTM_E_ARGUMENT, "the rows have no times: step_unit is LSTM_STEP_ROWS");
    if (in->n_row < 1)
        return lts_fail(LSTM_E_ARGUMENT, "n_row of series \"%.100s\" is %lld, expected at least 1",
                        in->name, (long long)in->n_row);
    if (in->n_row > PTRDIFF_MAX / 256 / d->n_column) /* then no size of the grid overflows */
        return lts_fail(LSTM_E_LIMIT,
                        "series \"%.100s\" of %lld rows and %lld columns is too large", in->name,
                        (long long)in->n_row, (long long)d->n_column);
    snprintf(of, sizeof of, "series \"%.100s\", ", in->name);
    LTS_TRY(check_order(of, in->times, in->n_row));
    LTS_TRY(check_grid(d, in));
    return check_gaps(d, in);
}

static lstm_status report_infinite(const lstm_dataset *d, const timed_rows *in, int64_t at)
{
    int64_t row = at / d->n_column, column = at % d->n_column;
    return lts_fail(LSTM_E_NUMERIC, "series \"%.100s\", row %lld, column %lld (%.100s) is %g",
                    in->name, (long long)row, (long long)column, lts_names_get(&d->columns, column),
                    in->wide != NULL ? in->wide[at] : (double)in->narrow[at]);
}

/* Copies the rows to their places of `grid`; the others are missing. */
static lstm_status spread_rows(const lstm_dataset *d, const timed_rows *in, real *grid)
{
    int64_t C = d->n_column;
    real *to = grid;
    for (int64_t row = 0; row < in->n_row; row++) {
        for (const real *place = grid + place_of(d, in, row) * C; to < place; to++)
            *to = (real)NAN;
        for (int64_t at = row * C; at < (row + 1) * C; at++, to++) {
            *to = in->wide != NULL ? (real)in->wide[at] : in->narrow[at];
            if (isinf(*to))
                return report_infinite(d, in, at);
        }
    }
    return LSTM_OK;
}

static lstm_status add_rows(lstm_dataset *d, const char *name, timed_rows in)
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)d->names.n);
    in.name = name == NULL ? number : name;
    LTS_TRY(check_rows(d, &in));
    int64_t n_grid = place_of(d, &in, in.n_row - 1) + 1, start = in.times[0];
    if (n_grid == in.n_row)
        return in.wide != NULL ? lstm_dataset_add_double(d, name, in.wide, in.n_row, start)
                               : lstm_dataset_add(d, name, in.narrow, in.n_row, start);
    real *grid = lts_alloc(n_grid * d->n_column, sizeof *grid);
    if (grid == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = spread_rows(d, &in, grid);
    if (status >= 0)
        status = lstm_dataset_add(d, name, grid, n_grid, start);
    lts_free(grid);
    return status;
}

lstm_status lstm_dataset_add_times(lstm_dataset *dataset, const char *name, const int64_t *times,
                                   const lstm_real *rows, int64_t n_row)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(times);
    LTS_NOT_NULL(rows);
    return add_rows(dataset, name, (timed_rows){.times = times, .narrow = rows, .n_row = n_row});
}

lstm_status lstm_dataset_add_times_double(lstm_dataset *dataset, const char *name,
                                          const int64_t *times, const double *rows, int64_t n_row)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(times);
    LTS_NOT_NULL(rows);
    return add_rows(dataset, name, (timed_rows){.times = times, .wide = rows, .n_row = n_row});
}
