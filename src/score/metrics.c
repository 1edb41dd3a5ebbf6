/* SPDX-License-Identifier: MIT */
/*
 * The functions of lstmts/metrics.h. Each checks all values first, and then writes its outputs, so
 * that a failure leaves them as they are.
 */
#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "score/crps.h"
#include "score/point_sums.h"

static lstm_status check_sizes(int64_t n, int64_t K, int64_t depth)
{
    int64_t size;
    LTS_TRY(lts_check_at_least("n", n, 1));
    LTS_TRY(lts_check_at_least("K", K, 1));
    if (!lts_multiply(n, K, &size) || !lts_multiply(size, depth, &size))
        return lts_fail(LSTM_E_LIMIT, "n %lld and K %lld are too large", (long long)n,
                        (long long)K);
    return LSTM_OK;
}

/* The values [n, K, depth] of a forecast must be finite where the truth [n, K] is not missing. */
static lstm_status check_values(int64_t n, int64_t K, int64_t depth, const real *truth,
                                const real *values, const char *name)
{
    for (int64_t i = 0; i < n * K; i++) {
        if (isnan(truth[i]))
            continue;
        int64_t at = lts_first_nonfinite(values + i * depth, depth);
        if (isinf(truth[i]) || at >= 0)
            return lts_fail(LSTM_E_NUMERIC, "%s of row %lld, column %lld is %g",
                            isinf(truth[i]) ? "truth" : name, (long long)(i / K),
                            (long long)(i % K),
                            (double)(isinf(truth[i]) ? truth[i] : values[i * depth + at]));
    }
    return LSTM_OK;
}

static lstm_status check_share(const char *name, double share)
{
    if (!(share > 0 && share < 1))
        return lts_fail(LSTM_E_ARGUMENT, "%s is %g, expected above 0 and below 1", name, share);
    return LSTM_OK;
}

/* Forecast distributions, and how value i of them is scored if the truth is y. */
typedef struct scored {
    double (*score)(const struct scored *by, int64_t i, double y);
    const real *values, *upper;
    int64_t depth; /* values per truth */
    int64_t kind;
    double level;
    const double *levels;
    double *sorted; /* workspace of samples */
} scored;

/* Writes the mean score of each column over the truth that is there; NaN if there is none. */
static void write_means(int64_t n, int64_t K, const real *truth, const scored *by, double *value,
                        int64_t *counted)
{
    for (int64_t k = 0; k < K; k++) {
        double sum = 0;
        int64_t present = 0;
        for (int64_t i = k; i < n * K; i += K)
            if (!isnan(truth[i])) {
                sum += by->score(by, i, (double)truth[i]);
                present++;
            }
        value[k] = present == 0 ? (double)NAN : sum / (double)present;
        if (counted != NULL)
            counted[k] = present;
    }
}

static lstm_status check_scale(int64_t kind, int64_t K, const double *scale)
{
    bool scaled = kind == LSTM_METRIC_MASE || kind == LSTM_METRIC_RMSSE;
    if (scaled != (scale != NULL))
        return lts_fail(LSTM_E_ARGUMENT, "scale is %s, expected %s for metric kind %lld",
                        scaled ? "NULL" : "not NULL", scaled ? "an array" : "NULL",
                        (long long)kind);
    for (int64_t k = 0; scaled && k < K; k++)
        if (!(scale[k] > 0 && isfinite(scale[k])))
            return lts_fail(LSTM_E_ARGUMENT, "scale[%lld] is %g, expected above 0", (long long)k,
                            scale[k]);
    return LSTM_OK;
}

