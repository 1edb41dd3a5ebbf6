/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/forecast.hpp
 * Validation, prediction and forecasts; see forecast.h.
 */
#ifndef LSTMTS_CPP_FORECAST_HPP
#define LSTMTS_CPP_FORECAST_HPP

#include <lstmts/cpp/model.hpp>
#include <lstmts/cpp/series.hpp>
#include <lstmts/forecast.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace lstmts
{

/** As lstm_valid(); returns [T, K+1]. */
[[nodiscard]] inline std::vector<double> valid(const model &model, const series &series,
                                               const lstm_valid_options &options)
{
    /* a longer window is an error: do not allocate for it */
    std::int64_t T = std::min(options.window_len, series.rows());
    std::vector<double> rmse = detail::allocate_matrix<double>(T, model.outputs() + 1);
    detail::check(
        lstm_valid(model.get(), series.get(), &options, rmse.data(), detail::count(rmse)));
    return rmse;
}

/** As lstm_pred(); returns y [n_step, K]. *truth, unless NULL, becomes the true [n_step, K]. */
[[nodiscard]] inline std::vector<lstm_real> pred(const model &model, const series &series,
                                                 const lstm_pred_options &options,
                                                 std::vector<lstm_real> *truth = nullptr)
{
    std::vector<lstm_real> y = detail::allocate_matrix<lstm_real>(options.n_step, model.outputs());
    std::vector<lstm_real> rows =
        detail::allocate_matrix<lstm_real>(truth != nullptr ? detail::count(y) : 1);
    detail::check(lstm_pred(model.get(), series.get(), &options, y.data(),
                            truth != nullptr ? rows.data() : nullptr));
    if (truth != nullptr)
        *truth = std::move(rows);
    return y;
}

/** As lstm_forecast(); returns y [n_series, n_step, K]. */
[[nodiscard]] inline std::vector<lstm_real>
forecast(const model &model, const std::vector<series> &fleet, const lstm_forecast_options &options)
{
    const std::int64_t n_series = detail::count(fleet);
    std::vector<const lstm_series *> handles =
        detail::allocate_matrix<const lstm_series *>(n_series);
    std::transform(fleet.begin(), fleet.end(), handles.begin(),
                   [](const series &one) { return one.get(); });
    std::vector<lstm_real> y =
        detail::allocate_matrix<lstm_real>(options.n_step, n_series * model.outputs());
    detail::check(lstm_forecast(model.get(), handles.data(), n_series, &options, y.data()));
    return y;
}

} // namespace lstmts

#endif
