/* SPDX-License-Identifier: MIT */
#include "method/observed.h"

#include "data/known.h"
#include "score/point_sums.h"

double lts_observed(const lstm_dataset *dataset, int64_t series, int64_t row, int64_t column)
{
    return lts_value_observed(dataset, &dataset->series[series], column, row);
}

void lts_observed_scale(const lstm_dataset *dataset, int64_t series, int64_t column, double *mean,
                        double *deviation)
{
    int64_t end = lts_train_end(&dataset->series[series]);
    lts_point_sums sums = {0};
    for (int64_t t = 0; t < end; t++)
        lts_point_sums_add(&sums, lts_observed(dataset, series, t, column), 0);
    bool varies = sums.squared_distance > 0;
    *mean = varies ? sums.mean : 0;
    *deviation = varies ? sqrt(sums.squared_distance / (double)sums.n) : 1;
}
