/* SPDX-License-Identifier: MIT */
#include "cases.hpp"

#include <string>

static lstm_status predict_one(void *, const lstm_dataset *, std::int64_t, std::int64_t,
                               std::int64_t horizon, lstm_real *y)
{
    for (std::int64_t h = 0; h < horizon; h++)
        y[h] = 1;
    return LSTM_OK;
}

TEST(methods_are_fitted_and_judged)
{
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    columns.n_column = 1;
    lstmts::dataset data(columns);
    data.add("x", {1, 2, 1, 2, 1, 2, 1, 2});
    data.split(0, 6, 6);

    lstm_baseline_options seasonal = LSTM_BASELINE_OPTIONS_INIT;
    seasonal.kind = LSTM_BASELINE_SEASONAL_NAIVE, seasonal.season_len = 2;
    lstm_ridge_options regression = LSTM_RIDGE_OPTIONS_INIT;
    regression.context_len = 2, regression.horizon = 1;
    lstm_method_options own = LSTM_METHOD_OPTIONS_INIT;
    own.name = "one", own.predict = predict_one;
    lstmts::method naive(seasonal), ridge(regression), one(own);
    CHECK(std::string(naive.name()) == "seasonal naive 2" && std::string(one.name()) == "one");
    CHECK((naive.predict(data, 0, 6, 3) == std::vector<lstm_real>{1, 2, 1}));
    CHECK_THROWS(LSTM_E_ORDER, "not fitted", ridge.predict(data, 0, 6, 1));
    ridge.fit(data);
    CHECK(ridge.predict(data, 0, 6, 1).size() == 1);

    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    options.horizon = 1;
    lstmts::backtest test({naive.get(), one.get(), ridge.get()}, data, options);
    CHECK(test.origins() == 2 && test.origins(0) == 2);
    CHECK(test.value(LSTM_METRIC_MAE, 0) == 0 && test.value(LSTM_METRIC_MAE, 1) == 0.5);
    CHECK(test.table({LSTM_METRIC_MAE}).find("\none                      0.5\n") !=
          std::string::npos);
    CHECK_THROWS(LSTM_E_ARGUMENT, "method is 3", test.value(LSTM_METRIC_MAE, 3));
}
