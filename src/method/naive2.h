/* SPDX-License-Identifier: MIT */
#ifndef LTS_METHOD_NAIVE2_H
#define LTS_METHOD_NAIVE2_H

#include "base/real.h"
#include <lstmts/status.h>

/**
 * Naive2, the benchmark of the M4 competition: the last value of the seasonally adjusted context,
 * times the index of the step's phase. The season is one if the context has 3 of them, and a test
 * at 90 % finds it; else it is the last value.
 *
 * @param n       rows of the context, >= 0
 * @param x       [n]; NaN = missing, as of lts_theta(): interpolated, or cut off at an end
 * @param m       rows of a season; with 0 or 1 there is none
 * @param H       number of steps, >= 0
 * @param[out] y  [H]; NaN if no value is observed.
 * @return LSTM_OK; LSTM_E_NOMEM.
 */
lstm_status lts_naive2(int64_t n, const double *x, int64_t m, int64_t H, double *y);

#endif
