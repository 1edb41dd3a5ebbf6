// SPDX-License-Identifier: MIT
// Validation, prediction and forecasts.
#include "training.hpp"

#include <algorithm>

TEST(valid_and_pred_give_their_tables)
{
    training t;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    valid.window_len = 7;
    pred.n_step = 50;
    pred.support_len = 9;
    const std::vector<double> rmse = lstmts::valid(t.model, t.series, valid);
    CHECK(rmse.size() == 21 && rmse[20] > 0);
    std::vector<lstm_real> truth;
    const std::vector<lstm_real> y = lstmts::pred(t.model, t.series, pred, &truth);
    CHECK(y.size() == 100 && truth.size() == 100);
    CHECK(truth[76] == t.series.data()[78] && truth[78] != truth[78]); // step 39 has no truth
    CHECK(lstmts::pred(t.model, t.series, pred) == y);
}

TEST(a_fleet_is_forecast_in_one_call)
{
    const lstmts::model model(model_options());
    std::vector<lstmts::series> fleet;
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    options.n_step = 8;
    options.context_len = 5;
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_series is 0", lstmts::forecast(model, fleet, options));
    for (int i = 0; i < 3; i++)
        fleet.emplace_back(sine_rows(6 + i), 2);
    const std::vector<lstm_real> y = lstmts::forecast(model, fleet, options);
    CHECK(y.size() == 3 * 8 * 2);
    lstm_pred_options alone = LSTM_PRED_OPTIONS_INIT;
    alone.n_step = 4 + 8;
    alone.support_len = 4;
    const std::vector<lstm_real> last = lstmts::pred(model, fleet[2].slice(3, 5), alone);
    CHECK(std::equal(y.begin() + 2 * 8 * 2, y.end(), last.begin() + 4 * 2));
    options.n_step = 0;
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_step is 0", lstmts::forecast(model, fleet, options));
    options.n_step = INT64_MAX;
    CHECK_THROWS(LSTM_E_LIMIT, "9223372036854775807", lstmts::forecast(model, fleet, options));
    options.n_step = 8;
    fleet.push_back(std::move(fleet[1]));
    CHECK_THROWS(LSTM_E_ARGUMENT, "series 1 is NULL", lstmts::forecast(model, fleet, options));
}
