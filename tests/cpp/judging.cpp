/* SPDX-License-Identifier: MIT */
#include "cases.hpp"

#include <string>
#include <utility>

static lstm_status predict_one(void *, const lstm_dataset *, std::int64_t, std::int64_t,
                               std::int64_t horizon, lstm_real *y)
{
    for (std::int64_t h = 0; h < horizon; h++)
        y[h] = 1;
    return LSTM_OK;
}

static lstm_status levels_themselves(void *, const lstm_dataset *, std::int64_t, std::int64_t,
                                     std::int64_t horizon, const double *levels, std::int64_t n,
                                     lstm_real *y)
{
    for (std::int64_t i = 0; i < n * horizon; i++)
        y[i] = static_cast<lstm_real>(levels[i / horizon]);
    return LSTM_OK;
}

static lstmts::dataset ones_and_twos()
{
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    columns.n_column = 1;
    lstmts::dataset data(columns);
    data.add("x", {1, 2, 1, 2, 1, 2, 1, 2});
    data.split(0, 6, 6);
    return data;
}

static lstmts::method seasonal_naive()
{
    lstm_baseline_options seasonal = LSTM_BASELINE_OPTIONS_INIT;
    seasonal.kind = LSTM_BASELINE_SEASONAL_NAIVE, seasonal.season_len = 2;
    return lstmts::method(seasonal);
}

static lstmts::method always_one()
{
    lstm_method_options own = LSTM_METHOD_OPTIONS_INIT;
    own.name = "one", own.predict = predict_one;
    own.quantiles = levels_themselves;
    return lstmts::method(own);
}

static lstmts::method ridge_regression()
{
    lstm_ridge_options regression = LSTM_RIDGE_OPTIONS_INIT;
    regression.context_len = 2, regression.horizon = 1;
    return lstmts::method(regression);
}

TEST(methods_are_fitted_and_predict)
{
    const lstmts::dataset data = ones_and_twos();
    lstmts::method naive = seasonal_naive(), ridge = ridge_regression(), one = always_one();
    CHECK(std::string(naive.name()) == "seasonal naive 2" && std::string(one.name()) == "one");
    CHECK((naive.predict(data, 0, 6, 3) == std::vector<lstm_real>{1, 2, 1}));
    CHECK_THROWS(LSTM_E_ORDER, "not fitted", ridge.predict(data, 0, 6, 1));
    CHECK((one.quantiles(data, 0, 6, 2, {0.25, 0.5}) ==
           std::vector<lstm_real>{0.25, 0.25, 0.5, 0.5}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "no quantiles", naive.quantiles(data, 0, 6, 2, {0.5}));
    ridge.fit(data);
    CHECK(ridge.predict(data, 0, 6, 1).size() == 1);
}

TEST(methods_are_judged_and_compared)
{
    const lstmts::dataset data = ones_and_twos();
    lstmts::method naive = seasonal_naive(), ridge = ridge_regression(), one = always_one();
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    const std::vector<double> levels{0.25, 0.5};
    options.horizon = 1, options.levels = levels.data(), options.n_level = 2;
    lstmts::backtest test({naive, one, ridge}, data, options);
    CHECK(test.origins() == 2 && test.origins(0) == 2);
    CHECK(test.value(LSTM_METRIC_MAE, 0) == 0 && test.value(LSTM_METRIC_MAE, 1) == 0.5);
    /* 1 and 2 against their quantiles 0.25 and 0.5 */
    CHECK(test.quantile(LSTM_QUANTILE_PINBALL, 1, 1) == 0.5);
    CHECK(test.quantile(LSTM_QUANTILE_COVERAGE, 1, 0) == 0);
    CHECK(test.quantile(LSTM_QUANTILE_CRPS, 1) == 0.8125);
    CHECK(test.table({LSTM_METRIC_MAE}).find("\none                      0.5      0.8125\n") !=
          std::string::npos);
    CHECK_THROWS(LSTM_E_ARGUMENT, "method is 3", test.value(LSTM_METRIC_MAE, 3));
    CHECK(test.compare(LSTM_METRIC_MAE, 0, 1).first == 1);
    CHECK(test.words(LSTM_METRIC_MAE).find("seasonal naive 2") != std::string::npos);
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_kind is 0", test.table({}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_method is 0", lstmts::backtest({}, data, options));
    CHECK_THROWS(LSTM_E_ARGUMENT, "method is 9", test.words(LSTM_METRIC_MAE, 9));
}

