/* SPDX-License-Identifier: MIT */
#include "score/point_sums.h"

/* part / whole of numbers >= 0; 0/0 = 0 */
static double fraction(double part, double whole)
{
    return part == 0 ? 0 : part / whole;
}

/* Mean and squared distances by Welford's recursion, which does not cancel. */
void lts_point_sums_add(lts_point_sums *sums, double truth, double forecast)
{
    if (isnan(truth))
        return;
    double error = fabs(truth - forecast), distance = truth - sums->mean;
    sums->n++;
    sums->absolute += error;
    sums->squared += error * error;
    sums->percentage += fraction(error, fabs(truth));
    sums->symmetric += fraction(2 * error, fabs(truth) + fabs(forecast));
    sums->mean += distance / (double)sums->n;
    sums->squared_distance += distance * (truth - sums->mean);
}

void lts_point_sums_merge(lts_point_sums *sums, const lts_point_sums *other)
{
    if (other->n == 0)
        return;
    double n = (double)sums->n, m = (double)other->n, distance = other->mean - sums->mean;
    sums->n += other->n;
    sums->absolute += other->absolute;
    sums->squared += other->squared;
    sums->percentage += other->percentage;
    sums->symmetric += other->symmetric;
    sums->mean += distance * (m / (n + m));
    sums->squared_distance += other->squared_distance + distance * distance * (n / (n + m) * m);
}

double lts_point_metric(const lts_point_sums *sums, int64_t kind, double scale)
{
    double n = (double)sums->n;
    if (sums->n == 0)
        return NAN;
    switch (kind) {
    case LSTM_METRIC_RMSE:
        return sqrt(sums->squared / n);
    case LSTM_METRIC_MSE:
        return sums->squared / n;
    case LSTM_METRIC_MAE:
        return sums->absolute / n;
    case LSTM_METRIC_MAPE:
        return 100 * sums->percentage / n;
    case LSTM_METRIC_SMAPE:
        return 100 * sums->symmetric / n;
    case LSTM_METRIC_MASE:
        return sums->absolute / n / scale;
    case LSTM_METRIC_RMSSE:
        return sqrt(sums->squared / n / scale);
    default:
        return sums->squared_distance == 0 ? NAN : 1 - sums->squared / sums->squared_distance;
    }
}
