/* SPDX-License-Identifier: MIT */
/* Quantiles of forecasts: those of sample paths. */
#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "forecaster/forecaster.h"
#include "view/order.h"

/* Paths of a forecast: the share below a quantile q is right to sqrt(q (1 - q)/1000), .016 at most.
   */
enum { PATHS = 1000 };

/* The quantile of n values, by the line between the values of the two nearest ranks; NaN if there
   is none. */
static real quantile_of(const lts_stretch *values, double level)
{
    real pair[2];
    double rank = level * (double)(values->n - 1), below = floor(rank), part = rank - below;
    if (isnan(values->values[0])) /* then all are */
        return (real)NAN;
    lts_order_pair(values, 1, (int64_t)below, pair);
    return (real)((1 - part) * (double)pair[0] + part * (double)pair[1]);
}

/* y [L, H, K] of one origin from its paths [PATHS, H, K]. */
static void find_quantiles(const real *paths, int64_t slot, const double *levels, int64_t n_level,
                           real *y)
{
    for (int64_t at = 0; at < slot; at++) {
        const lts_stretch values = {.values = paths + at, .stride = slot, .n = PATHS};
        for (int64_t l = 0; l < n_level; l++)
            y[l * slot + at] = quantile_of(&values, levels[l]);
    }
}

static lstm_status check_levels(const double *levels, int64_t n_level)
{
    LTS_TRY(lts_check_at_least("n_level", n_level, 1));
    for (int64_t l = 0; l < n_level; l++)
        if (!(levels[l] > 0 && levels[l] < 1))
            return lts_fail(LSTM_E_ARGUMENT, "levels[%lld] is %g, expected above 0 and below 1",
                            (long long)l, levels[l]);
    return LSTM_OK;
}

/* One call of lstm_forecaster_quantiles(). */
typedef struct call {
    const lstm_forecaster *f;
    const lstm_dataset *dataset;
    int64_t series, H;
    const double *levels;
    int64_t L;
} call;

/* Computes into a buffer, so that y is filled at the end. */
static lstm_status run_call(const call *c, const int64_t *origins, int64_t n, real *y)
{
    int64_t slot, size, all;
    if (!lts_multiply(c->H, c->f->fitted.n_target, &slot) || !lts_multiply(slot, PATHS, &size) ||
        !lts_multiply(slot, c->L, &all) || !lts_multiply(all, n, &all))
        return lts_fail(LSTM_E_LIMIT,
                        "quantiles of %lld levels, %lld rows from %lld origins are too large",
                        (long long)c->L, (long long)c->H, (long long)n);
    real *paths = lts_alloc(size, sizeof *paths), *staging = lts_alloc(all, sizeof *staging);
    lstm_status status = paths == NULL || staging == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (int64_t i = 0; i < n && status >= 0; i++) {
        status = lstm_forecaster_paths(c->f, c->dataset, c->series, origins[i], c->H, PATHS,
                                       c->f->options.seed, paths);
        if (status >= 0)
            find_quantiles(paths, slot, c->levels, c->L, staging + i * c->L * slot);
    }
    if (status >= 0)
        memcpy(y, staging, (size_t)all * sizeof *y);
    lts_free(paths);
    lts_free(staging);
    return status;
}

lstm_status lstm_forecaster_quantiles(const lstm_forecaster *forecaster,
                                      const lstm_dataset *dataset, int64_t series,
                                      const int64_t *origins, int64_t n_origin, int64_t horizon,
                                      const double *levels, int64_t n_level, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(origins);
    LTS_NOT_NULL(levels);
    LTS_NOT_NULL(y);
    LTS_TRY(check_levels(levels, n_level));
    LTS_TRY(lts_check_origins(forecaster, dataset, series, origins, n_origin, horizon));
    const call c = {forecaster, dataset, series, horizon, levels, n_level};
    return run_call(&c, origins, n_origin, y);
}