TEST(methods_are_combined)
{
    const lstmts::dataset data = ones_and_twos();
    lstmts::method naive = seasonal_naive(), one = always_one();
    lstm_ensemble_options weighted = LSTM_ENSEMBLE_OPTIONS_INIT;
    lstmts::ensemble mean({naive, one}), unfitted({naive}, weighted);
    CHECK((mean.weights() == std::vector<double>{0.5, 0.5}) && unfitted.weights().size() == 1);
    CHECK((mean.predict(data, 0, 6, 2) == std::vector<lstm_real>{1, 1.5}));
    weighted.kind = LSTM_COMBINATION_WEIGHTS, weighted.horizon = 1;
    const lstmts::ensemble fitted({naive, one}, weighted);
    CHECK_THROWS(LSTM_E_ORDER, "fit", fitted.weights());
    CHECK(
        (lstmts::ensemble({mean, one}).predict(data, 0, 6, 2) == std::vector<lstm_real>{1, 1.25}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_member is 0", lstmts::ensemble({}));
}

TEST(a_forecaster_is_a_method)
{
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    columns.n_column = 1;
    lstmts::dataset data(columns);
    data.add("x", {1, 2, 3, 4, 5, 6, 7, 8});
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = 2, options.use = LSTM_USE_BASELINE;
    lstmts::forecaster forecaster(options);
    lstmts::method method(forecaster, "mine");
    CHECK(std::string(method.name()) == "mine");
    CHECK_THROWS(LSTM_E_ORDER, "not fitted", method.predict(data, 0, 8, 2));
    method.fit(data);
    CHECK(method.predict(data, 0, 8, 2) == forecaster.predict(data, 0));
}

static lstm_status quantiles_of_one(void *, const lstm_dataset *, std::int64_t, std::int64_t,
                                    std::int64_t horizon, const double *levels,
                                    std::int64_t n_level, lstm_real *y)
{
    for (std::int64_t i = 0; i < n_level * horizon; i++)
        y[i] = static_cast<lstm_real>(levels[i / horizon]);
    return LSTM_OK;
}

TEST(quantiles_and_intervals_are_judged)
{
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    columns.n_column = 1;
    lstmts::dataset data(columns);
    data.add("x", {1, 2, 1, 2, 1, 2, 1, 2, 1, 2});
    data.split(0, 4, 8);
    lstm_method_options own = LSTM_METHOD_OPTIONS_INIT;
    own.name = "one", own.predict = predict_one, own.quantiles = quantiles_of_one;
    lstmts::method one(own);
    CHECK((one.quantiles(data, 0, 4, 2, {0.25, 0.5}) ==
           std::vector<lstm_real>{0.25, 0.25, 0.5, 0.5}));

    lstm_interval_options kind = LSTM_INTERVAL_OPTIONS_INIT;
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    options.horizon = 1;
    const lstmts::interval_backtest test(one, data, kind, options);
    CHECK(test.value(LSTM_INTERVAL_COVERAGE, LSTM_CALIBRATION_ONCE) == 1);
    CHECK(test.value(LSTM_INTERVAL_WIDTH, LSTM_CALIBRATION_ONCE) == 2); // 1 +- 1
    CHECK(test.table().find("once") != std::string::npos);
    CHECK(test.value(LSTM_INTERVAL_WIDTH, LSTM_CALIBRATION_ONCE, 0, 0, 0, 0) == 2);
    CHECK_THROWS(LSTM_E_ARGUMENT, "level is 1", test.value(0, LSTM_CALIBRATION_ONCE, 1));
    CHECK_THROWS(LSTM_E_ARGUMENT, "series is 1", test.value(0, LSTM_CALIBRATION_ONCE, 0, 1));
    options.horizon = 0;
    CHECK_THROWS(LSTM_E_ARGUMENT, "horizon is 0",
                 lstmts::interval_backtest(one, data, kind, options));
}

TEST(intervals_expect_forecasts_and_observe_rows)
{
    lstm_interval_options options = LSTM_INTERVAL_OPTIONS_INIT;
    options.horizon = 2, options.n_column = 1;
    lstmts::interval interval(options);
    CHECK(interval.bounds({5, 5}).lower[0] != interval.bounds({5, 5}).lower[0]); // no score: NaN
    interval.expect({5, 5});
    interval.observe({7});
    CHECK(interval.scores(0) == 1 && interval.scores(1) == 0);
    CHECK(interval.bounds({10, 10}).lower[0] == 8 && interval.bounds({10, 10}).upper[0] == 12);
    CHECK_THROWS(LSTM_E_SHAPE, "3 values are not the 2 of a forecast", interval.expect({1, 2, 3}));
    CHECK_THROWS(LSTM_E_SHAPE, "2 values are not the 1 of a row", interval.observe({1, 2}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "high is not NULL", interval.expect({1, 2}, {1, 2}));
    lstmts::interval other(options);
    other.set_state(interval.state());
    CHECK(other.bounds({10, 10}).upper[0] == 12);
    CHECK_THROWS(LSTM_E_SHAPE, "the state has 1 values", other.set_state({1}));
    interval.restart();
    interval.observe({7});
    CHECK(interval.scores(1) == 0);

    options.is_conformalized = 1;
    lstmts::interval quantiles(options);
    quantiles.expect({4, 4}, {6, 6});
    quantiles.observe({7});
    const lstmts::interval_bounds bounds = quantiles.bounds({4, 4}, {6, 6});
    CHECK(bounds.lower[0] == 3 && bounds.upper[0] == 7);
    CHECK_THROWS(LSTM_E_ARGUMENT, "high is NULL", quantiles.bounds({4, 4}));
    CHECK_THROWS(LSTM_E_SHAPE, "1 values are not the 2 of high", quantiles.expect({4, 4}, {6}));
    const lstmts::interval moved = std::move(quantiles);
    CHECK(quantiles.get() == nullptr && quantiles.scores(0) == 0 && moved.scores(0) == 1);
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", quantiles.restart());
}

TEST(metrics_are_those_of_each_column)
{
    const std::vector<lstm_real> truth = {1, 2, 3, 4}, forecast = {2, 2, 3, 6};
    CHECK((lstmts::metric(LSTM_METRIC_MAE, truth, forecast, 2) == std::vector<double>{0.5, 1}));
    CHECK((lstmts::metric(LSTM_METRIC_MASE, truth, forecast, 2, {1, 2}) ==
           std::vector<double>{0.5, 0.5}));
    CHECK((lstmts::metric_scale(LSTM_METRIC_MASE, truth, 1) == std::vector<double>{1}));
    CHECK(lstmts::metric_owa(1, 2, 1, 1) == 1.5);
    CHECK((lstmts::metric_pinball(0.5, truth, forecast) == std::vector<double>{0.375}));
    CHECK((lstmts::metric_crps_quantiles(truth, {0.5}, forecast) == std::vector<double>{0.75}));
    CHECK((lstmts::metric_crps_samples(LSTM_CRPS_EMPIRICAL, truth, 1, forecast) ==
           std::vector<double>{0.75}));
    CHECK((lstmts::metric_interval(LSTM_INTERVAL_COVERAGE, 0.9, truth, truth, forecast) ==
           std::vector<double>{1}));
    CHECK_THROWS(LSTM_E_SHAPE, "4 values do not form rows of 3",
                 lstmts::metric(LSTM_METRIC_MAE, truth, forecast, 3));
    CHECK_THROWS(LSTM_E_SHAPE, "1 values are not the 4 of a forecast",
                 lstmts::metric(LSTM_METRIC_MAE, truth, {1}));
    CHECK_THROWS(LSTM_E_SHAPE, "4 values are not 3 samples of 4",
                 lstmts::metric_crps_samples(LSTM_CRPS_FAIR, truth, 3, forecast));
    CHECK_THROWS(LSTM_E_ARGUMENT, "scale", lstmts::metric(LSTM_METRIC_MASE, truth, forecast));
}
