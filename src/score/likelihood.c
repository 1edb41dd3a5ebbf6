/* SPDX-License-Identifier: MIT */
/*
 * Negative log-likelihoods, as docs/numerics.md derives them. e is target - location, z is e/scale.
 */
#include "score/distribution.h"
#include "score/gamma.h"
#include "score/loss_kind.h"

static const double half_log_two_pi = 0.91893853320467274178;
static const double log_pi = 1.14472988584940017414;

static double gaussian(const lts_loss *loss, double unit, const double *y, double target,
                       double *slope)
{
    (void)unit;
    double by_parameter, scale = loss->scale_floor + lts_softplus(y[1], &by_parameter);
    double z = (target - y[0]) / scale;
    slope[0] = -z / scale;
    slope[1] = (1 - z * z) / scale * by_parameter;
    return half_log_two_pi + log(scale) + z * z / 2;
}

static double gaussian_quantile(const lts_loss *loss, double unit, const double *y, double level)
{
    (void)unit;
    double by_parameter, scale = loss->scale_floor + lts_softplus(y[1], &by_parameter);
    return y[0] + scale * lts_normal_quantile(level);
}

static double student(const lts_loss *loss, double unit, const double *y, double target,
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
    return log(scale) + 0.5 * (log(n) + log_pi) - lts_log_gamma_step(n / 2, 0.5) +
           0.5 * (n + 1) * logarithm;
}

static double student_quantile(const lts_loss *loss, double unit, const double *y, double level)
{
    (void)unit;
    double slope, scale = loss->scale_floor + lts_softplus(y[1], &slope);
    double freedom = loss->freedom_floor + lts_softplus(y[2], &slope);
    return y[0] + scale * lts_student_quantile(level, freedom);
}

/* ln of the softplus, which is y + O(e^y) far below 0, where the softplus itself becomes 0. */
static double log_softplus(double y, double softplus)
{
    return y < -40 ? y : log(softplus);
}

static double count(const lts_loss *loss, double unit, const double *y, double target,
                    double *slope)
{
    double by_mean, by_dispersion;
    double softplus = lts_softplus(y[0], &by_mean), mean = unit * softplus;
    double a = loss->dispersion_floor + lts_softplus(y[1], &by_dispersion);
    double k = target * unit, r = 1 / a, odds = a * mean, logarithm = log1p(odds);
    double excess = (mean - k) / (1 + odds);
    double log_odds = log(a) + log(unit) + log_softplus(y[0], softplus);
    slope[0] = excess * (y[0] < -40 ? 1 : by_mean / softplus);
    slope[1] = (lts_digamma_step(r, k) - logarithm + a * excess) / a / a * by_dispersion;
    return lts_log_gamma(k + 1) - lts_log_gamma_step(r, k) + r * logarithm -
           k * (log_odds - logarithm);
}

static double count_location(double y, double *slope)
{
    return lts_softplus(y, slope);
}

static double count_quantile(const lts_loss *loss, double unit, const double *y, double level)
{
    double slope, mean = unit * lts_softplus(y[0], &slope);
    double dispersion = loss->dispersion_floor + lts_softplus(y[1], &slope);
    return lts_count_quantile(level, mean, dispersion) / unit;
}

const lts_loss_kind lts_likelihood_kinds[3] = {
    {2, NULL, gaussian, lts_location_identity, gaussian_quantile},
    {3, NULL, student, lts_location_identity, student_quantile},
    {2, NULL, count, count_location, count_quantile},
};
