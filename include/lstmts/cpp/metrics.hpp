/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/metrics.hpp
 * Metrics of forecasts; see metrics.h.
 *
 * Arrays are [size / K, K], and all of the same shape: LSTM_E_SHAPE unless truth has whole rows,
 * and the others as many. Each function returns the metric of each of the K columns.
 */
#ifndef LSTMTS_CPP_METRICS_HPP
#define LSTMTS_CPP_METRICS_HPP

#include <lstmts/cpp/vectors.hpp>
#include <lstmts/metrics.h>

#include <cstdint>
#include <string>
#include <vector>

namespace lstmts
{

/** As lstm_metric(); `scale` [K] for LSTM_METRIC_MASE and _RMSSE. */
[[nodiscard]] inline std::vector<double> metric(std::int64_t kind,
                                                const std::vector<lstm_real> &truth,
                                                const std::vector<lstm_real> &forecast,
                                                std::int64_t K = 1,
                                                const std::vector<double> &scale = {})
{
    const std::int64_t n = detail::rows_of(truth, K);
    detail::check_count(forecast, n * K, "a forecast");
    if (!scale.empty())
        detail::check_count(scale, K, "a scale");
    std::vector<double> value = detail::allocate_matrix<double>(K);
    detail::check(lstm_metric(kind, n, K, truth.data(), forecast.data(),
                              scale.empty() ? nullptr : scale.data(), value.data(), nullptr));
    return value;
}

/** As lstm_metric_scale(). */
[[nodiscard]] inline std::vector<double> metric_scale(std::int64_t kind,
                                                      const std::vector<lstm_real> &train,
                                                      std::int64_t period, std::int64_t K = 1)
{
    const std::int64_t n = detail::rows_of(train, K);
    std::vector<double> scale = detail::allocate_matrix<double>(K);
    detail::check(lstm_metric_scale(kind, n, K, train.data(), period, scale.data(), nullptr));
    return scale;
}

/** As lstm_metric_owa(). */
inline double metric_owa(double smape, double mase, double naive_smape, double naive_mase)
{
    double owa = 0;
    detail::check(lstm_metric_owa(smape, mase, naive_smape, naive_mase, &owa));
    return owa;
}

/** As lstm_metric_pinball(). */
[[nodiscard]] inline std::vector<double> metric_pinball(double level,
                                                        const std::vector<lstm_real> &truth,
                                                        const std::vector<lstm_real> &quantile,
                                                        std::int64_t K = 1)
{
    const std::int64_t n = detail::rows_of(truth, K);
    detail::check_count(quantile, n * K, "a quantile");
    std::vector<double> value = detail::allocate_matrix<double>(K);
    detail::check(
        lstm_metric_pinball(level, n, K, truth.data(), quantile.data(), value.data(), nullptr));
    return value;
}

/** As lstm_metric_crps_quantiles(); quantiles [n, K, levels]. */
[[nodiscard]] inline std::vector<double>
metric_crps_quantiles(const std::vector<lstm_real> &truth, const std::vector<double> &levels,
                      const std::vector<lstm_real> &quantiles, std::int64_t K = 1)
{
    const std::int64_t n = detail::rows_of(truth, K), n_level = detail::count(levels);
    detail::check_count(quantiles, n * K * n_level, "quantiles");
    std::vector<double> value = detail::allocate_matrix<double>(K);
    detail::check(lstm_metric_crps_quantiles(n, K, truth.data(), detail::data_of(levels), n_level,
                                             quantiles.data(), value.data(), nullptr));
    return value;
}

/** As lstm_metric_crps_samples(); samples [n, K, n_sample]. */
[[nodiscard]] inline std::vector<double> metric_crps_samples(std::int64_t estimator,
                                                             const std::vector<lstm_real> &truth,
                                                             std::int64_t n_sample,
                                                             const std::vector<lstm_real> &samples,
                                                             std::int64_t K = 1)
{
    const std::int64_t n = detail::rows_of(truth, K);
    if (n_sample < 1 || detail::count(samples) % n_sample != 0 ||
        detail::count(samples) / n_sample != n * K)
        throw error(LSTM_E_SHAPE, std::to_string(samples.size()) + " values are not " +
                                      std::to_string(n_sample) + " samples of " +
                                      std::to_string(n * K));
    std::vector<double> value = detail::allocate_matrix<double>(K);
    detail::check(lstm_metric_crps_samples(estimator, n, K, truth.data(), n_sample, samples.data(),
                                           value.data(), nullptr));
    return value;
}

/** As lstm_metric_interval(). */
[[nodiscard]] inline std::vector<double> metric_interval(std::int64_t kind, double coverage,
                                                         const std::vector<lstm_real> &truth,
                                                         const std::vector<lstm_real> &lower,
                                                         const std::vector<lstm_real> &upper,
                                                         std::int64_t K = 1)
{
    const std::int64_t n = detail::rows_of(truth, K);
    detail::check_count(lower, n * K, "lower");
    detail::check_count(upper, n * K, "upper");
    std::vector<double> value = detail::allocate_matrix<double>(K);
    detail::check(lstm_metric_interval(kind, coverage, n, K, truth.data(), lower.data(),
                                       upper.data(), value.data(), nullptr));
    return value;
}

} // namespace lstmts

#endif
