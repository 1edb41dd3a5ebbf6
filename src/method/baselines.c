/* SPDX-License-Identifier: MIT */
#include "method/baselines.h"

/* The last observed row before `end`, in steps of `step` rows; negative if there is none. */
static int64_t last_observed(const double *x, int64_t end, int64_t step)
{
    int64_t row = end - step;
    while (row >= 0 && isnan(x[row]))
        row -= step;
    return row;
}

static double last_value(int64_t n, const double *x)
{
    int64_t row = last_observed(x, n, 1);
    return row < 0 ? (double)NAN : x[row];
}

static void repeat(double value, int64_t H, double *y)
{
    for (int64_t h = 0; h < H; h++)
        y[h] = value;
}

void lts_naive(int64_t n, const double *x, int64_t H, double *y)
{
    repeat(last_value(n, x), H, y);
}

/* The seasonal random walk whose slope is `slope` a row. */
static void seasonal_walk(int64_t n, const double *x, int64_t m, double slope, int64_t H, double *y)
{
    int64_t last = last_observed(x, n, 1);
    for (int64_t h = 0; h < H; h++) {
        /* the first row of the step's phase at or beyond the end of the context */
        int64_t end = n + h % m;
        int64_t row = last_observed(x, end, m);
        if (row < 0)
            row = last;
        y[h] = row < 0 ? (double)NAN : x[row] + slope * (double)(n + h - row);
    }
}

void lts_seasonal_naive(int64_t n, const double *x, int64_t m, int64_t H, double *y)
{
    seasonal_walk(n, x, m, 0, H, y);
}

void lts_drift(int64_t n, const double *x, int64_t H, double *y)
{
    int64_t last = last_observed(x, n, 1), first = 0;
    if (last < 0) {
        repeat((double)NAN, H, y);
        return;
    }
    while (isnan(x[first]))
        first++;
    double slope = first == last ? 0 : (x[last] - x[first]) / (double)(last - first);
    for (int64_t h = 0; h < H; h++)
        y[h] = x[last] + slope * (double)(n + h - last);
}

void lts_seasonal_naive_drift(int64_t n, const double *x, int64_t m, int64_t H, double *y)
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t t = m; t < n; t++)
        if (!isnan(x[t]) && !isnan(x[t - m])) {
            sum += x[t] - x[t - m];
            count++;
        }
    double slope = count == 0 ? 0 : sum / (double)count / (double)m;
    seasonal_walk(n, x, m, slope, H, y);
}

void lts_moving_average(int64_t n, const double *x, int64_t k, int64_t H, double *y)
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t t = n > k ? n - k : 0; t < n; t++)
        if (!isnan(x[t])) {
            sum += x[t];
            count++;
        }
    repeat(count == 0 ? last_value(n, x) : sum / (double)count, H, y);
}
