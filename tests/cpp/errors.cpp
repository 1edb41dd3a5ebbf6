// SPDX-License-Identifier: MIT
// Failures throw a status and its message.
#include "training.hpp"

#include <functional>

TEST(failures_throw_the_status_and_the_message)
{
    training t;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_hidden is -3", lstmts::model(model_options(-3)));
    CHECK_THROWS(LSTM_E_SHAPE, "0 values", lstmts::series(std::vector<lstm_real>(), 2));
    CHECK_THROWS(LSTM_E_SHAPE, "5 values", lstmts::series(std::vector<lstm_real>(5), 2));
    CHECK_THROWS(LSTM_E_SHAPE, "0 columns", lstmts::series(std::vector<lstm_real>(5), 0));
    CHECK_THROWS(LSTM_E_NUMERIC, "row 1, column 0",
                 lstmts::series::from_double({1, 2, std::nan(""), 4}, 2));
    CHECK_THROWS(LSTM_E_SHAPE, "41", t.series.slice(0, 41));
    CHECK_THROWS(LSTM_E_ARGUMENT, "9", t.series.set_role(9, LSTM_ROLE_INPUT));
    CHECK_THROWS(LSTM_E_IO, "no/such", lstmts::model::load("no/such"));
    CHECK_THROWS(LSTM_E_NAME, "bios", t.model.values("input.bios"));
    CHECK_THROWS(LSTM_E_NAME, "bios", t.updater.moment("m", "input.bios"));
    CHECK_THROWS(LSTM_E_NAME, "vhat", t.updater.moment("vhat", "input.bias"));
    CHECK_THROWS(LSTM_E_SHAPE, "3", t.model.set_values("input.bias", {1, 2, 3}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "-2", lstmts::state(t.model, -2));
    CHECK_THROWS(LSTM_E_ORDER, "", t.updater.info());
    CHECK_THROWS(LSTM_E_ORDER, "", t.updater.apply());
    CHECK_THROWS(LSTM_E_ORDER, "", t.iter.offsets());
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_step is 0", lstmts::pred(t.model, t.series, pred));
    pred.n_step = -5;
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_step is -5", lstmts::pred(t.model, t.series, pred));
    pred.n_step = INT64_MAX;
    CHECK_THROWS(LSTM_E_LIMIT, "9223372036854775807", lstmts::pred(t.model, t.series, pred));
    valid.window_len = INT64_MAX;
    CHECK_THROWS(LSTM_E_SHAPE, "9223372036854775807", lstmts::valid(t.model, t.series, valid));
    CHECK_THROWS(LSTM_E_ARGUMENT, "max_iteration", lstmts::trainer(t.updater, trainer_options(0)));
}

TEST(no_memory_for_a_result_throws_as_every_failure_does)
{
    training t;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    pred.n_step = std::int64_t{1} << 61; // more values than a vector may have
    CHECK_THROWS(LSTM_E_LIMIT, "2305843009213693952 x 2", lstmts::pred(t.model, t.series, pred));
    pred.n_step = 4;
    const auto refused = [](const std::function<void()> &call) {
        allocations_to_fail = 1;
        call();
    };
    CHECK_THROWS(LSTM_E_NOMEM, "4 x 2",
                 refused([&] { return lstmts::pred(t.model, t.series, pred); }));
    CHECK_THROWS(LSTM_E_NOMEM, "20 x 1", refused([&] { return t.model.values("lstm.0.bias"); }));
    CHECK_THROWS(LSTM_E_NOMEM, "6 x 1", refused([&] { return t.updater.step_losses(); }));
    CHECK_THROWS(LSTM_E_NOMEM, "callbacks",
                 refused([&] { lstmts::iter(t.series, iter_options()); }));
    CHECK_THROWS(LSTM_E_NOMEM, "callbacks",
                 refused([&] { lstmts::trainer(t.updater, trainer_options(1)); }));
    CHECK(allocations_to_fail == 0 && lstmts::pred(t.model, t.series, pred).size() == 8);
}
