/* SPDX-License-Identifier: MIT */
#include "score/crps.h"

#include <stdlib.h>

double lts_crps_of_quantiles(int64_t n, const double *levels, const real *quantiles, double y)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += lts_pinball(levels[i], y, (double)quantiles[i]);
    return 2 * sum / (double)n;
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/*
 * Half the sum of |x_i - x_j| over all pairs is, in ascending order, that of the gaps between
 * neighbours, each times the number of samples below and the number above it.
 */
double lts_crps_of_samples(int64_t m, const real *samples, double y, bool fair, double *sorted)
{
    double distance = 0, pairs = 0;
    for (int64_t i = 0; i < m; i++) {
        sorted[i] = (double)samples[i];
        distance += fabs(sorted[i] - y);
    }
    qsort(sorted, (size_t)m, sizeof *sorted, compare_doubles);
    for (int64_t i = 1; i < m; i++)
        pairs += (sorted[i] - sorted[i - 1]) * ((double)i * (double)(m - i));
    return distance / (double)m - pairs / ((double)m * (double)(fair ? m - 1 : m));
}
