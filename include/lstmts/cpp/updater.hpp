/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/updater.hpp
 * One training update; see updater.h.
 */
#ifndef LSTMTS_CPP_UPDATER_HPP
#define LSTMTS_CPP_UPDATER_HPP

#include <lstmts/cpp/iter.hpp>
#include <lstmts/cpp/model.hpp>
#include <lstmts/updater.h>

#include <cstdint>
#include <string>
#include <vector>

namespace lstmts
{

/** One training update; borrows its model and its iterator. See updater.h. */
class updater : public detail::object<lstm_updater, lstm_updater_free>
{
public:
    updater(model &model, iter &iter,
            const lstm_updater_options &options = LSTM_UPDATER_OPTIONS_INIT)
        : model_(model.get()), steps_(iter.steps_), sampling_(iter.callbacks_.get())
    {
        hold(detail::make(lstm_updater_new, model.get(), iter.get(), &options));
    }
    /** False (LSTM_END) if the iterator has no more batches. */
    [[nodiscard]] bool update() { return has_batch(lstm_updater_update(get())); }
    /** As update(). */
    [[nodiscard]] bool backward() { return has_batch(lstm_updater_backward(get())); }
    void apply() { detail::check(lstm_updater_apply(get())); }
    lstm_update_info info() const
    {
        lstm_update_info info = {};
        detail::check(lstm_updater_info(get(), &info));
        return info;
    }
    /** [T] */
    [[nodiscard]] std::vector<double> step_losses() const
    {
        std::vector<double> losses = detail::allocate_matrix<double>(steps_);
        detail::check(lstm_updater_step_losses(get(), losses.data(), detail::count(losses)));
        return losses;
    }
    /** See lstm_updater_average(). */
    [[nodiscard]] model average() const
    {
        lstm_model *average = nullptr;
        detail::check(lstm_updater_average(get(), &average));
        return model(average);
    }
    /** Number of windows of the last batch; 0 before any update. */
    std::int64_t batch() const noexcept { return lstm_updater_batch(get()); }

    std::int64_t calls() const noexcept { return lstm_updater_calls(get()); }
    /** y [B, K] with B of the last batch; see lstm_updater_output(). */
    void output(std::int64_t call, lstm_real *y, std::int64_t size,
                std::int64_t *target_step = nullptr) const
    {
        detail::check(lstm_updater_output(get(), call, y, size, target_step));
    }
    /** values [L, 2, B, H] with B of the last batch. */
    void state(lstm_real *values, std::int64_t size) const
    {
        detail::check(lstm_updater_state(get(), values, size));
    }
    /** Has the shape of parameter `name`. */
    [[nodiscard]] std::vector<lstm_real> gradient(const std::string &name) const
    {
        return detail::tensor(model_, name,
                              [&](const char *n, lstm_real *values, std::int64_t size) {
                                  return lstm_updater_gradient(get(), n, values, size);
                              });
    }
    [[nodiscard]] std::vector<lstm_real> moment(const std::string &moment,
                                                const std::string &name) const
    {
        return detail::tensor(
            model_, name, [&](const char *n, lstm_real *values, std::int64_t size) {
                return lstm_updater_moment(get(), moment.c_str(), n, values, size);
            });
    }

private:
    bool has_batch(lstm_status status)
    {
        if (get() != nullptr)
            sampling_->rethrow();
        return detail::check(status) != LSTM_END;
    }
    friend class trainer;
    const lstm_model *model_;
    std::int64_t steps_;
    detail::callbacks *sampling_; /* the iterator's */
};

} // namespace lstmts

#endif