lstm_status lstm_metric(int64_t kind, int64_t n, int64_t K, const lstm_real *truth,
                        const lstm_real *forecast, const double *scale, double *value,
                        int64_t *counted)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(truth);
    LTS_NOT_NULL(forecast);
    LTS_NOT_NULL(value);
    LTS_TRY(lts_check_one_of("metric kind", kind, LSTM_METRIC_R2 + 1,
                             "LSTM_METRIC_RMSE, _MSE, _MAE, _MAPE, _SMAPE, _MASE, _RMSSE or _R2"));
    LTS_TRY(check_sizes(n, K, 1));
    LTS_TRY(check_scale(kind, K, scale));
    LTS_TRY(check_values(n, K, 1, truth, forecast, "forecast"));
    for (int64_t k = 0; k < K; k++) {
        lts_point_sums sums = {0};
        for (int64_t i = k; i < n * K; i += K)
            lts_point_sums_add(&sums, (double)truth[i], (double)forecast[i]);
        value[k] = lts_point_metric(&sums, kind, scale == NULL ? 1 : scale[k]);
        if (counted != NULL)
            counted[k] = sums.n;
    }
    return LSTM_OK;
}

lstm_status lstm_metric_scale(int64_t kind, int64_t n, int64_t K, const lstm_real *train,
                              int64_t period, double *scale, int64_t *counted)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(train);
    LTS_NOT_NULL(scale);
    if (kind != LSTM_METRIC_MASE && kind != LSTM_METRIC_RMSSE)
        return lts_fail(LSTM_E_ARGUMENT,
                        "metric kind is %lld, expected LSTM_METRIC_MASE or LSTM_METRIC_RMSSE",
                        (long long)kind);
    LTS_TRY(check_sizes(n, K, 1));
    LTS_TRY(lts_check_at_least("period", period, 1));
    if (period >= n)
        return lts_fail(LSTM_E_ARGUMENT, "period is %lld, expected below n = %lld",
                        (long long)period, (long long)n);
    LTS_TRY(check_values(n, K, 1, train, train, "train"));
    for (int64_t k = 0; k < K; k++) {
        lts_point_sums sums = {0};
        for (int64_t t = period; t < n; t++) {
            double before = (double)train[(t - period) * K + k];
            if (!isnan(before))
                lts_point_sums_add(&sums, (double)train[t * K + k], before);
        }
        scale[k] = lts_point_metric(
            &sums, kind == LSTM_METRIC_MASE ? LSTM_METRIC_MAE : LSTM_METRIC_MSE, 1);
        if (counted != NULL)
            counted[k] = sums.n;
    }
    return LSTM_OK;
}

static lstm_status check_owa(const char *name, double value, bool above_zero)
{
    if (!(value >= 0 && isfinite(value)) || (above_zero && value == 0))
        return lts_fail(LSTM_E_ARGUMENT, "%s is %g, expected %s 0", name, value,
                        above_zero ? "above" : "at least");
    return LSTM_OK;
}

lstm_status lstm_metric_owa(double smape, double mase, double naive_smape, double naive_mase,
                            double *owa)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(owa);
    LTS_TRY(check_owa("smape", smape, false));
    LTS_TRY(check_owa("mase", mase, false));
    LTS_TRY(check_owa("naive_smape", naive_smape, true));
    LTS_TRY(check_owa("naive_mase", naive_mase, true));
    *owa = (smape / naive_smape + mase / naive_mase) / 2;
    return LSTM_OK;
}

static double score_quantile(const scored *by, int64_t i, double y)
{
    return lts_pinball(by->level, y, (double)by->values[i]);
}

lstm_status lstm_metric_pinball(double level, int64_t n, int64_t K, const lstm_real *truth,
                                const lstm_real *quantile, double *value, int64_t *counted)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(truth);
    LTS_NOT_NULL(quantile);
    LTS_NOT_NULL(value);
    LTS_TRY(check_share("level", level));
    LTS_TRY(check_sizes(n, K, 1));
    LTS_TRY(check_values(n, K, 1, truth, quantile, "quantile"));
    const scored by = {.score = score_quantile, .values = quantile, .level = level};
    write_means(n, K, truth, &by, value, counted);
    return LSTM_OK;
}

static double score_quantiles(const scored *by, int64_t i, double y)
{
    return lts_crps_of_quantiles(by->depth, by->levels, by->values + i * by->depth, y);
}

