/* SPDX-License-Identifier: MIT */
#include "fit/season_choice.h"

#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/known.h"

#include <math.h>

enum { MOST_CANDIDATES = 8, MOST_LAG = 400 };

typedef struct candidates {
    int64_t n, period[MOST_CANDIDATES]; /**< in ascending order */
} candidates;

static void add_candidate(candidates *c, int64_t period)
{
    int64_t i = c->n;
    if (period < 2 || c->n >= MOST_CANDIDATES)
        return;
    for (c->n++; i > 0 && c->period[i - 1] > period; i--)
        c->period[i] = c->period[i - 1];
    c->period[i] = period;
}

/* Periods of steps in seconds: a day, a week, a year, where they are whole numbers of steps. */
static void add_by_seconds(candidates *c, int64_t step)
{
    static const int64_t day = 86400, week = 7 * (int64_t)86400, year = 365 * (int64_t)86400;
    if (step < day && day % step == 0)
        add_candidate(c, day / step);
    if (step <= day && week % step == 0)
        add_candidate(c, week / step);
    if (step >= day)
        add_candidate(c, (year + step / 2) / step);
}

/* The autocorrelation at a lag, over all target columns of the training parts. */
static double autocorrelation(const lstm_dataset *d, int64_t column, const lts_dataset_series *m,
                              double mean, int64_t lag)
{
    double sum = 0, squares = 0;
    for (int64_t row = lag; row < lts_train_end(m); row++) {
        double x = lts_value_observed(d, m, column, row) - mean;
        double before = lts_value_observed(d, m, column, row - lag) - mean;
        if (!isnan(x * before)) {
            sum += x * before;
            squares += (x * x + before * before) / 2;
        }
    }
    return squares > 0 ? sum / squares : 0;
}

static double mean_of(const lstm_dataset *d, int64_t column, const lts_dataset_series *m)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t row = 0; row < lts_train_end(m); row++) {
        double value = lts_value_observed(d, m, column, row);
        if (!isnan(value)) {
            sum += value;
            n++;
        }
    }
    return n == 0 ? 0 : sum / (double)n;
}

static const lts_dataset_series *longest_series(const lstm_dataset *d)
{
    const lts_dataset_series *longest = &d->series[0];
    for (int64_t s = 1; s < d->names.n; s++)
        if (lts_train_end(&d->series[s]) > lts_train_end(longest))
            longest = &d->series[s];
    return longest;
}

/*
 * Peaks of the autocorrelation of the longest series' target columns: lags above both neighbours,
 * and above what independent values have in 99.9 % of all cases, 3.3 / sqrt(n). They are ranked by
 * the usual estimate, which falls with the lag, so that a period comes before its multiples.
 */
static lstm_status add_peaks(candidates *c, const lstm_dataset *d)
{
    const lts_dataset_series *m = longest_series(d);
    int64_t longest = lts_train_end(m) / 3 < MOST_LAG ? lts_train_end(m) / 3 : MOST_LAG;
    double *sums = lts_alloc(MOST_LAG + 2, sizeof *sums), K = 0;
    if (sums == NULL)
        return LSTM_E_NOMEM;
    for (int64_t column = 0; column < d->n_column; column++) {
        if (!lts_role_is_target(d->roles[column]))
            continue;
        double mean = mean_of(d, column, m);
        for (int64_t lag = 1; lag <= longest; lag++)
            sums[lag] += autocorrelation(d, column, m, mean, lag);
        K++;
    }
    double n = (double)lts_train_end(m), least = 3.3 / sqrt(n) * K;
    while (c->n < 3) {
        int64_t best = 0;
        for (int64_t lag = 2; lag < longest; lag++)
            if (sums[lag] > sums[lag - 1] && sums[lag] >= sums[lag + 1] && sums[lag] > least &&
                (best == 0 || sums[lag] * (n - (double)lag) > sums[best] * (n - (double)best)))
                best = lag;
        if (best == 0)
            break;
        add_candidate(c, best);
        sums[best] = -INFINITY;
    }
    lts_free(sums);
    return LSTM_OK;
}

/* Rows whose errors are looked at; origins of a series are spread over its training part. */
enum { MOST_ORIGINS = 200 };

/* The latest value a multiple of `period` rows before, plus the trend if the forecast drifts. */
typedef struct guess {
    int64_t period; /* 1 = the last value */
    bool drifts;
} guess;

