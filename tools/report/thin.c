/* SPDX-License-Identifier: MIT */
#include "report/thin.h"

#include <math.h>
#include <stdbool.h>

/* Up to three points of the division [from, to): the least, the largest and a missing one. */
static int64_t choose(const double *y, int64_t from, int64_t to, int64_t *chosen)
{
    int64_t least = -1, largest = -1, missing = -1, n = 0;
    for (int64_t i = from; i < to; i++) {
        if (isnan(y[i])) {
            missing = missing < 0 ? i : missing;
            continue;
        }
        if (least < 0 || y[i] < y[least])
            least = i;
        if (largest < 0 || y[i] > y[largest])
            largest = i;
    }
    for (int64_t i = from; i < to; i++)
        if (i == least || i == largest || i == missing)
            chosen[n++] = i;
    return n;
}

int64_t report_thin(const double *y, int64_t n, int64_t most, int64_t *chosen)
{
    int64_t count = 0;
    if (n <= most) {
        for (int64_t i = 0; i < n; i++)
            chosen[count++] = i;
        return count;
    }
    bool has_gap = false;
    for (int64_t i = 0; i < n && !has_gap; i++)
        has_gap = isnan(y[i]);
    /* Both ends have a point of their own. */
    const int64_t inner = n - 2, n_division = (most - 2) / (has_gap ? 3 : 2);
    chosen[count++] = 0;
    for (int64_t d = 0; d < n_division; d++) {
        int64_t from = 1 + (int64_t)((double)inner * (double)d / (double)n_division);
        int64_t to = 1 + (int64_t)((double)inner * (double)(d + 1) / (double)n_division);
        count += choose(y, from, d + 1 == n_division ? n - 1 : to, chosen + count);
    }
    chosen[count++] = n - 1;
    return count;
}
