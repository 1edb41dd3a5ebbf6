/* SPDX-License-Identifier: MIT */
#include "method/adjustment.h"

#include "base/memory.h"
#include "method/history.h"

/* Quantile .9 of the chi-square distribution with 1 degree of freedom. */
static const double significant = 2.705543454095404;

bool lts_has_season(int64_t n, const double *x, int64_t m, double weight)
{
    double mean = 0, variance = 0, before = 1, at_m = 0;
    for (int64_t t = 0; t < n; t++)
        mean += x[t] / (double)n;
    for (int64_t t = 0; t < n; t++)
        variance += (x[t] - mean) * (x[t] - mean);
    if (variance == 0)
        return false;
    for (int64_t lag = 1; lag <= m; lag++) {
        double sum = 0;
        for (int64_t t = lag; t < n; t++)
            sum += (x[t] - mean) * (x[t - lag] - mean);
        double r = sum / variance;
        if (lag < m)
            before += weight * r * r;
        at_m = r;
    }
    return (double)n * at_m * at_m / before > significant;
}

/* The centred moving average of m rows at row t; for an even m, half of the rows at both ends. */
static double trend_at(const double *x, int64_t m, int64_t t)
{
    int64_t half = m / 2;
    double sum = m % 2 == 1 ? x[t - half] + x[t + half] : (x[t - half] + x[t + half]) / 2;
    for (int64_t i = t - half + 1; i < t + half; i++)
        sum += x[i];
    return sum / (double)m;
}

/* index [m]: by phase, the mean of the ratios to the trend, or of the differences from it. */
static void seasonal_index(int64_t n, const double *x, int64_t m, bool ratios, double *index)
{
    double mean = 0;
    for (int64_t phase = 0; phase < m; phase++) {
        double sum = 0;
        int64_t count = 0;
        for (int64_t t = phase; t < n - m / 2; t += m)
            if (t >= m / 2) {
                double trend = trend_at(x, m, t);
                sum += ratios ? x[t] / trend : x[t] - trend;
                count++;
            }
        index[phase] = sum / (double)count;
        mean += index[phase] / (double)m;
    }
    for (int64_t phase = 0; phase < m; phase++)
        index[phase] = ratios ? index[phase] / mean : index[phase] - mean;
}

static bool all_positive(int64_t n, const double *x)
{
    for (int64_t t = 0; t < n; t++)
        if (!(x[t] > 0))
            return false;
    return true;
}

lts_adjustment lts_adjust(int64_t n, double *x, int64_t m, double *index)
{
    bool ratios = all_positive(n, x);
    if (ratios) {
        seasonal_index(n, x, m, true, index);
        ratios = all_positive(m, index);
    }
    if (!ratios)
        seasonal_index(n, x, m, false, index);
    for (int64_t t = 0; t < n; t++)
        x[t] = ratios ? x[t] / index[t % m] : x[t] - index[t % m];
    return (lts_adjustment){m, index, ratios};
}

double lts_readjust(const lts_adjustment *season, int64_t row, double value)
{
    if (season->m == 0)
        return value;
    double index = season->index[row % season->m];
    return season->ratios ? value * index : value + index;
}

lstm_status lts_adjusted_forecast(lts_adjusted_fn method, int64_t n_season, int64_t n,
                                  const double *x, int64_t m, int64_t H, double *y)
{
    lts_span span = lts_history_span(n, x);
    int64_t length = span.end - span.first;
    if (length == 0) {
        for (int64_t h = 0; h < H; h++)
            y[h] = (double)NAN;
        return LSTM_OK;
    }
    if (m > length / n_season)
        m = 0;
    double *work = lts_alloc(length + m, sizeof *work);
    if (work == NULL)
        return LSTM_E_NOMEM;
    memcpy(work, x + span.first, (size_t)length * sizeof *work);
    lts_history_fill(length, work);
    method(length, work, m, n - span.end, H, y, work + length);
    lts_free(work);
    return LSTM_OK;
}
