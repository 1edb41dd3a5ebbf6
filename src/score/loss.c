/* SPDX-License-Identifier: MIT */
#include "score/loss.h"

double lts_mean_squared_error(int64_t n, const real *y, const real *target, real *dy)
{
    real slope = 2 / (real)n;
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        real error = y[i] - target[i];
        sum += (double)error * (double)error;
        dy[i] = slope * error;
    }
    return sum / (double)n;
}
