/* SPDX-License-Identifier: MIT */
/*
 * The steps of the Theta method for x_0 .. x_(n-1):
 *
 * 1. Season. If it is significant at 90 % by the test of statsmodels, x is adjusted for it
 *    (adjustment.h).
 * 2. Trend. b is the slope of the least-squares line through x.
 * 3. Level. Simple exponential smoothing l_t = l_(t-1) + alpha (x_t - l_(t-1)), l_0 = x_0, where
 *    alpha in [.0001, .9999] minimizes the sum of the squared errors e_t = x_t - l_(t-1).
 * 4. Forecast of step h = 0, 1, ...:
 *        l_(n-1) + b/2 (h + 1/alpha - (1 - alpha)^n / alpha), times the index of its phase.
 *
 * Smoothing the line of theta 2 is smoothing 2x minus the trend line; since smoothing is linear,
 * the mean of the two lines is the smoothed x plus half of what smoothing lags behind the trend,
 * which is the formula of 4.
 */
#include "method/theta.h"

#include "method/adjustment.h"

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

static void forecast(int64_t n, double *x, int64_t m, int64_t gap, int64_t H, double *y,
                     double *index)
{
    lts_adjustment season = {0};
    if (m > 1 && lts_has_season(n, x, m, 1))
        season = lts_adjust(n, x, m, index);
    double slope = slope_of(n, x), alpha = best_alpha(n, x);
    double level = smooth(n, x, alpha).level;
    double lag = (1 - pow(1 - alpha, (double)n)) / alpha;
    for (int64_t h = 0; h < H; h++) {
        y[h] = level + slope / 2 * ((double)(gap + h) + lag);
        y[h] = lts_readjust(&season, n + gap + h, y[h]);
    }
}

lstm_status lts_theta(int64_t n, const double *x, int64_t m, int64_t H, double *y)
{
    return lts_adjusted_forecast(forecast, 2, n, x, m, H, y);
}
