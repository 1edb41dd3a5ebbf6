/* SPDX-License-Identifier: MIT */
#include "method/history.h"

#include "data/known.h"

void lts_history_read(const lstm_dataset *dataset, int64_t series, int64_t column, int64_t first,
                      int64_t n, double *x)
{
    const lts_dataset_series *m = &dataset->series[series];
    for (int64_t t = 0; t < n; t++)
        x[t] = (double)lts_value_known(dataset, m, column, first + t, first + n);
}

lts_span lts_history_span(int64_t n, const double *x)
{
    lts_span span = {0, n};
    while (span.end > 0 && isnan(x[span.end - 1]))
        span.end--;
    while (span.first < span.end && isnan(x[span.first]))
        span.first++;
    return span;
}

bool lts_history_fill(int64_t n, double *x)
{
    int64_t last = -1;
    for (int64_t t = 0; t < n; t++) {
        if (isnan(x[t]))
            continue;
        for (int64_t i = last + 1; i < t; i++)
            x[i] = last < 0 ? x[t]
                            : x[last] + (x[t] - x[last]) * (double)(i - last) / (double)(t - last);
        last = t;
    }
    for (int64_t i = last + 1; i < n && last >= 0; i++)
        x[i] = x[last];
    return last >= 0;
}
