/* SPDX-License-Identifier: MIT */
#include "method/naive2.h"

#include "base/memory.h"
#include "method/adjustment.h"
#include "method/history.h"

/* y [H]: forecasts from `gap` rows after the last of the n >= 1 values, which are changed. */
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
    lts_span span = lts_history_span(n, x);
    int64_t length = span.end - span.first;
    if (length == 0) {
        for (int64_t h = 0; h < H; h++)
            y[h] = (double)NAN;
        return LSTM_OK;
    }
    if (m > length / 3)
        m = 0;
    double *work = lts_alloc(length + m, sizeof *work);
    if (work == NULL)
        return LSTM_E_NOMEM;
    memcpy(work, x + span.first, (size_t)length * sizeof *work);
    lts_history_fill(length, work);
    forecast(length, work, m, n - span.end, H, y, work + length);
    lts_free(work);
    return LSTM_OK;
}
