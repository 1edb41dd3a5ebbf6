/* SPDX-License-Identifier: MIT */
/* The functions of lstmts/loss.h: they check what they are given, which an engine need not. */
#include "score/loss.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "score/loss_options.h"

/* Reads options for n windows of K targets. */
static lstm_status open_loss(lts_loss *loss, const lstm_loss_options *options, int64_t n, int64_t K)
{
    LTS_TRY(lts_loss_read(loss, options));
    LTS_TRY(lts_check_at_least("n", n, 1));
    LTS_TRY(lts_check_at_least("K", K, 1));
    int64_t size;
    if (!lts_multiply(n, K, &size) || !lts_multiply(size, LTS_MAX_LEVELS, &size))
        return lts_fail(LSTM_E_LIMIT, "n %lld and K %lld are too large", (long long)n,
                        (long long)K);
    return lts_loss_match(loss, K, loss->n_step_weight);
}

static lstm_status check_outputs(const lts_loss *loss, int64_t n, int64_t K, const real *y)
{
    int64_t i = lts_first_nonfinite(y, n * K * loss->n_out);
    if (i >= 0)
        return lts_fail(LSTM_E_NUMERIC, "y of row %lld, output %lld is %g",
                        (long long)(i / K / loss->n_out), (long long)(i % (K * loss->n_out)),
                        (double)y[i]);
    return LSTM_OK;
}

static lstm_status check_target(const lts_loss *loss, int64_t i, int64_t K, double target)
{
    if (!isfinite(target))
        return lts_fail(LSTM_E_NUMERIC, "target %lld of row %lld is %g", (long long)(i % K),
                        (long long)(i / K), target);
    if (loss->kind == LSTM_LOSS_NEGATIVE_BINOMIAL && target < 0)
        return lts_fail(LSTM_E_NUMERIC, "target %lld of row %lld is %g, expected a count",
                        (long long)(i % K), (long long)(i / K), target);
    return LSTM_OK;
}

static lstm_status check_targets(const lts_loss *loss, int64_t n, int64_t K, const real *target,
                                 const real *weight)
{
    for (int64_t i = 0; i < n * K; i++) {
        double w = weight == NULL ? 1 : (double)weight[i];
        if (!(w >= 0 && isfinite(w)))
            return lts_fail(LSTM_E_NUMERIC, "weight %lld of row %lld is %g, expected at least 0",
                            (long long)(i % K), (long long)(i / K), w);
        if (w > 0)
            LTS_TRY(check_target(loss, i, K, (double)target[i]));
    }
    return LSTM_OK;
}

static lstm_status check_levels(const lts_loss *loss, int64_t n, const double *levels)
{
    if (!lts_loss_has_distribution(loss))
        return lts_fail(LSTM_E_ARGUMENT, "loss kind %lld with n_level %lld has no distribution",
                        (long long)loss->kind, (long long)loss->n_level);
    for (int64_t i = 0; i < n; i++)
        if (!(levels[i] > 0 && levels[i] < 1))
            return lts_fail(LSTM_E_ARGUMENT, "level %lld is %g, expected above 0 and below 1",
                            (long long)i, levels[i]);
    return LSTM_OK;
}

lstm_status lstm_loss_outputs(const lstm_loss_options *options, int64_t *n_out)
{
    LTS_FLOAT_SCOPE();
    lts_loss loss;
    LTS_NOT_NULL(n_out);
    LTS_TRY(lts_loss_read(&loss, options));
    *n_out = loss.n_out;
    return LSTM_OK;
}

lstm_status lstm_loss_evaluate(const lstm_loss_options *options, int64_t n, int64_t K,
                               const lstm_real *y, const lstm_real *target, const lstm_real *weight,
                               double *loss, lstm_real *dy)
{
    LTS_FLOAT_SCOPE();
    lts_loss l;
    LTS_NOT_NULL(y);
    LTS_NOT_NULL(target);
    LTS_NOT_NULL(loss);
    LTS_TRY(open_loss(&l, options, n, K));
    LTS_TRY(check_outputs(&l, n, K, y));
    LTS_TRY(check_targets(&l, n, K, target, weight));
    double total = lts_loss_weight(&l, n, K, weight), scale = total == 0 ? 0 : 1 / total;
    *loss = scale * lts_loss_sum(&l, n, K, y, target, weight, scale, dy);
    return LSTM_OK;
}

lstm_status lstm_loss_location(const lstm_loss_options *options, int64_t n, int64_t K,
                               const lstm_real *y, lstm_real *location)
{
    LTS_FLOAT_SCOPE();
    lts_loss loss;
    LTS_NOT_NULL(y);
    LTS_NOT_NULL(location);
    LTS_TRY(open_loss(&loss, options, n, K));
    lts_loss_location(&loss, n, K, y, location);
    return LSTM_OK;
}

lstm_status lstm_loss_quantiles(const lstm_loss_options *options, int64_t n, int64_t K,
                                const lstm_real *y, const double *levels, int64_t n_level,
                                lstm_real *quantiles)
{
    LTS_FLOAT_SCOPE();
    lts_loss loss;
    LTS_NOT_NULL(y);
    LTS_NOT_NULL(levels);
    LTS_NOT_NULL(quantiles);
    LTS_TRY(lts_check_at_least("n_level", n_level, 1));
    LTS_TRY(open_loss(&loss, options, n, K));
    LTS_TRY(check_levels(&loss, n_level, levels));
    LTS_TRY(check_outputs(&loss, n, K, y));
    for (int64_t i = 0; i < n * K; i++)
        for (int64_t j = 0; j < n_level; j++)
            quantiles[i * n_level + j] = lts_loss_quantile(&loss, i, K, y, levels[j]);
    return LSTM_OK;
}

lstm_status lstm_loss_sample(const lstm_loss_options *options, int64_t n, int64_t K,
                             const lstm_real *y, const double *uniform, lstm_real *sample)
{
    LTS_FLOAT_SCOPE();
    lts_loss loss;
    LTS_NOT_NULL(y);
    LTS_NOT_NULL(uniform);
    LTS_NOT_NULL(sample);
    LTS_TRY(open_loss(&loss, options, n, K));
    LTS_TRY(check_levels(&loss, n * K, uniform));
    LTS_TRY(check_outputs(&loss, n, K, y));
    for (int64_t i = 0; i < n * K; i++)
        sample[i] = lts_loss_quantile(&loss, i, K, y, uniform[i]);
    return LSTM_OK;
}
