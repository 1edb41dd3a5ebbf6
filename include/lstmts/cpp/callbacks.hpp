/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/callbacks.hpp
 * Callbacks as std::function.
 */
#ifndef LSTMTS_CPP_CALLBACKS_HPP
#define LSTMTS_CPP_CALLBACKS_HPP

#include <lstmts/cpp/error.hpp>
#include <lstmts/forecaster.h>
#include <lstmts/iter.h>
#include <lstmts/trainer.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <utility>

namespace lstmts
{

/** Chooses offsets[0 .. n_offset-1], each 0 .. n_window-1, of one batch; false to end. */
using sampler_function = std::function<bool(std::uint64_t iteration, std::int64_t n_window,
                                            std::int64_t *offsets, std::int64_t n_offset)>;
/** Receives one line of the log, a JSON object; false to stop the run. */
using log_function = std::function<bool(const char *line)>;
/** Receives the progress after every update; false to stop the run. */
using progress_function = std::function<bool(const lstm_progress &progress)>;
/** Receives the progress of a fit, on its thread; false to cancel it. */
using fit_progress_function = std::function<bool(const lstm_fit_progress &progress)>;

namespace detail
{

/** Runs a callback and keeps the first exception. Returns true to continue. */
template <class Call> bool guard(std::exception_ptr &thrown, Call call) noexcept
{
    try {
        return call();
    } catch (...) {
        if (thrown == nullptr)
            thrown = std::current_exception();
        return false;
    }
}

inline void rethrow(std::exception_ptr &thrown)
{
    if (std::exception_ptr exception = std::exchange(thrown, nullptr))
        std::rethrow_exception(exception);
}

/** The callbacks of one object, at an address that C keeps and that therefore never changes. */
struct callbacks {
    sampler_function sampler;
    log_function log;
    progress_function progress;
    std::exception_ptr own_thrown;
    std::exception_ptr *thrown = &own_thrown; /**< first exception of the call; may be shared */

    /** Runs a callback. Returns 0 to continue, as C expects. */
    template <class Call> int run(Call call) noexcept { return guard(*thrown, call) ? 0 : 1; }
    void rethrow() { detail::rethrow(*thrown); }
    static std::unique_ptr<callbacks> make()
    {
        try {
            return std::make_unique<callbacks>();
        } catch (const std::bad_alloc &) {
            throw error(LSTM_E_NOMEM, "no memory for callbacks");
        }
    }
    static int on_sample(std::uint64_t iteration, std::int64_t n_window, std::int64_t *offsets,
                         std::int64_t n_offset, void *user)
    {
        auto *self = static_cast<callbacks *>(user);
        return self->run([&] { return self->sampler(iteration, n_window, offsets, n_offset); });
    }
    static int on_log(const char *line, void *user)
    {
        auto *self = static_cast<callbacks *>(user);
        return self->run([&] { return self->log(line); });
    }
    static int on_progress(const lstm_progress *progress, void *user)
    {
        auto *self = static_cast<callbacks *>(user);
        return self->run([&] { return self->progress(*progress); });
    }
};

/**
 * First exception of a callback in the present fit of this thread. It is no member of a forecaster,
 * because a method or a backtest may fit it, and clones share the callback.
 */
inline std::exception_ptr &thrown_in_fit() noexcept
{
    static thread_local std::exception_ptr thrown;
    return thrown;
}

inline int on_fit_progress(const lstm_fit_progress *progress, void *user)
{
    const auto &function = *static_cast<const fit_progress_function *>(user);
    return guard(thrown_in_fit(), [&] { return function(*progress); }) ? 0 : 1;
}

/** Checks a C call that may fit, and rethrows what a callback has thrown in it. */
template <class Call> lstm_status fitting(Call call)
{
    thrown_in_fit() = nullptr;
    const lstm_status status = call();
    rethrow(thrown_in_fit());
    return check(status);
}

} // namespace detail

} // namespace lstmts

#endif
