/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/iter.hpp
 * Windows in batches; see iter.h.
 */
#ifndef LSTMTS_CPP_ITER_HPP
#define LSTMTS_CPP_ITER_HPP

#include <lstmts/cpp/callbacks.hpp>
#include <lstmts/cpp/series.hpp>
#include <lstmts/cpp/view.hpp>
#include <lstmts/iter.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace lstmts
{

/** Windows in batches; borrows its series or view. See iter.h. */
class iter : public detail::object<lstm_iter, lstm_iter_free>
{
public:
    /** `sampler` replaces the one of the options. */
    iter(const series &series, lstm_iter_options options, sampler_function sampler = {})
        : callbacks_(detail::callbacks::make()),
          steps_(options.window_len != 0 ? options.window_len
                                         : options.context_len + options.horizon - 1),
          inputs_(series.inputs()), targets_(series.targets())
    {
        use(std::move(sampler), options);
        hold(detail::make(lstm_iter_new, series.get(), &options));
    }
    iter(const series &&, lstm_iter_options, sampler_function = {}) = delete;
    /** Over all windows of a view; see lstm_iter_new_view(). */
    iter(const view &view, lstm_iter_options options, sampler_function sampler = {})
        : callbacks_(detail::callbacks::make()), steps_(view.steps_), inputs_(view.inputs()),
          targets_(view.targets())
    {
        use(std::move(sampler), options);
        hold(detail::make(lstm_iter_new_view, view.get(), &options));
    }
    iter(const view &&, lstm_iter_options, sampler_function = {}) = delete;
    /** Draws a batch and returns its number of windows; 0 (LSTM_END) if there are no more. */
    std::int64_t next()
    {
        std::int64_t n_window = 0;
        lstm_status status = lstm_iter_next(get(), &n_window);
        if (get() != nullptr)
            callbacks_->rethrow();
        if (detail::check(status) == LSTM_END)
            return 0;
        return n_window_ = n_window;
    }
    /** Offsets of next()'s batch. LSTM_E_SHAPE if an updater has drawn one of another size. */
    [[nodiscard]] std::vector<std::int64_t> offsets() const
    {
        std::vector<std::int64_t> offsets = detail::allocate_matrix<std::int64_t>(n_window_);
        detail::check(lstm_iter_offsets(get(), offsets.data(), detail::count(offsets)));
        return offsets;
    }
    /** Rows of that batch: x becomes [T, B, D], target [T, B, K]. Throws as offsets(). */
    void read(std::vector<lstm_real> &x, std::vector<lstm_real> &target) const
    {
        std::int64_t n_step = steps_ * detail::count(offsets());
        x = detail::allocate_matrix<lstm_real>(n_step, inputs_);
        target = detail::allocate_matrix<lstm_real>(n_step, targets_);
        detail::check(lstm_iter_read(get(), x.data(), target.data()));
    }
    /** Weights of the targets of that batch, [T, B, K]. Throws as offsets(). */
    [[nodiscard]] std::vector<lstm_real> weights() const
    {
        std::vector<lstm_real> weights =
            detail::allocate_matrix<lstm_real>(steps_ * detail::count(offsets()), targets_);
        detail::check(lstm_iter_weights(get(), weights.data()));
        return weights;
    }
    void reset() { detail::check(lstm_iter_reset(get())); }
    std::uint64_t iteration() const noexcept { return lstm_iter_iteration(get()); }
    std::uint64_t epoch() const noexcept { return lstm_iter_epoch(get()); }
    std::int64_t windows() const noexcept { return lstm_iter_windows(get()); }
    lstm_iter_position position() const
    {
        lstm_iter_position position = {};
        detail::check(lstm_iter_get_position(get(), &position));
        return position;
    }
    void set_position(const lstm_iter_position &position)
    {
        detail::check(lstm_iter_set_position(get(), &position));
    }

private:
    friend class updater;
    void use(sampler_function sampler, lstm_iter_options &options)
    {
        if (!sampler)
            return;
        callbacks_->sampler = std::move(sampler);
        options.sampler = detail::callbacks::on_sample;
        options.sampler_user = callbacks_.get();
    }
    std::unique_ptr<detail::callbacks> callbacks_;
    std::int64_t steps_, inputs_, targets_, n_window_ = 0;
};

} // namespace lstmts

#endif