lstm_status lstm_metric_crps_quantiles(int64_t n, int64_t K, const lstm_real *truth,
                                       const double *levels, int64_t n_level,
                                       const lstm_real *quantiles, double *value, int64_t *counted)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(truth);
    LTS_NOT_NULL(levels);
    LTS_NOT_NULL(quantiles);
    LTS_NOT_NULL(value);
    LTS_TRY(lts_check_at_least("n_level", n_level, 1));
    LTS_TRY(check_sizes(n, K, n_level));
    for (int64_t j = 0; j < n_level; j++)
        LTS_TRY(check_share("level", levels[j]));
    LTS_TRY(check_values(n, K, n_level, truth, quantiles, "a quantile"));
    const scored by = {
        .score = score_quantiles, .values = quantiles, .depth = n_level, .levels = levels};
    write_means(n, K, truth, &by, value, counted);
    return LSTM_OK;
}

static double score_samples(const scored *by, int64_t i, double y)
{
    return lts_crps_of_samples(by->depth, by->values + i * by->depth, y, by->kind == LSTM_CRPS_FAIR,
                               by->sorted);
}

lstm_status lstm_metric_crps_samples(int64_t estimator, int64_t n, int64_t K,
                                     const lstm_real *truth, int64_t n_sample,
                                     const lstm_real *samples, double *value, int64_t *counted)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(truth);
    LTS_NOT_NULL(samples);
    LTS_NOT_NULL(value);
    LTS_TRY(lts_check_one_of("estimator", estimator, LSTM_CRPS_FAIR + 1,
                             "LSTM_CRPS_EMPIRICAL or LSTM_CRPS_FAIR"));
    LTS_TRY(lts_check_at_least("n_sample", n_sample, estimator == LSTM_CRPS_FAIR ? 2 : 1));
    LTS_TRY(check_sizes(n, K, n_sample));
    LTS_TRY(check_values(n, K, n_sample, truth, samples, "a sample"));
    double *sorted = lts_alloc(n_sample, sizeof *sorted);
    if (sorted == NULL)
        return LSTM_E_NOMEM;
    const scored by = {.score = score_samples,
                       .values = samples,
                       .depth = n_sample,
                       .kind = estimator,
                       .sorted = sorted};
    write_means(n, K, truth, &by, value, counted);
    lts_free(sorted);
    return LSTM_OK;
}

static lstm_status check_order(int64_t n, int64_t K, const real *truth, const real *lower,
                               const real *upper)
{
    LTS_TRY(check_values(n, K, 1, truth, lower, "lower"));
    LTS_TRY(check_values(n, K, 1, truth, upper, "upper"));
    for (int64_t i = 0; i < n * K; i++)
        if (!isnan(truth[i]) && lower[i] > upper[i])
            return lts_fail(LSTM_E_ARGUMENT, "row %lld, column %lld: lower %g is above upper %g",
                            (long long)(i / K), (long long)(i % K), (double)lower[i],
                            (double)upper[i]);
    return LSTM_OK;
}

static double score_interval(const scored *by, int64_t i, double y)
{
    double lower = (double)by->values[i], upper = (double)by->upper[i];
    double outside = fmax(0, fmax(lower - y, y - upper));
    if (by->kind == LSTM_INTERVAL_COVERAGE)
        return outside == 0;
    double penalty = by->kind == LSTM_INTERVAL_SCORE ? 2 / (1 - by->level) : 0;
    return upper - lower + penalty * outside;
}

lstm_status lstm_metric_interval(int64_t kind, double coverage, int64_t n, int64_t K,
                                 const lstm_real *truth, const lstm_real *lower,
                                 const lstm_real *upper, double *value, int64_t *counted)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(truth);
    LTS_NOT_NULL(lower);
    LTS_NOT_NULL(upper);
    LTS_NOT_NULL(value);
    LTS_TRY(lts_check_one_of("interval metric", kind, LSTM_INTERVAL_SCORE + 1,
                             "LSTM_INTERVAL_COVERAGE, _WIDTH or _SCORE"));
    LTS_TRY(check_share("coverage", coverage));
    LTS_TRY(check_sizes(n, K, 1));
    LTS_TRY(check_order(n, K, truth, lower, upper));
    const scored by = {
        .score = score_interval, .values = lower, .upper = upper, .kind = kind, .level = coverage};
    write_means(n, K, truth, &by, value, counted);
    return LSTM_OK;
}
