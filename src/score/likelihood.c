/* SPDX-License-Identifier: MIT */
/*
 * Quantiles and locations of the distributions whose negative log-likelihoods are in
 * loss_values.h.
 */
#include "score/distribution.h"
#include "score/loss_values.h"

static double gaussian_quantile(const lts_loss *loss, double unit, const double *y, double level)
{
    (void)unit;
    double by_parameter, scale = loss->scale_floor + lts_softplus(y[1], &by_parameter);
    return y[0] + scale * lts_normal_quantile(level);
}

static double student_quantile(const lts_loss *loss, double unit, const double *y, double level)
{
    (void)unit;
    double slope, scale = loss->scale_floor + lts_softplus(y[1], &slope);
    double freedom = loss->freedom_floor + lts_softplus(y[2], &slope);
    return y[0] + scale * lts_student_quantile(level, freedom);
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
    {2, NULL, lts_gaussian, lts_location_identity, gaussian_quantile},
    {3, NULL, lts_student, lts_location_identity, student_quantile},
    {2, NULL, lts_count, count_location, count_quantile},
};
