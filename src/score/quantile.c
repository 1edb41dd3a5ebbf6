/* SPDX-License-Identifier: MIT */
/*
 * The quantile loss. Level i < median has parameter i + 1, level i > median parameter i, the median
 * parameter 0. So the parameter of level i, and of no other, is added to, or subtracted from, the
 * quantile of its neighbour on the side of the median.
 */
#include "score/loss_kind.h"

/* Quantiles [n_level], and the derivative of each by its own parameter. */
static void quantiles_of(const lts_loss *loss, const double *y, double *quantile, double *own)
{
    int64_t median = loss->median;
    quantile[median] = y[0];
    own[median] = 1;
    for (int64_t i = median - 1; i >= 0; i--) {
        quantile[i] = quantile[i + 1] - lts_softplus(y[i + 1], &own[i]);
        own[i] = -own[i];
    }
    for (int64_t i = median + 1; i < loss->n_level; i++)
        quantile[i] = quantile[i - 1] + lts_softplus(y[i], &own[i]);
}

/* Pinball loss per unit of error. */
static double rate_of(double level, double error)
{
    return error > 0 ? level : error < 0 ? level - 1 : 0;
}

/* A parameter moves the quantiles of its level and of all that are farther from the median. */
static double pinball(const lts_loss *loss, double unit, const double *y, double target,
                      double *slope)
{
    (void)unit;
    double quantile[LTS_MAX_LEVELS], own[LTS_MAX_LEVELS];
    int64_t n = loss->n_level, median = loss->median;
    double factor = 2 / (double)n, sum = 0, above = 0, below = 0;
    quantiles_of(loss, y, quantile, own);
    for (int64_t i = n - 1; i > median; i--) {
        double rate = rate_of(loss->levels[i], target - quantile[i]);
        sum += rate * (target - quantile[i]);
        above -= rate;
        slope[i] = factor * own[i] * above;
    }
    for (int64_t i = 0; i < median; i++) {
        double rate = rate_of(loss->levels[i], target - quantile[i]);
        sum += rate * (target - quantile[i]);
        below -= rate;
        slope[i + 1] = factor * own[i] * below;
    }
    double rate = rate_of(0.5, target - y[0]);
    slope[0] = factor * (below - rate + above);
    return factor * (sum + rate * (target - y[0]));
}

/*
 * Beyond the outermost level p with the quantile x the tail is x + b ln((1-p)/(1-level)), whose
 * derivative at p, b/(1-p), is that of the last piece inside. The lower tail is the mirror image.
 */
static double quantile_at(const lts_loss *loss, double unit, const double *y, double level)
{
    (void)unit;
    double quantile[LTS_MAX_LEVELS], own[LTS_MAX_LEVELS];
    const double *levels = loss->levels;
    int64_t n = loss->n_level, i = 1;
    quantiles_of(loss, y, quantile, own);
    while (i < n - 1 && levels[i] < level)
        i++;
    double slope = (quantile[i] - quantile[i - 1]) / (levels[i] - levels[i - 1]);
    if (level < levels[0])
        return quantile[0] + slope * levels[0] * log(level / levels[0]);
    if (level > levels[n - 1])
        return quantile[n - 1] +
               slope * (1 - levels[n - 1]) * log((1 - levels[n - 1]) / (1 - level));
    return quantile[i] - slope * (levels[i] - level);
}

const lts_loss_kind lts_quantile_kind = {0, NULL, pinball, lts_location_identity, quantile_at};
