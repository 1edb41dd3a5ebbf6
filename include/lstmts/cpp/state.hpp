/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/state.hpp
 * Streams advanced step by step; see state.h.
 */
#ifndef LSTMTS_CPP_STATE_HPP
#define LSTMTS_CPP_STATE_HPP

#include <lstmts/cpp/model.hpp>
#include <lstmts/state.h>

#include <cstdint>
#include <string>
#include <vector>

namespace lstmts
{

/** h and c of B streams; borrows its model. See state.h. */
class state : public detail::object<lstm_state, lstm_state_free>
{
public:
    explicit state(const model &model, std::int64_t n_stream = 1)
        : inputs_(model.inputs()), outputs_(model.outputs()), streams_(n_stream)
    {
        hold(detail::make(lstm_state_new, model.get(), n_stream));
    }
    explicit state(const model &&, std::int64_t = 1) = delete; /* the state would outlive it */
    state(const model &model, const lstm_state_options &options)
        : inputs_(model.inputs()), outputs_(model.outputs()),
          streams_(options.n_stream == 0 ? 1 : options.n_stream)
    {
        hold(detail::make(lstm_state_new_with, model.get(), &options));
    }
    state(const model &&, const lstm_state_options &) = delete;
    void reset() { detail::check(lstm_state_reset(get())); }
    /** Number of threads of the next steps; 0 means 1, LSTM_ALL_CORES one per processor. */
    void set_threads(std::int64_t n) { detail::check(lstm_state_set_threads(get(), n)); }
    /** x [B, D], y [B, K]; y may be x when D == K. Allocates nothing. */
    void step(const lstm_real *x, lstm_real *y) { detail::check(lstm_state_step(get(), x, y)); }
    /** x [B, D]; returns y [B, K]. LSTM_E_SHAPE if x has another size. */
    std::vector<lstm_real> step(const std::vector<lstm_real> &x)
    {
        if (get() != nullptr && detail::count(x) != streams_ * inputs_)
            throw error(LSTM_E_SHAPE, "x has " + std::to_string(x.size()) + " values, " +
                                          std::to_string(streams_) + " streams take " +
                                          std::to_string(inputs_) + " each");
        std::vector<lstm_real> y = detail::allocate_matrix<lstm_real>(streams_, outputs_);
        step(x.data(), y.data());
        return y;
    }
    /** rows [n, B, D]; see lstm_state_warm(). */
    void warm(const lstm_real *rows, std::int64_t n)
    {
        detail::check(lstm_state_warm(get(), rows, n));
    }
    /** y [n, B, K]; see lstm_state_forecast(). */
    void forecast(std::int64_t n, lstm_real *y) { detail::check(lstm_state_forecast(get(), n, y)); }
    /** Returns y [n, B, K]. */
    [[nodiscard]] std::vector<lstm_real> forecast(std::int64_t n)
    {
        std::vector<lstm_real> y =
            detail::allocate_matrix<lstm_real>(n < 0 ? 0 : n, streams_ * outputs_);
        forecast(n, y.data());
        return y;
    }
    /** Takes the h and c of `source`, as lstm_state_copy(). */
    void copy_from(const state &source) { detail::check(lstm_state_copy(get(), source.get())); }
    /** [L, 2, B, H]: for each layer h, then c. */
    [[nodiscard]] std::vector<lstm_real> values() const
    {
        std::vector<lstm_real> values = detail::allocate_matrix<lstm_real>(lstm_state_size(get()));
        detail::check(lstm_state_get(get(), values.data(), detail::count(values)));
        return values;
    }
    void set_values(const std::vector<lstm_real> &values)
    {
        detail::check(lstm_state_set(get(), values.data(), detail::count(values)));
    }

private:
    std::int64_t inputs_, outputs_, streams_;
};

} // namespace lstmts

#endif
