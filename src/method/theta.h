/* SPDX-License-Identifier: MIT */
#ifndef LTS_METHOD_THETA_H
#define LTS_METHOD_THETA_H

#include "base/real.h"
#include <lstmts/status.h>

/**
 * The Theta method of Assimakopoulos and Nikolopoulos (2000): the mean of two theta lines, a linear
 * trend (theta 0) and simple exponential smoothing of the line of theta 2. It is computed in the
 * form of Hyndman and Billah (2003), as statsmodels' ThetaModel does.
 *
 * @param n       rows of the context, >= 0
 * @param x       [n]; NaN = missing. Rows between two observed ones are interpolated linearly;
 *                those before the first are left out, and those after the last are predicted.
 * @param m       rows of a season; with 0 or 1, or less than two seasons of rows, there is none.
 * @param H       number of steps, >= 0
 * @param[out] y  [H]; NaN if no value is observed.
 * @return LSTM_OK; LSTM_E_NOMEM.
 */
lstm_status lts_theta(int64_t n, const double *x, int64_t m, int64_t H, double *y);

#endif
