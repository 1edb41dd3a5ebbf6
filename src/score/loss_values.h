/* SPDX-License-Identifier: MIT */
/*
 * The losses of one target: the formulas that processor and devices share. docs/numerics.md derives
 * the likelihoods. e is target - location, z is e/scale.
 *
 * The quantile loss: level i < median has parameter i + 1, level i > median parameter i, the median
 * parameter 0. So the parameter of level i, and of no other, is added to, or subtracted from, the
 * quantile of its neighbour on the side of the median.
 */
#ifndef LTS_SCORE_LOSS_VALUES_H
#define LTS_SCORE_LOSS_VALUES_H

#include "score/gamma.h"
#include "score/loss_kind.h"

static const double LTS_LOG_PI = 1.14472988584940017414;

LTS_INLINE double lts_squared(double error, double delta, double *slope)
{
    (void)delta;
    *slope = 2 * error;
    return error * error;
}

LTS_INLINE double lts_absolute(double error, double delta, double *slope)
{
    (void)delta;
    *slope = (error > 0) - (error < 0);
    return fabs(error);
}

/* With c = error limited to -delta .. delta, both branches are c (error - c/2). */
LTS_INLINE double lts_huber(double error, double delta, double *slope)
{
    double c = error > delta ? delta : error < -delta ? -delta : error;
    *slope = c;
    return c * (error - c / 2);
}

/* From parameters [n_level], in place, to quantiles, and the derivative of each by its own. */
LTS_INLINE void lts_quantiles_of(const lts_loss *loss, double *quantile, double *own)
{
    int64_t median = loss->median;
    double first = quantile[0];
    for (int64_t i = 0; i < median; i++) {
        quantile[i] = lts_softplus(quantile[i + 1], &own[i]);
        own[i] = -own[i];
    }
    quantile[median] = first;
    own[median] = 1;
    for (int64_t i = median - 1; i >= 0; i--)
        quantile[i] = quantile[i + 1] - quantile[i];
    for (int64_t i = median + 1; i < loss->n_level; i++)
        quantile[i] = quantile[i - 1] + lts_softplus(quantile[i], &own[i]);
}

/* Pinball loss per unit of error. */
LTS_INLINE double lts_pinball_rate(double level, double error)
{
    return error > 0 ? level : error < 0 ? level - 1 : 0;
}

/*
 * A parameter moves the quantiles of its level and of all that are farther from the median.
 * y [n_level] is overwritten.
 */
LTS_INLINE double lts_pinball(const lts_loss *loss, double *y, double target, double *slope)
{
    int64_t n = loss->n_level, median = loss->median;
    double factor = 2 / (double)n, sum = 0, above = 0, below = 0;
    lts_quantiles_of(loss, y, slope);
    for (int64_t i = n - 1; i > median; i--) {
        double rate = lts_pinball_rate(loss->levels[i], target - y[i]);
        sum += rate * (target - y[i]);
        above -= rate;
        slope[i] = factor * slope[i] * above;
    }
    double own = slope[0];
    for (int64_t i = 0; i < median; i++) {
        double rate = lts_pinball_rate(loss->levels[i], target - y[i]), next = slope[i + 1];
        sum += rate * (target - y[i]);
        below -= rate;
        slope[i + 1] = factor * own * below;
        own = next;
    }
    double rate = lts_pinball_rate(0.5, target - y[median]);
    slope[0] = factor * (below - rate + above);
    return factor * (sum + rate * (target - y[median]));
}

LTS_INLINE double lts_gaussian(const lts_loss *loss, double unit, const double *y, double target,
                               double *slope)
{
    (void)unit;
    double by_parameter, scale = loss->scale_floor + lts_softplus(y[1], &by_parameter);
    double z = (target - y[0]) / scale;
    slope[0] = -z / scale;
    slope[1] = (1 - z * z) / scale * by_parameter;
    return LTS_HALF_LOG_TWO_PI + log(scale) + z * z / 2;
}

LTS_INLINE double lts_student(const lts_loss *loss, double unit, const double *y, double target,
                              double *slope)
{
    (void)unit;
    double by_scale, by_freedom;
    double scale = loss->scale_floor + lts_softplus(y[1], &by_scale);
    double n = loss->freedom_floor + lts_softplus(y[2], &by_freedom);
    double z = (target - y[0]) / scale, square = z * z;
    double weight = (n + 1) / (n + square), logarithm = log1p(square / n);
    slope[0] = -weight * z / scale;
    slope[1] = (1 - weight * square) / scale * by_scale;
    slope[2] =
        0.5 * (1 / n - lts_digamma_step(n / 2, 0.5) + logarithm - weight * square / n) * by_freedom;
    return log(scale) + 0.5 * (log(n) + LTS_LOG_PI) - lts_log_gamma_step(n / 2, 0.5) +
           0.5 * (n + 1) * logarithm;
}

/* ln of the softplus, which is y + O(e^y) far below 0, where the softplus itself becomes 0. */
LTS_INLINE double lts_log_softplus(double y, double softplus)
{
    return y < -40 ? y : log(softplus);
}

LTS_INLINE double lts_count(const lts_loss *loss, double unit, const double *y, double target,
                            double *slope)
{
    double by_mean, by_dispersion;
    double softplus = lts_softplus(y[0], &by_mean), mean = unit * softplus;
    double a = loss->dispersion_floor + lts_softplus(y[1], &by_dispersion);
    double k = target * unit, r = 1 / a, odds = a * mean, logarithm = log1p(odds);
    double excess = (mean - k) / (1 + odds);
    double log_odds = log(a) + log(unit) + lts_log_softplus(y[0], softplus);
    slope[0] = excess * (y[0] < -40 ? 1 : by_mean / softplus);
    slope[1] = (lts_digamma_step(r, k) - logarithm + a * excess) / a / a * by_dispersion;
    return lts_log_gamma(k + 1) - lts_log_gamma_step(r, k) + r * logarithm -
           k * (log_odds - logarithm);
}

/**
 * Returns the loss of one target, and writes its derivatives by y [n_out] to slope. All kinds but
 * LSTM_LOSS_QUANTILE, whose arrays a device should not reserve for the others.
 */
LTS_INLINE double lts_loss_value(const lts_loss *loss, double unit, const double *y, double target,
                                 double *slope)
{
    switch (loss->kind) {
    case LSTM_LOSS_MSE:
        return lts_squared(y[0] - target, loss->delta, slope);
    case LSTM_LOSS_MAE:
        return lts_absolute(y[0] - target, loss->delta, slope);
    case LSTM_LOSS_HUBER:
        return lts_huber(y[0] - target, loss->delta, slope);
    case LSTM_LOSS_GAUSSIAN:
        return lts_gaussian(loss, unit, y, target, slope);
    case LSTM_LOSS_STUDENT_T:
        return lts_student(loss, unit, y, target, slope);
    default:
        return lts_count(loss, unit, y, target, slope);
    }
}

#endif
