/* SPDX-License-Identifier: MIT */
/* What residuals are looked at by. Missing ones are NaN and count nowhere. */
#ifndef TOOLS_REPORT_RESIDUAL_STATS_H
#define TOOLS_REPORT_RESIDUAL_STATS_H

#include <stdint.h>

enum { REPORT_BINS = 31, REPORT_MOST_LAGS = 60 };

/**
 * Count values in REPORT_BINS equal bins from the least to the largest one.
 *
 * @param[out] middle, count  [REPORT_BINS]
 * @return the number of values; with 0, or where all values are equal, nothing is set.
 */
int64_t report_histogram(const double *values, int64_t n, double *middle, double *count);

/**
 * Autocorrelations r_k = sum of (e_t - m)(e_{t+k} - m) / sum of (e_t - m)^2 at lags 1 .. n_lag,
 * where m is the mean. A product with a missing value is left out.
 *
 * @param[out] r  [n_lag]; NaN if the values do not vary
 */
void report_autocorrelation(const double *values, int64_t n, int64_t n_lag, double *r);

/**
 * Mean absolute values by group.
 *
 * @param group       [n] 0 .. n_group - 1
 * @param[out] means  [n_group]; NaN of a group without values
 * @return the number of groups with values.
 */
int64_t report_means_by(const double *values, const int *group, int64_t n, int n_group,
                        double *means);

/** The hour of a time, 0 .. 23, and its weekday, 0 on Monday. Times are in the years 1 to 9999. */
int report_hour(double time);
int report_weekday(double time);

#endif
