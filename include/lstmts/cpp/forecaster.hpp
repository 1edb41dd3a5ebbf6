/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/forecaster.hpp
 * Rows in, forecasts out; see forecaster.h.
 */
#ifndef LSTMTS_CPP_FORECASTER_HPP
#define LSTMTS_CPP_FORECASTER_HPP

#include <lstmts/continuation.h>
#include <lstmts/cpp/callbacks.hpp>
#include <lstmts/cpp/dataset.hpp>
#include <lstmts/cpp/interval.hpp>
#include <lstmts/uncertainty.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lstmts
{

/** Rows of a data set in, forecasts in its units out; see forecaster.h. */
class forecaster : public detail::object<lstm_forecaster, lstm_forecaster_free>
{
public:
    /**
     * `progress` replaces on_progress of the options, a C function, which must not throw. Clones
     * share it: it runs in several threads if they are fitted at the same time, but in no others,
     * whatever n_threads is.
     */
    explicit forecaster(lstm_forecaster_options options, fit_progress_function progress = {})
    {
        if (progress) {
            progress_ = std::make_shared<fit_progress_function>(std::move(progress));
            options.on_progress = detail::on_fit_progress;
            options.progress_user = progress_.get();
        }
        hold(detail::make(lstm_forecaster_new, &options));
    }
    [[nodiscard]] static forecaster load(const std::string &path)
    {
        return forecaster(detail::make(lstm_forecaster_load, path.c_str()));
    }
    void save(const std::string &path) const
    {
        detail::check(lstm_forecaster_save(get(), path.c_str()));
    }
    [[nodiscard]] forecaster clone() const
    {
        forecaster made(detail::make(lstm_forecaster_clone, get()));
        made.progress_ = progress_;
        return made;
    }
    /** LSTM_OK, or LSTM_STOPPED if it was cancelled. */
    [[nodiscard]] lstm_status fit(const dataset &dataset)
    {
        return detail::fitting([&] { return lstm_forecaster_fit(get(), dataset.get()); });
    }
    /** LSTM_OK, or LSTM_STOPPED. `progress` replaces that of the options and of the forecaster. */
    [[nodiscard]] lstm_status continue_fit(const dataset &dataset, lstm_continue_options options,
                                           fit_progress_function progress = {})
    {
        if (progress) {
            options.on_progress = detail::on_fit_progress;
            options.progress_user = &progress;
        }
        return detail::fitting(
            [&] { return lstm_forecaster_continue(get(), dataset.get(), &options); });
    }
    void cancel() noexcept { lstm_forecaster_cancel(get()); }
    /** [horizon(), targets()] from the last row of a series. */
    [[nodiscard]] std::vector<lstm_real> predict(const dataset &dataset, std::int64_t series) const
    {
        return predict(dataset, series, {dataset.rows(series)}, horizon());
    }
    /** [origins, horizon, targets] */
    [[nodiscard]] std::vector<lstm_real> predict(const dataset &dataset, std::int64_t series,
                                                 const std::vector<std::int64_t> &origins,
                                                 std::int64_t horizon) const
    {
        const std::int64_t n = detail::count(origins);
        std::vector<lstm_real> y =
            detail::allocate_matrix<lstm_real>(n * dataset.targets(), horizon);
        detail::check(lstm_forecaster_predict_from(get(), dataset.get(), series,
                                                   detail::data_of(origins), n, horizon, y.data()));
        return y;
    }
    /** Each of these series from its last row: [series, horizon, targets]. */
    [[nodiscard]] std::vector<lstm_real> predict(const dataset &dataset,
                                                 const std::vector<std::int64_t> &series) const
    {
        const std::int64_t n = detail::count(series);
        std::vector<lstm_real> y =
            detail::allocate_matrix<lstm_real>(n * dataset.targets(), horizon());
        detail::check(lstm_forecaster_predict_series(get(), dataset.get(), detail::data_of(series),
                                                     n, y.data()));
        return y;
    }
    /** So that {} are no series, and not series 0. */
    [[nodiscard]] std::vector<lstm_real> predict(const dataset &dataset,
                                                 std::initializer_list<std::int64_t> series) const
    {
        return predict(dataset, std::vector<std::int64_t>(series));
    }
    /** All series from their last rows. */
    [[nodiscard]] std::vector<lstm_real> predict(const dataset &dataset) const
    {
        if (dataset.get() != nullptr && dataset.series() == 0)
            throw error(LSTM_E_ARGUMENT, "the data set has no series");
        std::vector<lstm_real> y =
            detail::allocate_matrix<lstm_real>(dataset.series() * dataset.targets(), horizon());
        detail::check(lstm_forecaster_predict_series(get(), dataset.get(), nullptr,
                                                     dataset.series(), y.data()));
        return y;
    }
    /**
     * [origins, levels, horizon, targets]. *y, unless NULL, becomes [origins, horizon, targets].
     */
    [[nodiscard]] interval_bounds intervals(const dataset &dataset, std::int64_t series,
                                            const std::vector<std::int64_t> &origins,
                                            std::vector<lstm_real> *y = nullptr) const
    {
        const std::int64_t size = detail::count(origins) * dataset.targets();
        const std::int64_t n_level = detail::count(levels());
        interval_bounds made = detail::allocate_bounds(size, n_level, horizon());
        std::vector<lstm_real> points = detail::allocate_matrix<lstm_real>(size, horizon());
        detail::check(lstm_forecaster_intervals(
            get(), dataset.get(), series, detail::data_of(origins), detail::count(origins),
            points.data(), made.lower.data(), made.upper.data()));
        if (y != nullptr)
            *y = std::move(points);
        return made;
    }
    /** Sample paths [n_path, horizon, targets]. */
    [[nodiscard]] std::vector<lstm_real> paths(const dataset &dataset, std::int64_t series,
                                               std::int64_t origin, std::int64_t horizon,
                                               std::int64_t n_path, std::uint64_t seed = 0) const
    {
        std::vector<lstm_real> made =
            detail::allocate_matrix<lstm_real>(horizon, dataset.targets(), n_path);
        detail::check(lstm_forecaster_paths(get(), dataset.get(), series, origin, horizon, n_path,
                                            seed, made.data()));
        return made;
    }
    /** Quantiles [origins, levels, horizon, targets]. */
    [[nodiscard]] std::vector<lstm_real> quantiles(const dataset &dataset, std::int64_t series,
                                                   const std::vector<std::int64_t> &origins,
                                                   std::int64_t horizon,
                                                   const std::vector<double> &levels) const
    {
        const std::int64_t n_origin = detail::count(origins), n_level = detail::count(levels);
        std::vector<lstm_real> made =
            detail::allocate_matrix<lstm_real>(horizon, dataset.targets(), n_origin * n_level);
        detail::check(lstm_forecaster_quantiles(get(), dataset.get(), series,
                                                detail::data_of(origins), n_origin, horizon,
                                                detail::data_of(levels), n_level, made.data()));
        return made;
    }
    /** JSON */
    [[nodiscard]] std::string describe() const
    {
        return detail::text([this](char *text, std::int64_t size, std::int64_t *length) {
            return lstm_forecaster_describe(get(), text, size, length);
        });
    }
    std::int64_t horizon() const noexcept { return lstm_forecaster_horizon(get()); }
    /** 0 before a fit. */
    std::int64_t targets() const noexcept { return lstm_forecaster_targets(get()); }
    /** Of intervals, ascending. */
    [[nodiscard]] std::vector<double> levels() const
    {
        std::int64_t n = 0;
        const double *levels = lstm_forecaster_levels(get(), &n);
        return std::vector<double>(levels, levels + n);
    }
    /** An empty data set with the columns of the fit. */
    [[nodiscard]] dataset frame() const
    {
        return dataset(detail::make(lstm_forecaster_frame, get()));
    }
    /** Owned by the forecaster; NULL if there is no network with that number. */
    const lstm_model *model(std::int64_t number) const noexcept
    {
        return lstm_forecaster_model(get(), number);
    }
    /** As model(): the view of that network. */
    const lstm_view *view(std::int64_t number) const noexcept
    {
        return lstm_forecaster_view(get(), number);
    }

private:
    explicit forecaster(lstm_forecaster *made) noexcept : object(made) {}
    std::shared_ptr<fit_progress_function> progress_;
};

} // namespace lstmts

#endif
