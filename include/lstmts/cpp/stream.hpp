/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/stream.hpp
 * A forecaster on a live series; see stream.h.
 */
#ifndef LSTMTS_CPP_STREAM_HPP
#define LSTMTS_CPP_STREAM_HPP

#include <lstmts/cpp/forecaster.hpp>
#include <lstmts/stream.h>

#include <cstdint>
#include <string>
#include <vector>

namespace lstmts
{

/** A forecaster on a live series; borrows nothing. See stream.h. */
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
    void push(const std::vector<lstm_real> &row)
    {
        if (detail::rows_of(row, width_) != 1)
            throw error(LSTM_E_SHAPE, std::to_string(row.size()) + " values are not one row of " +
                                          std::to_string(width_));
        detail::check(lstm_stream_push(get(), row.data()));
    }
    /** No rows remove the future rows. */
    void set_future(const std::vector<lstm_real> &rows)
    {
        const std::int64_t n_row = rows.empty() ? 0 : detail::rows_of(rows, width_);
        detail::check(lstm_stream_set_future(get(), rows.data(), n_row));
    }
    /** [horizon(), targets] */
    [[nodiscard]] std::vector<lstm_real> forecast()
    {
        std::vector<lstm_real> y = detail::allocate_matrix<lstm_real>(horizon(), targets_);
        detail::check(lstm_stream_forecast(get(), y.data()));
        return y;
    }
    /** As forecast(); lower and upper become [L, horizon(), targets], of L levels. */
    std::vector<lstm_real> intervals(std::vector<lstm_real> &lower, std::vector<lstm_real> &upper)
    {
        std::vector<lstm_real> y = detail::allocate_matrix<lstm_real>(horizon(), targets_);
        const std::int64_t size = static_cast<std::int64_t>(y.size());
        std::vector<lstm_real> low = detail::allocate_matrix<lstm_real>(levels_, size);
        std::vector<lstm_real> high = detail::allocate_matrix<lstm_real>(levels_, size);
        detail::check(lstm_stream_intervals(get(), y.data(), low.data(), high.data()));
        lower.swap(low);
        upper.swap(high);
        return y;
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
    static std::int64_t level_count(const forecaster &forecaster)
    {
        std::int64_t n = 0;
        lstm_forecaster_levels(forecaster.get(), &n);
        return n;
    }
    std::int64_t width_, targets_, levels_;
};

} // namespace lstmts

#endif
