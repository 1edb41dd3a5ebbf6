/* SPDX-License-Identifier: MIT */
/*
 * Forecasts without parameters, against which any model must be judged. Each one reads a context of
 * n >= 0 rows x [n] of one column and writes forecasts y [H] of the rows n .. n + H - 1.
 *
 * A missing value is NaN. Every forecast uses the observed values alone, each at its own row. If no
 * value is observed, y is NaN.
 */
#ifndef LTS_METHOD_BASELINES_H
#define LTS_METHOD_BASELINES_H

#include "base/real.h"

/** Last value: the last observed value, for every step. */
void lts_naive(int64_t n, const double *x, int64_t H, double *y);

/**
 * Seasonal naive: the observed value 1, 2, ... seasons of m >= 1 rows before the step, whichever is
 * the latest; the last observed value where there is none.
 */
void lts_seasonal_naive(int64_t n, const double *x, int64_t m, int64_t H, double *y);

/**
 * Drift: the straight line through the first and the last observed value. With one observed value
 * it is flat.
 */
void lts_drift(int64_t n, const double *x, int64_t H, double *y);

/**
 * Seasonal naive with drift: the value that lts_seasonal_naive() takes, plus a slope times the rows
 * between it and the step. The slope is the mean of x_t - x_(t-m), over all rows where both are
 * observed, divided by m; 0 if there are none. (The seasonal random walk with drift.)
 */
void lts_seasonal_naive_drift(int64_t n, const double *x, int64_t m, int64_t H, double *y);

/**
 * Moving average: the mean of the values observed in the last k >= 1 rows, for every step; the last
 * observed value if there are none.
 */
void lts_moving_average(int64_t n, const double *x, int64_t k, int64_t H, double *y);

#endif
