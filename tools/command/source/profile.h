/* SPDX-License-Identifier: MIT */
/* Numbers about the columns of a table. */
#ifndef TOOLS_COMMAND_SOURCE_PROFILE_H
#define TOOLS_COMMAND_SOURCE_PROFILE_H

#include "table/types.h"

typedef struct profile {
    int64_t n, missing;
    double least, median, greatest; /**< NaN if there is no value                           */
    int64_t outliers; /**< values 3 interquartile ranges or more below or above the quartiles  */
} profile;

/** @return false if there is no memory */
bool profile_column(profile *of, const table_frame *frame, int64_t column);

/**
 * How much less values differ that are a season apart than those half a season apart: 1 - the ratio
 * of the sums of absolute differences, each divided by that of its column. Near 1 is a strong
 * season; 0 or less is none.
 *
 * @param roles  [n_column] lstm_role, of which targets are compared
 */
double profile_season(const table_frame *frame, const int64_t *roles, int64_t season);

enum { PROFILE_PEAKS = 3 };

/** A lag at which values repeat, and the autocorrelation there. */
typedef struct profile_peak {
    int64_t lag; /**< rows */
    double height;
} profile_peak;

/**
 * Peaks of the autocorrelation of the longest series without its linear trend, the mean over its
 * targets: lags up to a third of the rows that are higher than their neighbours, than independent
 * values have in 99.9 % of all cases, and by 0.1 than a lag before. Multiples of a peak, lags near
 * one, and peaks of less than half of the first one are left out.
 *
 * @param[out] peaks  [PROFILE_PEAKS] the highest first, short lags favoured
 * @param roles       [n_column] lstm_role
 * @return their number; 0 also if there is no memory
 */
int64_t profile_peaks(profile_peak *peaks, const table_frame *frame, const int64_t *roles);

#endif
