/* SPDX-License-Identifier: MIT */
/*
 * Metrics against values of scikit-learn 1.9, properscoring 0.1 and NumPy 2.4. In Python:
 *
 * import numpy as np; from sklearn import metrics as m; import properscoring
 * y = np.array([3, -1.5, 2.25, 8, .5, 4, 6.5, -2])
 * f = np.array([2.5, -1, 4, 7.25, .5, 5.5, 3, -2.75])
 * train = np.array([1, 3, 2.5, 4, 1.5, 3.25, 2, 5, 1.25, 4]); d = lambda p: train[p:] - train[:-p]
 * lo = f - [1, .25, 1.5, 2, .5, 2, 3, .5]; hi = f + [.75, .5, 2, .25, 0, .5, 3, 1.5]
 */
#include "assert_close.h"

#include "score/point_sums.h"
#include <lstmts/metrics.h>

enum { N = 8, M = 5 };

static const lstm_real truth[N] = {3, -1.5, 2.25, 8, 0.5, 4, 6.5, -2};
static const lstm_real forecast[N] = {2.5, -1, 4, 7.25, 0.5, 5.5, 3, -2.75};
static const lstm_real train[] = {1, 3, 2.5, 4, 1.5, 3.25, 2, 5, 1.25, 4};

/* Every number here is exact in float, so both builds agree to rounding in double. */
#define ASSERT_VALUE(what, got, want) assert_close("metrics", what, 0, got, want, 1e-13)

static const struct {
    int64_t kind;
    double scale, value;
} points[] = {
    {LSTM_METRIC_RMSE, 0, 1.5486889616704833},  /* m.root_mean_squared_error(y, f)        */
    {LSTM_METRIC_MSE, 0, 2.3984375},            /* m.mean_squared_error(y, f)             */
    {LSTM_METRIC_MAE, 0, 1.15625},              /* m.mean_absolute_error(y, f)            */
    {LSTM_METRIC_MAPE, 0, 33.249866452991448},  /* 100 * mean_absolute_percentage_error   */
    {LSTM_METRIC_SMAPE, 0, 32.607498627343318}, /* mean(200 |y - f| / (|y| + |f|))        */
    {LSTM_METRIC_MASE, 0.54166666666666663, 2.1346153846153846}, /* MAE / mean(|d(4)|)   */
    {LSTM_METRIC_RMSSE, 5.333333333333333, 0.67060199168359169}, /* sqrt(MSE/mean(d(1)^2)) */
    {LSTM_METRIC_R2, 0, 0.78439118602405411}, /* m.r2_score(y, f)                       */
};

static void metrics_of_points_agree_with_independent_ones(void **fixture)
{
    (void)fixture;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        double value, scale = points[i].scale;
        int64_t counted;
        assert_ok(lstm_metric(points[i].kind, N, 1, truth, forecast, scale > 0 ? &scale : NULL,
                              &value, &counted));
        assert_close("metric", "kind", points[i].kind, value, points[i].value, 1e-13);
        assert_int_equal(counted, N);
    }
}

static void scales_are_the_errors_of_naive_forecasts(void **fixture)
{
    (void)fixture;
    double scale;
    int64_t counted;
    assert_ok(lstm_metric_scale(LSTM_METRIC_MASE, 10, 1, train, 4, &scale, &counted));
    ASSERT_VALUE("MASE", scale, 0.54166666666666663); /* np.mean(np.abs(d(4))) */
    assert_int_equal(counted, 6);
    assert_ok(lstm_metric_scale(LSTM_METRIC_RMSSE, 10, 1, train, 1, &scale, &counted));
    ASSERT_VALUE("RMSSE", scale, 5.333333333333333); /* np.mean(d(1) ** 2) */
    assert_int_equal(counted, 9);
}

static void overall_weighted_average_is_that_of_m4(void **fixture)
{
    (void)fixture;
    double owa; /* the winner of M4 (Smyl): .821 */
    assert_ok(lstm_metric_owa(11.374, 1.536, 13.564, 1.912, &owa));
    ASSERT_VALUE("OWA", owa, (11.374 / 13.564 + 1.536 / 1.912) / 2);
    assert_true(fabs(owa - 0.821) < 5e-4);
}

