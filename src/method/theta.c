/* SPDX-License-Identifier: MIT */
/*
 * The steps of the Theta method for x_0 .. x_(n-1):
 *
 * 1. Season. With the autocorrelations r_k of x, the season is significant at 90 % if
 *        n r_m^2 / (1 + r_1^2 + ... + r_(m-1)^2) > 2.7055, the quantile .9 of chi-square(1).
 *    Then x is divided by seasonal indices: a centred moving average of m rows is the trend; the
 *    mean ratio of x to the trend, by phase, divided by the mean over all phases, is the index. If x
 *    or an index is not positive, differences take the place of ratios.
 * 2. Trend. b is the slope of the least-squares line through x.
 * 3. Level. Simple exponential smoothing l_t = l_(t-1) + alpha (x_t - l_(t-1)), l_0 = x_0, where alpha
 *    in [.0001, .9999] minimizes the sum of the squared errors e_t = x_t - l_(t-1).
 * 4. Forecast of step h = 0, 1, ...:
 *        l_(n-1) + b/2 (h + 1/alpha - (1 - alpha)^n / alpha), times the index of its phase.
 *
 * Smoothing the line of theta 2 is smoothing 2x minus the trend line; since smoothing is linear, the
 * mean of the two lines is the smoothed x plus half of what smoothing lags behind the trend, which
 * is the formula of 4.
 */
#include "method/theta.h"

#include "base/memory.h"
#include "method/history.h"

/* Quantile .9 of the chi-square distribution with 1 degree of freedom. */
static const double significant = 2.705543454095404;

static bool has_season(int64_t n, const double *x, int64_t m)
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
            before += r * r;
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

/* Removes the season from x, and returns whether its index is one of ratios. */
static bool deseasonalize(int64_t n, double *x, int64_t m, double *index)
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
    return ratios;
}

static double slope_of(int64_t n, const double *x)
{
    double middle = (double)(n - 1) / 2, xt = 0, tt = 0;
    for (int64_t t = 0; t < n; t++) {
        xt += x[t] * ((double)t - middle);
        tt += ((double)t - middle) * ((double)t - middle);
    }
    return tt == 0 ? 0 : xt / tt;
}

/* A smoothing of x: the last level, the sum of squared errors and its derivative by alpha. */
typedef struct smoothing {
    double level, sum, slope;
} smoothing;

static smoothing smooth(int64_t n, const double *x, double alpha)
{
    smoothing s = {.level = x[0]};
    double by_alpha = 0; /* of the level */
    for (int64_t t = 1; t < n; t++) {
        double error = x[t] - s.level;
        s.sum += error * error;
        s.slope -= 2 * error * by_alpha;
        by_alpha = error + (1 - alpha) * by_alpha;
        s.level += alpha * error;
    }
    return s;
}

/*
 * The best alpha of a grid, then bisection of the derivative between its neighbours, which is exact
 * where the sum itself is flat.
 */
static double best_alpha(int64_t n, const double *x)
{
    enum { GRID = 20, HALVINGS = 45 };
    const double least = 1e-4, most = 1 - 1e-4;
    double best = 0, lowest = (double)INFINITY;
    for (int i = 0; i <= GRID; i++) {
        double alpha = least + (most - least) * i / GRID;
        double sum = smooth(n, x, alpha).sum;
        if (sum < lowest) {
            lowest = sum;
            best = alpha;
        }
    }
    double low = fmax(least, best - (most - least) / GRID);
    double high = fmin(most, best + (most - least) / GRID);
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (smooth(n, x, middle).slope > 0)
            high = middle;
        else
            low = middle;
    }
    return (low + high) / 2;
}

/* y [H]: forecasts from `gap` rows after the last of the n values, which are changed. */
static void forecast(int64_t n, double *x, int64_t m, int64_t gap, int64_t H, double *y,
                     double *index)
{
    bool season = m > 1 && n >= 2 * m && has_season(n, x, m);
    bool ratios = season && deseasonalize(n, x, m, index);
    double slope = slope_of(n, x), alpha = best_alpha(n, x);
    double level = smooth(n, x, alpha).level;
    double lag = (1 - pow(1 - alpha, (double)n)) / alpha;
    for (int64_t h = 0; h < H; h++) {
        y[h] = level + slope / 2 * ((double)(gap + h) + lag);
        if (season) {
            double at = index[(n + gap + h) % m];
            y[h] = ratios ? y[h] * at : y[h] + at;
        }
    }
}

lstm_status lts_theta(int64_t n, const double *x, int64_t m, int64_t H, double *y)
{
    int64_t first = 0, end = n;
    while (end > 0 && isnan(x[end - 1]))
        end--;
    if (end == 0) {
        for (int64_t h = 0; h < H; h++)
            y[h] = (double)NAN;
        return LSTM_OK;
    }
    while (isnan(x[first]))
        first++;
    if (m > (end - first) / 2)
        m = 0;
    double *work = lts_alloc(end - first + m, sizeof *work);
    if (work == NULL)
        return LSTM_E_NOMEM;
    memcpy(work, x + first, (size_t)(end - first) * sizeof *work);
    lts_history_fill(end - first, work);
    forecast(end - first, work, m, n - end, H, y, work + end - first);
    lts_free(work);
    return LSTM_OK;
}
