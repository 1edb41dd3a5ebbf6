/* SPDX-License-Identifier: MIT */
#ifndef LTS_DATA_MISSING_H
#define LTS_DATA_MISSING_H

#include "base/real.h"
#include <lstmts/dataset.h>

/**
 * Replace every NaN of a column by one of the policies LSTM_MISSING_FORWARD, _LINEAR and _SEASONAL
 * (dataset.h). Value i is values[i * stride].
 *
 * @param season_len  rows of a season, >= 1; used by LSTM_MISSING_SEASONAL
 * @return false if there is no value at all; then nothing changes.
 */
bool lts_missing_fill(int64_t policy, int64_t season_len, real *values, int64_t stride, int64_t n);

#endif