static void scores_of_distributions_agree_with_independent_ones(void **fixture)
{
    (void)fixture;
    static const lstm_real sample_at[M] = {-2, 0.25, -0.5, 1, 3};
    static const lstm_real quantile_at[M] = {-2, -0.5, 0, 1, 3.5};
    static const double levels[M] = {0.1, 0.3, 0.5, 0.7, 0.9};
    lstm_real samples[N * M], quantiles[N * M];
    for (int i = 0; i < N * M; i++) {
        samples[i] = forecast[i / M] + sample_at[i % M];
        quantiles[i] = forecast[i / M] + quantile_at[i % M];
    }
    double value;
    int64_t counted;
    assert_ok(lstm_metric_pinball(0.1, N, 1, truth, forecast, &value, &counted));
    ASSERT_VALUE("pinball .1", value, 0.490625); /* m.mean_pinball_loss(y, f, alpha=.1) */
    assert_ok(lstm_metric_pinball(0.75, N, 1, truth, forecast, &value, NULL));
    ASSERT_VALUE("pinball .75", value, 0.6328125);
    /* 2 * np.mean([m.mean_pinball_loss(y, f + q, alpha=l) for q, l in zip(quantile_at, levels)]) */
    assert_ok(lstm_metric_crps_quantiles(N, 1, truth, levels, M, quantiles, &value, &counted));
    ASSERT_VALUE("CRPS of quantiles", value, 0.86875);
    assert_int_equal(counted, N);
    /* x = f[:, None] + sample_at; properscoring.crps_ensemble(y, x).mean() */
    assert_ok(lstm_metric_crps_samples(LSTM_CRPS_EMPIRICAL, N, 1, truth, M, samples, &value, NULL));
    ASSERT_VALUE("CRPS", value, 0.87375);
    /* s = np.abs(x[:, :, None] - x[:, None, :]).sum((1, 2))
     * np.mean(np.abs(x - y[:, None]).mean(1) - s / (2 * 5 * 4)) */
    assert_ok(lstm_metric_crps_samples(LSTM_CRPS_FAIR, N, 1, truth, M, samples, &value, &counted));
    ASSERT_VALUE("fair CRPS", value, 0.64375);
    assert_int_equal(counted, N);
}

static void scores_of_intervals_agree_with_independent_ones(void **fixture)
{
    (void)fixture;
    static const lstm_real down[N] = {1, 0.25, 1.5, 2, 0.5, 2, 3, 0.5};
    static const lstm_real up[N] = {0.75, 0.5, 2, 0.25, 0, 0.5, 3, 1.5};
    lstm_real lower[N], upper[N];
    for (int i = 0; i < N; i++) {
        lower[i] = forecast[i] - down[i];
        upper[i] = forecast[i] + up[i];
    }
    double value;
    int64_t counted;
    assert_ok(lstm_metric_interval(LSTM_INTERVAL_COVERAGE, 0.8, N, 1, truth, lower, upper, &value,
                                   &counted));
    ASSERT_VALUE("coverage", value, 0.5); /* np.mean((y >= lo) & (y <= hi)) */
    assert_int_equal(counted, N);
    assert_ok(
        lstm_metric_interval(LSTM_INTERVAL_WIDTH, 0.8, N, 1, truth, lower, upper, &value, NULL));
    ASSERT_VALUE("width", value, 2.40625); /* np.mean(hi - lo) */
    assert_ok(
        lstm_metric_interval(LSTM_INTERVAL_SCORE, 0.8, N, 1, truth, lower, upper, &value, NULL));
    /* np.mean(hi - lo + 10 * np.maximum(lo - y, 0) + 10 * np.maximum(y - hi, 0)) */
    ASSERT_VALUE("score", value, 4.28125);
}

/* Rows 0 and 2 of column 0, row 1 of column 1; column 2 has no truth. */
static const lstm_real holes[9] = {1, NAN, NAN, NAN, 4, NAN, 7, NAN, NAN};
static const lstm_real guesses[9] = {2, NAN, 9, INFINITY, 2, 9, 4, 9, NAN};

