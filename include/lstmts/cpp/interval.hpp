/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/interval.hpp
 * Conformal intervals around forecasts; see interval.h.
 */
#ifndef LSTMTS_CPP_INTERVAL_HPP
#define LSTMTS_CPP_INTERVAL_HPP

#include <lstmts/cpp/object.hpp>
#include <lstmts/cpp/vectors.hpp>
#include <lstmts/interval.h>

#include <cstdint>
#include <vector>

namespace lstmts
{

/** Bounds of intervals, of the same shape. */
struct interval_bounds {
    std::vector<lstm_real> lower, upper;
};

namespace detail
{

/** [a, b, c] each. */
inline interval_bounds allocate_bounds(std::int64_t a, std::int64_t b = 1, std::int64_t c = 1)
{
    return {allocate_matrix<lstm_real>(a, b, c), allocate_matrix<lstm_real>(a, b, c)};
}

} // namespace detail

/**
 * Intervals of one series; see interval.h. Forecasts are points [H, K], or with is_conformalized
 * quantiles low and high, [L, H, K] each. LSTM_E_SHAPE unless there are as many values.
 */
class interval : public detail::object<lstm_interval, lstm_interval_free>
{
public:
    explicit interval(const lstm_interval_options &options)
        : object(detail::make(lstm_interval_new, &options)), steps_(options.horizon),
          columns_(options.n_column == 0 ? 1 : options.n_column),
          levels_(options.levels == nullptr || options.n_level == 0 ? 1 : options.n_level)
    {
    }
    /** Bounds [L, H, K] around points. */
    [[nodiscard]] interval_bounds bounds(const std::vector<lstm_real> &points) const
    {
        check_points(points);
        return bounds_of(points.data(), nullptr);
    }
    /** Bounds [L, H, K] around quantiles. */
    [[nodiscard]] interval_bounds bounds(const std::vector<lstm_real> &low,
                                         const std::vector<lstm_real> &high) const
    {
        check_quantiles(low, high);
        return bounds_of(low.data(), high.data());
    }
    void expect(const std::vector<lstm_real> &points)
    {
        check_points(points);
        detail::check(lstm_interval_expect(get(), points.data(), nullptr));
    }
    void expect(const std::vector<lstm_real> &low, const std::vector<lstm_real> &high)
    {
        check_quantiles(low, high);
        detail::check(lstm_interval_expect(get(), low.data(), high.data()));
    }
    /** LSTM_E_SHAPE unless it is one row. */
    void observe(const std::vector<lstm_real> &row)
    {
        detail::check_count(row, columns_, "a row");
        detail::check(lstm_interval_observe(get(), row.data()));
    }
    void restart() { detail::check(lstm_interval_restart(get())); }
    std::int64_t scores(std::int64_t step, std::int64_t column = 0) const noexcept
    {
        return lstm_interval_scores(get(), step, column);
    }
    /** What it has learned. */
    [[nodiscard]] std::vector<lstm_real> state() const
    {
        std::vector<lstm_real> state =
            detail::allocate_matrix<lstm_real>(lstm_interval_state_len(get()));
        detail::check(lstm_interval_get_state(get(), state.data()));
        return state;
    }
    void set_state(const std::vector<lstm_real> &state)
    {
        detail::check(lstm_interval_set_state(get(), detail::data_of(state), detail::count(state)));
    }

private:
    void check_points(const std::vector<lstm_real> &points) const
    {
        detail::check_count(points, steps_ * columns_, "a forecast");
    }
    void check_quantiles(const std::vector<lstm_real> &low,
                         const std::vector<lstm_real> &high) const
    {
        detail::check_count(low, levels_ * steps_ * columns_, "low");
        detail::check_count(high, levels_ * steps_ * columns_, "high");
    }
    interval_bounds bounds_of(const lstm_real *low, const lstm_real *high) const
    {
        interval_bounds made = detail::allocate_bounds(levels_, steps_, columns_);
        detail::check(lstm_interval_bounds(get(), low, high, made.lower.data(), made.upper.data()));
        return made;
    }
    std::int64_t steps_, columns_, levels_;
};

} // namespace lstmts

#endif
