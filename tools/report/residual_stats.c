/* SPDX-License-Identifier: MIT */
#include "report/residual_stats.h"

#include <math.h>

int64_t report_histogram(const double *values, int64_t n, double *middle, double *count)
{
    double low = INFINITY, high = -INFINITY;
    int64_t counted = 0;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(values[i])) {
            low = fmin(low, values[i]);
            high = fmax(high, values[i]);
            counted++;
        }
    const double width = (high - low) / REPORT_BINS;
    if (counted == 0 || !(width > 0) || !isfinite(width))
        return 0;
    for (int b = 0; b < REPORT_BINS; b++) {
        middle[b] = low + (b + 0.5) * width;
        count[b] = 0;
    }
    for (int64_t i = 0; i < n; i++)
        if (isfinite(values[i])) {
            int b = (int)((values[i] - low) / width);
            count[b < REPORT_BINS ? b : REPORT_BINS - 1]++;
        }
    return counted;
}

void report_autocorrelation(const double *values, int64_t n, int64_t n_lag, double *r)
{
    double mean = 0, power = 0;
    int64_t counted = 0;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(values[i])) {
            mean += values[i];
            counted++;
        }
    mean /= (double)counted;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(values[i]))
            power += (values[i] - mean) * (values[i] - mean);
    for (int64_t k = 1; k <= n_lag; k++) {
        double sum = 0;
        for (int64_t i = 0; i + k < n; i++)
            if (isfinite(values[i]) && isfinite(values[i + k]))
                sum += (values[i] - mean) * (values[i + k] - mean);
        r[k - 1] = power > 0 ? sum / power : NAN;
    }
}

int64_t report_means_by(const double *values, const int *group, int64_t n, int n_group,
                        double *means)
{
    int64_t filled = 0;
    for (int g = 0; g < n_group; g++) {
        double sum = 0;
        int64_t counted = 0;
        for (int64_t i = 0; i < n; i++)
            if (group[i] == g && isfinite(values[i])) {
                sum += fabs(values[i]);
                counted++;
            }
        means[g] = counted > 0 ? sum / (double)counted : NAN;
        filled += counted > 0;
    }
    return filled;
}

int report_hour(double time)
{
    double second = fmod(floor(time), 86400);
    return (int)((second < 0 ? second + 86400 : second) / 3600);
}

int report_weekday(double time)
{
    double day = fmod(floor(time / 86400) + 3, 7); /* 1970-01-01 was a Thursday */
    return (int)(day < 0 ? day + 7 : day);
}