/* The forecast of step h; NaN if it is not known. Row `first` is the first one with a value. */
static double forecast_at(const lstm_dataset *d, const lts_dataset_series *m, int64_t column,
                          int64_t first, int64_t origin, int64_t h, guess by)
{
    int64_t from = origin - by.period + h % by.period, rows = origin - 1 - first;
    double value = lts_value_observed(d, m, column, from);
    if (!by.drifts || rows <= 0)
        return value;
    double rise =
        lts_value_observed(d, m, column, origin - 1) - lts_value_observed(d, m, column, first);
    return value + rise / (double)rows * (double)(origin + h - from);
}

/* Sum of absolute errors of n forecasts. */
static double error_of(const lstm_dataset *d, int64_t column, const lts_dataset_series *m, guess by,
                       int64_t longest, int64_t horizon, int64_t *n)
{
    int64_t end = lts_train_end(m), first = longest, last = end - 1;
    int64_t stride = (last - first) / MOST_ORIGINS + 1;
    int64_t begin = 0; /* the first row with a value */
    double sum = 0;
    while (begin < first && isnan(lts_value_observed(d, m, column, begin)))
        begin++;
    for (int64_t origin = first; origin <= last; origin += stride)
        for (int64_t h = 0; h < horizon && origin + h < end; h++) {
            double error = lts_value_observed(d, m, column, origin + h) -
                           forecast_at(d, m, column, begin, origin, h, by);
            if (!isnan(error)) {
                sum += fabs(error);
                ++*n;
            }
        }
    return sum;
}

/* The mean over series and columns of the error relative to that of the last value. */
static double relative_error(const lstm_dataset *d, guess by, int64_t longest, int64_t horizon)
{
    const guess last_value = {1, false};
    double sum = 0;
    int64_t n_column = 0;
    for (int64_t s = 0; s < d->names.n; s++)
        for (int64_t c = 0; c < d->n_column; c++) {
            int64_t n = 0, n_naive = 0;
            if (!lts_role_is_target(d->roles[c]))
                continue;
            double error = error_of(d, c, &d->series[s], by, longest, horizon, &n);
            double naive = error_of(d, c, &d->series[s], last_value, longest, horizon, &n_naive);
            if (n == 0 || n_naive == 0 || !(naive > 0))
                continue;
            sum += error / (double)n / (naive / (double)n_naive);
            n_column++;
        }
    return n_column == 0 ? HUGE_VAL : sum / (double)n_column;
}

/* The less of the errors with and without a trend. */
static double error_of_period(const lstm_dataset *d, int64_t period, int64_t longest,
                              int64_t horizon)
{
    const guess flat = {period, false}, drifting = {period, true};
    return fmin(relative_error(d, flat, longest, horizon),
                relative_error(d, drifting, longest, horizon));
}

lstm_status lts_choose_season(const lstm_dataset *dataset, int64_t horizon, int64_t *season_len,
                              lts_trials *trials)
{
    candidates c = {0};
    int64_t longest_train = lts_train_end(longest_series(dataset)), longest = 1;
    if (dataset->step_unit == LSTM_STEP_SECONDS)
        add_by_seconds(&c, dataset->step);
    if (dataset->step_unit == LSTM_STEP_MONTHS && 12 % dataset->step == 0)
        add_candidate(&c, 12 / dataset->step);
    if (c.n == 0)
        LTS_TRY(add_peaks(&c, dataset));
    for (int64_t i = 0; i < c.n; i++)
        if (c.period[i] <= longest_train / 3 && c.period[i] > longest)
            longest = c.period[i];
    *season_len = 0;
    /*
     * A season must be better than none, and a multiple of a period than the period, by more than
     * chance: about two standard errors of a mean. With a trend, the lag of a season is no gain.
     */
    double least = error_of_period(dataset, 1, longest, horizon);
    double clearly = 1 - 1.5 / sqrt((double)lts_most(longest_train - longest, 1));
    for (int64_t i = 0; i < c.n; i++) {
        double error = c.period[i] <= longest_train / 3
                           ? error_of_period(dataset, c.period[i], longest, horizon)
                           : HUGE_VAL;
        lts_trials_note(trials, (lts_trial){LTS_TRIAL_SEASON, c.period[i], 0, error});
        if (error < clearly * least) {
            least = error;
            *season_len = c.period[i];
        }
    }
    return LSTM_OK;
}
