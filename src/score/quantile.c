/* SPDX-License-Identifier: MIT */
/*
 * Quantiles between and beyond the levels of the quantile loss, whose formulas are in
 * loss_values.h.
 */
#include "score/loss_values.h"

static double pinball(const lts_loss *loss, double unit, const double *y, double target,
                      double *slope)
{
    double quantile[LTS_MAX_LEVELS];
    (void)unit;
    memcpy(quantile, y, (size_t)loss->n_level * sizeof *y);
    return lts_pinball(loss, quantile, target, slope);
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
    memcpy(quantile, y, (size_t)n * sizeof *y);
    lts_quantiles_of(loss, quantile, own);
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
