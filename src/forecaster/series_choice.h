/* SPDX-License-Identifier: MIT */
/* What most of the series of a data set are like. */
#ifndef LTS_FORECASTER_SERIES_CHOICE_H
#define LTS_FORECASTER_SERIES_CHOICE_H

#include "data/dataset.h"

/** Rows of a training part that three quarters of the series have. values [n_series] is overwritten. */
int64_t lts_typical_rows(const lstm_dataset *dataset, int64_t period, double *values);

/** Whether series are so different that each must have scales of its own. values [n_series]. */
bool lts_series_need_own_scales(const lstm_dataset *dataset, double *values);

#endif
