/* SPDX-License-Identifier: MIT */
/* Arguments of metrics out of range: the message names them, and no output is written. */
#include "assert_status.h"

#include <lstmts/metrics.h>
#include <math.h>

#define BAD LSTM_E_ARGUMENT

static const lstm_real y[] = {1, 2, 3, 4, 5, 6}, f[] = {2, 2, 2, 2, 2, 2}, g[] = {3, 3, 3, 3, 1, 3};
static const double levels[] = {0.5, 1}, scale[] = {1, 0};
static double value[2] = {77, 77};
static int64_t counted[2] = {77, 77};

#define REFUSED(call, status, named)                                                               \
    do {                                                                                           \
        assert_status(call, status, named);                                                        \
        assert_true(value[0] == 77 && value[1] == 77 && counted[0] == 77 && counted[1] == 77);     \
    } while (0)

static void arguments_of_point_metrics_are_checked(void **fixture)
{
    (void)fixture;
    const int64_t mase = LSTM_METRIC_MASE, mae = LSTM_METRIC_MAE;
    REFUSED(lstm_metric(-1, 3, 2, y, f, NULL, value, counted), BAD, "metric kind is -1");
    REFUSED(lstm_metric(8, 3, 2, y, f, NULL, value, counted), BAD, "metric kind is 8");
    REFUSED(lstm_metric(mae, 0, 2, y, f, NULL, value, counted), BAD, "n is 0");
    REFUSED(lstm_metric(mae, 3, 0, y, f, NULL, value, counted), BAD, "K is 0");
    REFUSED(lstm_metric(mae, INT64_MAX, 2, y, f, NULL, value, counted), LSTM_E_LIMIT, "K 2");
    REFUSED(lstm_metric(mae, 3, 2, NULL, f, NULL, value, counted), BAD, "truth is NULL");
    REFUSED(lstm_metric(mae, 3, 2, y, NULL, NULL, value, counted), BAD, "forecast is NULL");
    REFUSED(lstm_metric(mae, 3, 2, y, f, NULL, NULL, counted), BAD, "value is NULL");
    REFUSED(lstm_metric(mae, 3, 2, y, f, scale, value, counted), BAD, "scale is not NULL");
    REFUSED(lstm_metric(mase, 3, 2, y, f, NULL, value, counted), BAD, "scale is NULL");
    REFUSED(lstm_metric(mase, 3, 2, y, f, scale, value, counted), BAD, "scale[1] is 0");
    REFUSED(lstm_metric_scale(mae, 3, 2, y, 1, value, counted), BAD, "metric kind is 2");
    REFUSED(lstm_metric_scale(mase, 3, 2, y, 0, value, counted), BAD, "period is 0");
    REFUSED(lstm_metric_scale(mase, 3, 2, y, 3, value, counted), BAD, "expected below n = 3");
    REFUSED(lstm_metric_scale(mase, 3, -2, y, 1, value, counted), BAD, "K is -2");
    REFUSED(lstm_metric_scale(mase, 3, 2, NULL, 1, value, counted), BAD, "train is NULL");
    REFUSED(lstm_metric_scale(mase, 3, 2, y, 1, NULL, counted), BAD, "scale is NULL");
}

static void values_that_are_counted_must_be_finite(void **fixture)
{
    (void)fixture;
    static const lstm_real infinite[] = {1, 2, 3, INFINITY, 5, 6}, none[] = {1, 2, 3, NAN, 5, 6};
    const int64_t mse = LSTM_METRIC_MSE;
    const lstm_status numeric = LSTM_E_NUMERIC;
    REFUSED(lstm_metric(mse, 3, 2, infinite, f, NULL, value, counted), numeric,
            "truth of row 1, column 1 is inf");
    REFUSED(lstm_metric(mse, 3, 2, y, none, NULL, value, counted), numeric,
            "forecast of row 1, column 1 is nan");
    REFUSED(lstm_metric_scale(LSTM_METRIC_MASE, 3, 2, infinite, 1, value, counted), numeric,
            "row 1, column 1 is inf");
    REFUSED(lstm_metric_pinball(0.5, 3, 2, y, none, value, counted), numeric,
            "quantile of row 1, column 1 is nan");
    REFUSED(lstm_metric_crps_quantiles(3, 1, y, levels, 1, infinite + 2, value, counted), numeric,
            "quantile of row 1, column 0 is inf");
    REFUSED(lstm_metric_crps_samples(0, 2, 1, y, 3, infinite, value, counted), numeric,
            "sample of row 1, column 0 is inf");
    REFUSED(lstm_metric_interval(0, 0.9, 3, 2, y, none, f, value, counted), numeric,
            "lower of row 1, column 1 is nan");
    REFUSED(lstm_metric_interval(0, 0.9, 3, 2, y, f, none, value, counted), numeric,
            "upper of row 1, column 1 is nan");
}

