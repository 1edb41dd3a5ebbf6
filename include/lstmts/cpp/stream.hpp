/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/stream.hpp
 * A forecaster on a live series; see stream.h.
 */
#ifndef LSTMTS_CPP_STREAM_HPP
#define LSTMTS_CPP_STREAM_HPP

#include <lstmts/cpp/forecaster.hpp>
#include <lstmts/stream.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lstmts
{

/**
 * A forecaster on a live series; borrows nothing. The calls with pointers allocate nothing, as in C.
 * See stream.h.
 */
class stream : public detail::object<lstm_stream, lstm_stream_free>
{
public:
    /** With the columns of the fit. Begins with the rows of `dataset` of the options, if set. */
    explicit stream(const forecaster &forecaster,
                    const lstm_stream_options &options = LSTM_STREAM_OPTIONS_INIT)
        : object(detail::make(lstm_stream_new, forecaster.get(), &options)),
          width_(forecaster.frame().width()), targets_(forecaster.targets()),
          levels_(level_count(forecaster))
    {
    }
    /** Begins with the rows of a series. */
    stream(const forecaster &forecaster, const dataset &dataset, std::int64_t series,
           lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT)
        : stream(forecaster, with_rows(options, dataset, series))
    {
    }
    /** LSTM_E_SHAPE unless it is one row. */
    void push(const std::vector<lstm_real> &row) { push(row.data(), detail::count(row)); }
    void push(const lstm_real *row, std::int64_t n_value)
    {
        if (get() != nullptr && n_value != width_)
            throw error(LSTM_E_SHAPE, std::to_string(n_value) + " values are not one row of " +
                                          std::to_string(width_));
        detail::check(lstm_stream_push(get(), row));
    }
    /** No rows remove the future rows. */
    void set_future(const std::vector<lstm_real> &rows)
    {
        set_future(rows.data(), rows.empty() ? 0 : detail::rows_of(rows, width_));
    }
    void set_future(const lstm_real *rows, std::int64_t n_row)
    {
        detail::check(lstm_stream_set_future(get(), rows, n_row));
    }
    /** [horizon(), targets] */
    [[nodiscard]] std::vector<lstm_real> forecast()
    {
        std::vector<lstm_real> y;
        forecast(y);
        return y;
    }
    /** Resizes y, also if it fails. Allocates nothing if y has the size. */
    void forecast(std::vector<lstm_real> &y)
    {
        y.resize(size());
        forecast(y.data());
    }
    /** Allocates nothing. */
    void forecast(lstm_real *y) { detail::check(lstm_stream_forecast(get(), y)); }
    /** As forecast(); lower and upper become [L, horizon(), targets], of L levels. */
    std::vector<lstm_real> intervals(std::vector<lstm_real> &lower, std::vector<lstm_real> &upper)
    {
        std::vector<lstm_real> y;
        intervals(y, lower, upper);
        return y;
    }
    /** Resizes the vectors, also if it fails. Allocates nothing if they have the size. */
    void intervals(std::vector<lstm_real> &y, std::vector<lstm_real> &lower,
                   std::vector<lstm_real> &upper)
    {
        y.resize(size());
        lower.resize(size() * levels_);
        upper.resize(size() * levels_);
        intervals(y.data(), lower.data(), upper.data());
    }
    /** Allocates nothing; y may be NULL. */
    void intervals(lstm_real *y, lstm_real *lower, lstm_real *upper)
    {
        detail::check(lstm_stream_intervals(get(), y, lower, upper));
    }
    std::int64_t rows() const noexcept { return lstm_stream_rows(get()); }
    std::int64_t context() const noexcept { return lstm_stream_context(get()); }
    std::int64_t horizon() const noexcept { return lstm_stream_horizon(get()); }

private:
    static const lstm_stream_options &with_rows(lstm_stream_options &options,
                                                const dataset &dataset, std::int64_t series)
    {
        options.dataset = dataset.get();
        options.series = series;
        return options;
    }
    static std::size_t level_count(const forecaster &forecaster)
    {
        std::int64_t n = 0;
        lstm_forecaster_levels(forecaster.get(), &n);
        return static_cast<std::size_t>(n);
    }
    std::size_t size() const noexcept { return static_cast<std::size_t>(horizon() * targets_); }
    std::int64_t width_, targets_;
    std::size_t levels_;
};

} // namespace lstmts

#endif
