/* SPDX-License-Identifier: MIT */
/*
 * What is chosen by looking at the training parts of all series: the rows that most of them have,
 * their scales, and whether their levels return.
 */
#include "base/memory.h"
#include "base/status.h"
#include "data/known.h"
#include "fit/choose.h"

#include <math.h>
#include <stdlib.h>

/* A series that varies by less of the deviation of all of them has a scale of its own. */
static const double LEAST_SHARE = 1.0 / 3;

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value that a quarter of them are below. */
static double lower_quartile(double *values, int64_t n)
{
    qsort(values, (size_t)n, sizeof *values, compare_doubles);
    return n == 0 ? 0 : values[n / 4];
}

/*
 * Rows of a training part that most series have: the lower quartile. Those of less than a few
 * periods do not count. Windows of shorter series are padded. values [n_series].
 */
static int64_t typical_rows(const lstm_dataset *d, int64_t period, double *values)
{
    int64_t n = 0;
    for (int64_t s = 0; s < d->names.n; s++)
        if (lts_train_end(&d->series[s]) >= 3 * period)
            values[n++] = (double)lts_train_end(&d->series[s]);
    return (int64_t)lower_quartile(values, n);
}

/* Number, mean and sum of squared deviations of the values of a column in a training part. */
typedef struct spread {
    double n, mean, squares;
} spread;

static spread spread_of(const lstm_dataset *d, int64_t series, int64_t column)
{
    const lts_dataset_series *m = &d->series[series];
    spread s = {0, 0, 0};
    for (int64_t row = 0; row < lts_train_end(m); row++) {
        double value = lts_value_observed(d, m, column, row);
        if (isnan(value))
            continue;
        double from_mean = value - s.mean;
        s.n++;
        s.mean += from_mean / s.n;
        s.squares += from_mean * (value - s.mean);
    }
    return s;
}

static void add_spread(spread *all, spread s)
{
    double n = all->n + s.n, between = s.mean - all->mean;
    if (s.n == 0)
        return;
    all->squares += s.squares + between * between * all->n * s.n / n;
    all->mean += between * s.n / n;
    all->n = n;
}

/*
 * Whether a column of a quarter of the series varies so little in units of all series that a
 * network would take it for a constant. values [n_series].
 */
static bool column_needs_own_scales(const lstm_dataset *d, int64_t column, double *values)
{
    spread all = {0, 0, 0};
    int64_t n = 0;
    for (int64_t s = 0; s < d->names.n; s++) {
        spread one = spread_of(d, s, column);
        add_spread(&all, one);
        if (one.squares > 0)
            values[n++] = sqrt(one.squares / one.n);
    }
    return n > 1 && LEAST_SHARE * sqrt(all.squares / all.n) > lower_quartile(values, n);
}

static bool series_need_own_scales(const lstm_dataset *d, double *values)
{
    for (int64_t c = 0; c < d->n_column; c++)
        if (lts_role_is_target(d->roles[c]) && column_needs_own_scales(d, c, values))
            return true;
    return false;
}

lstm_status lts_survey_series(const lstm_dataset *dataset, int64_t period, int64_t *n_row,
                              bool *scale_series)
{
    double *values = lts_alloc(dataset->names.n, sizeof *values);
    if (values == NULL)
        return LSTM_E_NOMEM;
    *n_row = typical_rows(dataset, period, values);
    *scale_series = series_need_own_scales(dataset, values);
    lts_free(values);
    return LSTM_OK;
}

/* Sum and number of the values in some rows that move on. */
typedef struct moving {
    double sum;
    int64_t n;
} moving;

static void move(moving *rows, double value, int64_t n)
{
    if (!isnan(value)) {
        rows->sum += (double)n * value;
        rows->n += n;
    }
}

/* Absolute errors of forecasts of the mean of the next H rows: by that of the last `period` rows, and
   by that of all rows. */
typedef struct level_errors {
    double of_last, of_all;
} level_errors;

static void add_levels(level_errors *errors, const lstm_dataset *d, int64_t series, int64_t column,
                       int64_t period, int64_t H)
{
    const lts_dataset_series *m = &d->series[series];
    const spread s = spread_of(d, series, column);
    const double deviation = s.n > 0 ? sqrt(s.squares / s.n) : 0;
    moving last = {0, 0}, next = {0, 0};
    for (int64_t row = 0; row < lts_train_end(m) && deviation > 0; row++) {
        move(&next, lts_value_observed(d, m, column, row), 1);
        if (row >= H) {
            move(&next, lts_value_observed(d, m, column, row - H), -1);
            move(&last, lts_value_observed(d, m, column, row - H), 1);
        }
        if (row >= H + period)
            move(&last, lts_value_observed(d, m, column, row - H - period), -1);
        if (row < H + period - 1 || last.n == 0 || next.n == 0)
            continue;
        const double level = next.sum / (double)next.n;
        errors->of_last += fabs(level - last.sum / (double)last.n) / deviation;
        errors->of_all += fabs(level - s.mean) / deviation;
    }
}

bool lts_level_returns(const lstm_dataset *dataset, int64_t period, int64_t H)
{
    level_errors errors = {0, 0};
    for (int64_t c = 0; c < dataset->n_column; c++)
        for (int64_t s = 0; s < dataset->names.n && lts_role_is_target(dataset->roles[c]); s++)
            add_levels(&errors, dataset, s, c, period, H);
    return errors.of_all < errors.of_last;
}
