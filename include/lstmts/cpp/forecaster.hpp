/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/forecaster.hpp
 * Rows in, forecasts out; see forecaster.h.
 */
#ifndef LSTMTS_CPP_FORECASTER_HPP
#define LSTMTS_CPP_FORECASTER_HPP

#include <lstmts/cpp/dataset.hpp>
#include <lstmts/forecaster.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lstmts
{

/** Rows of a data set in, forecasts in its units out; see forecaster.h. */
class forecaster : public detail::object<lstm_forecaster, lstm_forecaster_free>
{
public:
    /** on_progress must not throw. */
    explicit forecaster(const lstm_forecaster_options &options)
        : object(detail::make(lstm_forecaster_new, &options))
    {
    }
    static forecaster load(const std::string &path)
    {
        return forecaster(detail::make(lstm_forecaster_load, path.c_str()));
    }
    void save(const std::string &path) const
    {
        detail::check(lstm_forecaster_save(get(), path.c_str()));
    }
    forecaster clone() const { return forecaster(detail::make(lstm_forecaster_clone, get())); }
    /** LSTM_OK, or LSTM_STOPPED if it was cancelled. */
    lstm_status fit(const dataset &dataset)
    {
        const lstm_status status = lstm_forecaster_fit(get(), dataset.get());
        detail::check(status);
        return status;
    }
    /** LSTM_OK, or LSTM_STOPPED if it was cancelled. */
    lstm_status continue_fit(const dataset &dataset, std::int64_t n_update)
    {
        const lstm_status status = lstm_forecaster_continue(get(), dataset.get(), n_update);
        detail::check(status);
        return status;
    }
    void cancel() noexcept { lstm_forecaster_cancel(get()); }
    /** [horizon(), targets()] from the last row of a series. */
    std::vector<lstm_real> predict(const dataset &dataset, std::int64_t series) const
    {
        return predict(dataset, series, {dataset.rows(series)}, horizon());
    }
    /** [origins, horizon, targets] */
    std::vector<lstm_real> predict(const dataset &dataset, std::int64_t series,
                                   const std::vector<std::int64_t> &origins,
                                   std::int64_t horizon) const
    {
        const std::int64_t n = detail::count(origins);
        std::vector<lstm_real> y =
            detail::allocate_matrix<lstm_real>(n * dataset.targets(), horizon);
        detail::check(lstm_forecaster_predict_from(get(), dataset.get(), series, origins.data(), n,
                                                   horizon, y.data()));
        return y;
    }
    /** JSON */
    std::string describe() const
    {
        std::int64_t length = 0;
        detail::check(lstm_forecaster_describe(get(), nullptr, 0, &length));
        std::vector<char> text = detail::allocate_matrix<char>(length + 1);
        detail::check(lstm_forecaster_describe(get(), text.data(), length + 1, nullptr));
        return std::string(text.data(), static_cast<std::size_t>(length));
    }
    std::int64_t horizon() const noexcept { return lstm_forecaster_horizon(get()); }
    /** 0 before a fit. */
    std::int64_t targets() const noexcept { return lstm_forecaster_targets(get()); }
    /** Of intervals, ascending. */
    std::vector<double> levels() const
    {
        std::int64_t n = 0;
        const double *levels = lstm_forecaster_levels(get(), &n);
        return std::vector<double>(levels, levels + n);
    }
    /** An empty data set with the columns of the fit. */
    dataset frame() const { return dataset(detail::make(lstm_forecaster_frame, get())); }
    /** Owned by the forecaster; NULL if there is no network with that number. */
    const lstm_model *model(std::int64_t number) const noexcept
    {
        return lstm_forecaster_model(get(), number);
    }

private:
    explicit forecaster(lstm_forecaster *made) noexcept : object(made) {}
};

} // namespace lstmts

#endif
