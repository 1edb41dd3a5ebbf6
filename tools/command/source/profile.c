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

double profile_season(const table_frame *frame, int64_t season)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t c = 0; c < frame->n_column; c++) {
        double gain = 1 - difference(frame, c, season) / difference(frame, c, (season + 1) / 2);
        if (!isfinite(gain))
            continue;
        sum += gain;
        n++;
    }
    return n == 0 ? 0 : sum / (double)n;
}
