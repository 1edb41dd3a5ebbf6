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
 */
double profile_season(const table_frame *frame, int64_t season);

#endif