static void missing_truth_is_not_counted(void **fixture)
{
    (void)fixture;
    static const double levels[] = {0.5};
    double value[3];
    int64_t counted[3];
    for (int call = 0; call < 5; call++) {
        if (call == 0)
            assert_ok(lstm_metric(LSTM_METRIC_MAE, 3, 3, holes, guesses, NULL, value, counted));
        else if (call == 1)
            assert_ok(lstm_metric_pinball(0.5, 3, 3, holes, guesses, value, counted));
        else if (call == 2)
            assert_ok(lstm_metric_crps_quantiles(3, 3, holes, levels, 1, guesses, value, counted));
        else if (call == 3)
            assert_ok(lstm_metric_crps_samples(LSTM_CRPS_EMPIRICAL, 3, 3, holes, 1, guesses, value,
                                               counted));
        else
            assert_ok(lstm_metric_interval(LSTM_INTERVAL_SCORE, 0.5, 3, 3, holes, guesses, guesses,
                                           value, counted));
        double factor = call == 1 ? 0.5 : call == 4 ? 4 : 1;
        assert_close("missing", "value", call, value[0], 2 * factor, 1e-15);
        assert_close("missing", "value", call, value[1], 2 * factor, 1e-15);
        assert_true(isnan(value[2]));
        assert_true(counted[0] == 2 && counted[1] == 1 && counted[2] == 0);
    }
}

static void a_scale_counts_differences_of_what_is_there(void **fixture)
{
    (void)fixture;
    static const lstm_real rows[] = {1, NAN, 2, NAN, NAN, 5, 9, NAN};
    double scale[2];
    int64_t counted[2];
    assert_ok(lstm_metric_scale(LSTM_METRIC_MASE, 8, 1, rows, 1, scale, counted));
    assert_true(scale[0] == 4 && counted[0] == 1);
    assert_ok(lstm_metric_scale(LSTM_METRIC_MASE, 4, 2, rows, 2, scale, counted));
    assert_true(scale[0] == 7 && counted[0] == 1 && isnan(scale[1]) && counted[1] == 0);
    assert_ok(lstm_metric_scale(LSTM_METRIC_MASE, 4, 2, rows, 1, scale, counted));
    assert_true(scale[0] == 1 && counted[0] == 1 && isnan(scale[1]) && counted[1] == 0);
}

static void divisions_by_0_are_as_documented(void **fixture)
{
    (void)fixture;
    static const lstm_real zeros[2] = {0, 0}, half[2] = {0, 3}, seven[2] = {7, 7};
    double value;
    assert_ok(lstm_metric(LSTM_METRIC_MAPE, 2, 1, zeros, zeros, NULL, &value, NULL));
    assert_true(value == 0);
    assert_ok(lstm_metric(LSTM_METRIC_MAPE, 2, 1, zeros, half, NULL, &value, NULL));
    assert_true(value == INFINITY);
    assert_ok(lstm_metric(LSTM_METRIC_SMAPE, 2, 1, zeros, half, NULL, &value, NULL));
    assert_true(value == 100);
    assert_ok(lstm_metric(LSTM_METRIC_R2, 2, 1, seven, half, NULL, &value, NULL));
    assert_true(isnan(value));
    assert_ok(lstm_metric_scale(LSTM_METRIC_RMSSE, 2, 1, seven, 1, &value, NULL));
    assert_true(value == 0);
}

/* All metrics of merged parts are those of the whole. */
static void sums_of_parts_merge(void **fixture)
{
    (void)fixture;
    lts_point_sums whole = {0}, parts[3] = {{0}};
    for (int i = 0; i < N; i++) {
        lts_point_sums_add(&whole, (double)truth[i], (double)forecast[i]);
        lts_point_sums_add(&parts[i < 3 ? 0 : 1], (double)truth[i], (double)forecast[i]);
    }
    lts_point_sums_add(&whole, NAN, 5);
    lts_point_sums_merge(&parts[2], &parts[0]); /* into an empty one */
    lts_point_sums_merge(&parts[2], &parts[1]);
    lts_point_sums_merge(&parts[2], &(lts_point_sums){0});
    assert_int_equal(parts[2].n, N);
    for (int64_t kind = 0; kind <= LSTM_METRIC_R2; kind++)
        assert_close("merged", "kind", kind, lts_point_metric(&parts[2], kind, 2),
                     lts_point_metric(&whole, kind, 2), 1e-13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_of_points_agree_with_independent_ones),
        cmocka_unit_test(scales_are_the_errors_of_naive_forecasts),
        cmocka_unit_test(overall_weighted_average_is_that_of_m4),
        cmocka_unit_test(scores_of_distributions_agree_with_independent_ones),
        cmocka_unit_test(scores_of_intervals_agree_with_independent_ones),
        cmocka_unit_test(missing_truth_is_not_counted),
        cmocka_unit_test(a_scale_counts_differences_of_what_is_there),
        cmocka_unit_test(divisions_by_0_are_as_documented),
        cmocka_unit_test(sums_of_parts_merge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