static void arguments_of_an_owa_are_checked(void **fixture)
{
    (void)fixture;
    REFUSED(lstm_metric_owa(-1, 1, 1, 1, value), BAD, "smape is -1");
    REFUSED(lstm_metric_owa(1, NAN, 1, 1, value), BAD, "mase is nan");
    REFUSED(lstm_metric_owa(1, 1, 0, 1, value), BAD, "naive_smape is 0, expected above 0");
    REFUSED(lstm_metric_owa(1, 1, 1, INFINITY, value), BAD, "naive_mase is inf");
    REFUSED(lstm_metric_owa(1, 1, 1, 1, NULL), BAD, "owa is NULL");
}

static void arguments_of_scores_of_distributions_are_checked(void **fixture)
{
    (void)fixture;
    REFUSED(lstm_metric_pinball(0, 3, 2, y, f, value, counted), BAD, "level is 0");
    REFUSED(lstm_metric_pinball(NAN, 3, 2, y, f, value, counted), BAD, "level is nan");
    REFUSED(lstm_metric_pinball(0.5, -3, 2, y, f, value, counted), BAD, "n is -3");
    REFUSED(lstm_metric_pinball(0.5, 3, 2, NULL, f, value, counted), BAD, "truth");
    REFUSED(lstm_metric_pinball(0.5, 3, 2, y, NULL, value, counted), BAD, "quantile");
    REFUSED(lstm_metric_pinball(0.5, 3, 2, y, f, NULL, counted), BAD, "value");
    REFUSED(lstm_metric_crps_quantiles(3, 1, y, levels, 2, f, value, counted), BAD, "level is 1");
    REFUSED(lstm_metric_crps_quantiles(3, 1, y, levels, 0, f, value, counted), BAD, "n_level is 0");
    REFUSED(lstm_metric_crps_quantiles(3, 1, NULL, levels, 1, f, value, counted), BAD, "truth");
    REFUSED(lstm_metric_crps_quantiles(3, 1, y, NULL, 1, f, value, counted), BAD, "levels");
    REFUSED(lstm_metric_crps_quantiles(3, 1, y, levels, 1, NULL, value, counted), BAD, "quantiles");
    REFUSED(lstm_metric_crps_quantiles(3, 1, y, levels, 1, f, NULL, counted), BAD, "value");
    REFUSED(lstm_metric_crps_samples(2, 3, 1, y, 2, f, value, counted), BAD, "estimator is 2");
    REFUSED(lstm_metric_crps_samples(0, 3, 1, y, 0, f, value, counted), BAD, "n_sample is 0");
    REFUSED(lstm_metric_crps_samples(1, 3, 1, y, 1, f, value, counted), BAD, "at least 2");
    REFUSED(lstm_metric_crps_samples(0, 2, 1, y, INT64_MAX, f, value, counted), LSTM_E_LIMIT,
            "n 2");
    REFUSED(lstm_metric_crps_samples(0, 3, 1, NULL, 2, f, value, counted), BAD, "truth");
    REFUSED(lstm_metric_crps_samples(0, 3, 1, y, 2, NULL, value, counted), BAD, "samples");
    REFUSED(lstm_metric_crps_samples(0, 3, 1, y, 2, f, NULL, counted), BAD, "value");
}

static void arguments_of_scores_of_intervals_are_checked(void **fixture)
{
    (void)fixture;
    REFUSED(lstm_metric_interval(3, 0.9, 3, 2, y, f, g, value, counted), BAD, "metric is 3");
    REFUSED(lstm_metric_interval(0, 1, 3, 2, y, f, g, value, counted), BAD, "coverage is 1");
    REFUSED(lstm_metric_interval(0, 0.9, 3, 0, y, f, g, value, counted), BAD, "K is 0");
    REFUSED(lstm_metric_interval(0, 0.9, 3, 2, y, f, g, value, counted), BAD,
            "row 2, column 0: lower 2 is above upper 1");
    REFUSED(lstm_metric_interval(0, 0.9, 3, 2, NULL, f, g, value, counted), BAD, "truth");
    REFUSED(lstm_metric_interval(0, 0.9, 3, 2, y, NULL, g, value, counted), BAD, "lower");
    REFUSED(lstm_metric_interval(0, 0.9, 3, 2, y, f, NULL, value, counted), BAD, "upper");
    REFUSED(lstm_metric_interval(0, 0.9, 3, 2, y, f, g, NULL, counted), BAD, "value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_of_point_metrics_are_checked),
        cmocka_unit_test(values_that_are_counted_must_be_finite),
        cmocka_unit_test(arguments_of_an_owa_are_checked),
        cmocka_unit_test(arguments_of_scores_of_distributions_are_checked),
        cmocka_unit_test(arguments_of_scores_of_intervals_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
