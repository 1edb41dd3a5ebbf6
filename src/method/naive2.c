/* SPDX-License-Identifier: MIT */
#include "method/naive2.h"

#include "method/adjustment.h"

static void forecast(int64_t n, double *x, int64_t m, int64_t gap, int64_t H, double *y,
                     double *index)
{
    lts_adjustment season = {0};
    if (m > 1 && lts_has_season(n, x, m, 2))
        season = lts_adjust(n, x, m, index);
    for (int64_t h = 0; h < H; h++)
        y[h] = lts_readjust(&season, n + gap + h, x[n - 1]);
}

lstm_status lts_naive2(int64_t n, const double *x, int64_t m, int64_t H, double *y)
{
    return lts_adjusted_forecast(forecast, 3, n, x, m, H, y);
}
