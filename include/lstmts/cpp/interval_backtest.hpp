/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/interval_backtest.hpp
 * Intervals over rolling origins; see interval_backtest.h.
 */
#ifndef LSTMTS_CPP_INTERVAL_BACKTEST_HPP
#define LSTMTS_CPP_INTERVAL_BACKTEST_HPP

#include <lstmts/cpp/method.hpp>
#include <lstmts/interval_backtest.h>

#include <cstdint>
#include <string>

namespace lstmts
{

/** Coverage, width and score of intervals; borrows nothing. See interval_backtest.h. */
class interval_backtest : public detail::object<lstm_interval_backtest, lstm_interval_backtest_free>
{
public:
    /** Fits the method, unless the options say otherwise. */
    interval_backtest(method &method, const dataset &data, const lstm_interval_options &interval,
                      const lstm_backtest_options &options)
    {
        detail::fitting([&] {
            lstm_interval_backtest *made = nullptr;
            const lstm_status status =
                lstm_interval_backtest_run(&made, method.get(), data.get(), &interval, &options);
            hold(made);
            return status;
        });
    }
    /** `kind` is an lstm_interval_metric, `calibration` an lstm_calibration. */
    double value(std::int64_t kind, std::int64_t calibration, std::int64_t level = 0,
                 std::int64_t series = LSTM_ALL, std::int64_t step = LSTM_ALL,
                 std::int64_t column = LSTM_ALL) const
    {
        double value = 0;
        detail::check(lstm_interval_backtest_value(get(), kind, calibration, level, series, step,
                                                   column, &value, nullptr));
        return value;
    }
    [[nodiscard]] std::string table() const
    {
        return detail::text([this](char *text, std::int64_t size, std::int64_t *length) {
            return lstm_interval_backtest_table(get(), text, size, length);
        });
    }
};

} // namespace lstmts

#endif
