/* SPDX-License-Identifier: MIT */
#include "command/source/profile.h"
#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between the nearest ranks. */
static double quantile(const double *sorted, int64_t n, double share)
{
    double at = share * (double)(n - 1);
    int64_t low = (int64_t)at, high = low + 1 < n ? low + 1 : low;
    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}

bool profile_column(profile *of, const table_frame *frame, int64_t column)
{
    double *values = calloc((size_t)frame->n_row + 1, sizeof *values);
    if (values == NULL)
        return false;
    *of = (profile){.least = (double)NAN, .median = (double)NAN, .greatest = (double)NAN};
    for (int64_t r = 0; r < frame->n_row; r++) {
        double value = frame->values[r * frame->n_column + column];
        if (!isnan(value))
            values[of->n++] = value;
    }
    of->missing = frame->n_row - of->n;
    if (of->n > 0) {
        qsort(values, (size_t)of->n, sizeof *values, ascending);
        double low = quantile(values, of->n, 0.25), high = quantile(values, of->n, 0.75);
        double reach = 3 * (high - low);
        of->least = values[0];
        of->median = quantile(values, of->n, 0.5);
        of->greatest = values[of->n - 1];
        for (int64_t i = 0; i < of->n && reach > 0; i++)
            of->outliers += values[i] < low - reach || values[i] > high + reach;
    }
    free(values);
    return true;
}

static int64_t count_targets(const table_frame *frame, const int64_t *roles)
{
    int64_t n = 0;
    for (int64_t c = 0; c < frame->n_column; c++)
        n += roles[c] == LSTM_ROLE_BOTH;
    return n;
}

/* The mean absolute difference over a lag. */
static double difference(const table_frame *frame, int64_t column, int64_t lag)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t s = 0; s < frame->n_series; s++)
        for (int64_t r = lag; r < frame->series[s].n_row; r++) {
            int64_t at = (frame->series[s].first + r) * frame->n_column + column;
            double change = frame->values[at] - frame->values[at - lag * frame->n_column];
            if (isnan(change))
                continue;
            sum += fabs(change);
            n++;
        }
    return n == 0 ? (double)NAN : sum / (double)n;
}

double profile_season(const table_frame *frame, const int64_t *roles, int64_t season)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t c = 0; c < frame->n_column; c++) {
        double gain = 1 - difference(frame, c, season) / difference(frame, c, (season + 1) / 2);
        if (roles[c] != LSTM_ROLE_BOTH || !isfinite(gain))
            continue;
        sum += gain;
        n++;
    }
    return n == 0 ? 0 : sum / (double)n;
}

/* Of what is read of a series: rows, lags and their products. */
enum { MOST_LAG = 1000, LEAST_READ = 4 * MOST_LAG, MOST_PRODUCTS = 50000000 };

/* The values of a column without the line of least squares through them. NaN = missing. */
static void detrend(double *x, int64_t n)
{
    double sum = 0, times = 0, squares = 0, products = 0;
    int64_t seen = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(x[i])) {
            sum += x[i];
            times += (double)i;
            seen++;
        }
    double mean = sum / (double)seen, middle = times / (double)seen;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(x[i])) {
            squares += ((double)i - middle) * ((double)i - middle);
            products += ((double)i - middle) * (x[i] - mean);
        }
    double slope = squares > 0 ? products / squares : 0;
    for (int64_t i = 0; i < n; i++)
        x[i] -= mean + slope * ((double)i - middle);
}

static double autocorrelation(const double *x, int64_t n, int64_t lag)
{
    double sum = 0, squares = 0;
    for (int64_t i = lag; i < n; i++)
        if (!isnan(x[i] * x[i - lag])) {
            sum += x[i] * x[i - lag];
            squares += (x[i] * x[i] + x[i - lag] * x[i - lag]) / 2;
        }
    return squares > 0 ? sum / squares : 0;
}

/* Whether a lag is near a multiple of a peak that was found. */
static bool is_multiple(int64_t lag, const profile_peak *peaks, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t times = (lag + peaks[i].lag / 2) / peaks[i].lag;
        int64_t off = lag - times * peaks[i].lag;
        if (times > 0 && (off < 0 ? -off : off) <= 1 + peaks[i].lag / 5)
            return true;
    }
    return false;
}

/* The highest peak that is left, by the usual estimate, which falls with the lag, so that a period
   comes before its multiples; 0 = none. */
static int64_t find_peak(const double *at, int64_t most, int64_t n, const profile_peak *peaks,
                         int64_t n_peak)
{
    int64_t best = 0;
    double lowest = 1, least = 3.3 / sqrt((double)n);
    for (int64_t lag = 1; lag < most; lag++) {
        lowest = fmin(lowest, at[lag]);
        bool is_peak = lag > 1 && at[lag] > at[lag - 1] && at[lag] >= at[lag + 1] &&
                       at[lag] > least && at[lag] > lowest + 0.1;
        if (is_peak && !is_multiple(lag, peaks, n_peak) &&
            (best == 0 || at[lag] * (double)(n - lag) > at[best] * (double)(n - best)))
            best = lag;
    }
    return best;
}

/* The autocorrelation of the last n rows of a series without their linear trend, the mean over its
   targets, for lags 1 .. most. x: [n] */
static void correlate(double *at, double *x, const table_frame *frame, const table_series *series,
                      const int64_t *roles, int64_t n, int64_t most)
{
    int64_t C = frame->n_column, K = count_targets(frame, roles);
    for (int64_t c = 0; c < C; c++) {
        if (roles[c] != LSTM_ROLE_BOTH)
            continue;
        for (int64_t i = 0; i < n; i++)
            x[i] = frame->values[(series->first + series->n_row - n + i) * C + c];
        detrend(x, n);
        for (int64_t lag = 1; lag <= most; lag++)
            at[lag] += autocorrelation(x, n, lag) / (double)K;
    }
}

int64_t profile_peaks(profile_peak *peaks, const table_frame *frame, const int64_t *roles)
{
    const table_series *longest = &frame->series[0];
    for (int64_t s = 1; s < frame->n_series; s++)
        if (frame->series[s].n_row > longest->n_row)
            longest = &frame->series[s];
    int64_t K = count_targets(frame, roles), n = longest->n_row, n_peak = 0;
    int64_t most = n / 3 < MOST_LAG ? n / 3 : MOST_LAG;
    int64_t affordable = most == 0 || K == 0 ? n : MOST_PRODUCTS / most / K;
    affordable = affordable < LEAST_READ ? LEAST_READ : affordable;
    n = n < affordable ? n : affordable; /* the last ones */
    double *at = calloc((size_t)(most + 2), sizeof *at), *x = calloc((size_t)n + 1, sizeof *x);
    if (at != NULL && x != NULL)
        correlate(at, x, frame, longest, roles, n, most);
    for (int64_t lag = 1; lag > 0 && at != NULL && x != NULL && n_peak < PROFILE_PEAKS;) {
        lag = find_peak(at, most, n, peaks, n_peak);
        if (n_peak > 0 && at[lag] < peaks[0].height / 2)
            lag = 0;
        if (lag > 0)
            peaks[n_peak++] = (profile_peak){lag, at[lag]};
    }
    free(at);
    free(x);
    return n_peak;
}
