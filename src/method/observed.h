/* SPDX-License-Identifier: MIT */
/* What was observed, against which forecasts are compared. */
#ifndef LTS_METHOD_OBSERVED_H
#define LTS_METHOD_OBSERVED_H

#include "data/dataset.h"

/** The value of a row that the series has; NaN if it was missing, filled or not. */
double lts_observed(const lstm_dataset *dataset, int64_t series, int64_t row, int64_t column);

/** Mean and population deviation of the observed values of the training part; 0 and 1 if there is
 * no deviation. */
void lts_observed_scale(const lstm_dataset *dataset, int64_t series, int64_t column, double *mean,
                        double *deviation);

#endif
