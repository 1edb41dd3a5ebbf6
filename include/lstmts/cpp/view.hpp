/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/view.hpp
 * How the rows of a data set become steps; see view.h.
 */
#ifndef LSTMTS_CPP_VIEW_HPP
#define LSTMTS_CPP_VIEW_HPP

#include <lstmts/cpp/dataset.hpp>
#include <lstmts/cpp/model.hpp>
#include <lstmts/view.h>

#include <cstdint>
#include <vector>

namespace lstmts
{

/** How the rows of a data set become steps; borrows its data set. See view.h. */
class view : public detail::object<lstm_view, lstm_view_free>
{
public:
    view(const dataset &dataset, const lstm_view_options &options)
        : object(detail::make(lstm_view_new, dataset.get(), &options)),
          steps_(options.context_len + (options.horizon == 0 ? 1 : options.horizon) - 1)
    {
    }
    view(const dataset &&, const lstm_view_options &) = delete;
    std::int64_t inputs() const noexcept { return lstm_view_inputs(get()); }
    std::int64_t targets() const noexcept { return lstm_view_targets(get()); }
    std::int64_t windows() const noexcept { return lstm_view_windows(get()); }
    /** Series without a window. */
    std::int64_t skipped() const noexcept { return lstm_view_skipped(get()); }
    lstm_view_window window_at(std::int64_t number) const
    {
        lstm_view_window window = {};
        detail::check(lstm_view_window_at(get(), number, &window));
        return window;
    }
    /** [origins, horizon, targets of the data set] of one series; see lstm_view_forecast(). */
    [[nodiscard]] std::vector<lstm_real>
    forecast(const model &model, const dataset &dataset, std::int64_t series,
             const std::vector<std::int64_t> &origins, std::int64_t horizon,
             const lstm_loss_options *loss = nullptr, std::int64_t n_threads = 0) const
    {
        const std::int64_t n = detail::count(origins);
        const std::vector<std::int64_t> all_series(origins.size(), series);
        std::vector<lstm_real> y =
            detail::allocate_matrix<lstm_real>(n * dataset.targets(), horizon);
        detail::check(lstm_view_forecast(get(), model.get(), loss, dataset.get(),
                                         detail::data_of(all_series), detail::data_of(origins), n,
                                         horizon, n_threads, y.data()));
        return y;
    }

private:
    friend class iter;
    std::int64_t steps_;
};

} // namespace lstmts

#endif
