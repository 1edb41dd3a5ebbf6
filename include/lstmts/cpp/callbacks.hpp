/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/callbacks.hpp
 * Callbacks as std::function.
 */
#ifndef LSTMTS_CPP_CALLBACKS_HPP
#define LSTMTS_CPP_CALLBACKS_HPP

#include <lstmts/cpp/error.hpp>
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

namespace detail
{

/** The callbacks of one object, at an address that C keeps and that therefore never changes. */
struct callbacks {
    sampler_function sampler;
    log_function log;
    progress_function progress;
    std::exception_ptr own_thrown;
    std::exception_ptr *thrown = &own_thrown; /**< first exception of the call; may be shared */

    /** Runs a callback. Returns 0 to continue, as C expects. */
    template <class Call> int guard(Call call) noexcept
    {
        try {
            return call() ? 0 : 1;
        } catch (...) {
            if (*thrown == nullptr)
                *thrown = std::current_exception();
            return 1;
        }
    }
    void rethrow()
    {
        if (std::exception_ptr exception = std::exchange(*thrown, nullptr))
            std::rethrow_exception(exception);
    }
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
        return self->guard([&] { return self->sampler(iteration, n_window, offsets, n_offset); });
    }
    static int on_log(const char *line, void *user)
    {
        auto *self = static_cast<callbacks *>(user);
        return self->guard([&] { return self->log(line); });
    }
    static int on_progress(const lstm_progress *progress, void *user)
    {
        auto *self = static_cast<callbacks *>(user);
        return self->guard([&] { return self->progress(*progress); });
    }
};

} // namespace detail

} // namespace lstmts

#endif
