/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/method.hpp
 * Methods and their errors over rolling origins; see method.h, baseline.h and backtest.h.
 */
#ifndef LSTMTS_CPP_METHOD_HPP
#define LSTMTS_CPP_METHOD_HPP

#include <lstmts/backtest.h>
#include <lstmts/baseline.h>
#include <lstmts/cpp/dataset.hpp>
#include <lstmts/cpp/forecaster.hpp>
#include <lstmts/cpp/object.hpp>
#include <lstmts/cpp/vectors.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace lstmts
{

/** A baseline, or functions of the caller; see method.h. */
class method : public detail::object<lstm_method, lstm_method_free>
{
public:
    /** C functions, which must not throw: predict and quantiles run in threads of the library. */
    explicit method(const lstm_method_options &options)
    {
        hold(detail::make(lstm_method_new, &options));
    }
    explicit method(const lstm_baseline_options &options)
    {
        hold(detail::make(lstm_baseline_new, &options));
    }
    explicit method(const lstm_ridge_options &options)
    {
        hold(detail::make(lstm_ridge_new, &options));
    }
    /** A forecaster, which it borrows. */
    method(forecaster &forecaster, const std::string &name)
    {
        hold(detail::make(lstm_forecaster_method, forecaster.get(), name.c_str()));
    }
    method(forecaster &&, const std::string &) = delete;
    const char *name() const noexcept { return lstm_method_name(get()); }
    void fit(const dataset &data)
    {
        detail::fitting([&] { return lstm_method_fit(get(), data.get()); });
    }
    /** [horizon, targets()] */
    [[nodiscard]] std::vector<lstm_real> predict(const dataset &data, std::int64_t series,
                                                 std::int64_t origin, std::int64_t horizon) const
    {
        std::vector<lstm_real> y = detail::allocate_matrix<lstm_real>(horizon, data.targets());
        detail::check(lstm_method_predict(get(), data.get(), series, origin, horizon, y.data()));
        return y;
    }
    /** [levels, horizon, targets()] */
    [[nodiscard]] std::vector<lstm_real> quantiles(const dataset &data, std::int64_t series,
                                                   std::int64_t origin, std::int64_t horizon,
                                                   const std::vector<double> &levels) const
    {
        const std::int64_t n = detail::count(levels);
        std::vector<lstm_real> y = detail::allocate_matrix<lstm_real>(horizon, data.targets(), n);
        detail::check(lstm_method_quantiles(get(), data.get(), series, origin, horizon,
                                            detail::data_of(levels), n, y.data()));
        return y;
    }

protected:
    method() noexcept = default;
};

/** Methods, such as {naive, ridge}; a temporary does not compile. */
using method_list = std::vector<std::reference_wrapper<method>>;

namespace detail
{

inline std::vector<lstm_method *> handles_of(const method_list &methods)
{
    std::vector<lstm_method *> handles;
    for (const method &one : methods)
        handles.push_back(one.get());
    return handles;
}

} // namespace detail

/** Errors of methods; borrows nothing. See backtest.h. */
class backtest : public detail::object<lstm_backtest, lstm_backtest_free>
{
public:
    /** Fits the methods, unless the options say otherwise. */
    backtest(const method_list &methods, const dataset &data, const lstm_backtest_options &options)
    {
        const std::vector<lstm_method *> handles = detail::handles_of(methods);
        detail::fitting([&] {
            lstm_backtest *made = nullptr;
            const lstm_status status = lstm_backtest_run(
                &made, detail::data_of(handles), detail::count(handles), data.get(), &options);
            hold(made);
            return status;
        });
    }
    double value(std::int64_t kind, std::int64_t method, std::int64_t series = LSTM_ALL,
                 std::int64_t step = LSTM_ALL, std::int64_t column = LSTM_ALL) const
    {
        double value = 0;
        detail::check(
            lstm_backtest_value(get(), kind, method, series, step, column, &value, nullptr));
        return value;
    }
    /** A score of quantiles, lstm_quantile_metric. */
    double quantile(std::int64_t kind, std::int64_t method, std::int64_t level = LSTM_ALL,
                    std::int64_t series = LSTM_ALL, std::int64_t step = LSTM_ALL,
                    std::int64_t column = LSTM_ALL) const
    {
        double value = 0;
        detail::check(lstm_backtest_quantile(get(), kind, method, level, series, step, column,
                                             &value, nullptr));
        return value;
    }
    std::int64_t origins(std::int64_t series = LSTM_ALL) const noexcept
    {
        return lstm_backtest_origins(get(), series);
    }
    [[nodiscard]] std::string table(const std::vector<std::int64_t> &kinds) const
    {
        return detail::text([&](char *text, std::int64_t size, std::int64_t *length) {
            return lstm_backtest_table(get(), detail::data_of(kinds), detail::count(kinds), text,
                                       size, length);
        });
    }
    /** Gain of a method over another one, and the difference in standard errors. */
    std::pair<double, double> compare(std::int64_t kind, std::int64_t method,
                                      std::int64_t other) const
    {
        std::pair<double, double> gain;
        detail::check(lstm_backtest_compare(get(), kind, method, other, &gain.first, &gain.second));
        return gain;
    }
    [[nodiscard]] std::string words(std::int64_t kind, std::int64_t method = LSTM_ALL) const
    {
        return detail::text([&](char *text, std::int64_t size, std::int64_t *length) {
            return lstm_backtest_words(get(), kind, method, text, size, length);
        });
    }
};

} // namespace lstmts

#endif
