/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/trainer.hpp
 * A whole training; see trainer.h.
 */
#ifndef LSTMTS_CPP_TRAINER_HPP
#define LSTMTS_CPP_TRAINER_HPP

#include <lstmts/cpp/callbacks.hpp>
#include <lstmts/cpp/model.hpp>
#include <lstmts/cpp/updater.hpp>
#include <lstmts/trainer.h>

#include <memory>
#include <string>
#include <utility>

namespace lstmts
{

/** A whole training; borrows its updater, and valid_series or valid_view of its options. See
    trainer.h. */
class trainer : public detail::object<lstm_trainer, lstm_trainer_free>
{
public:
    /** `log` and `progress` replace the callbacks of the options. */
    trainer(updater &updater, lstm_trainer_options options, log_function log = {},
            progress_function progress = {})
        : callbacks_(detail::callbacks::make())
    {
        if (log) {
            callbacks_->log = std::move(log);
            options.on_log = detail::callbacks::on_log;
            options.log_user = callbacks_.get();
        }
        if (progress) {
            callbacks_->progress = std::move(progress);
            options.on_progress = detail::callbacks::on_progress;
            options.progress_user = callbacks_.get();
        }
        hold(detail::make(lstm_trainer_new, updater.get(), &options));
        callbacks_->thrown = updater.sampling_->thrown;
    }
    /** LSTM_OK at a limit; LSTM_END after an early stop or at the sampler's end; LSTM_STOPPED. */
    [[nodiscard]] lstm_status run()
    {
        lstm_status status = lstm_trainer_run(get());
        if (get() != nullptr)
            callbacks_->rethrow();
        return detail::check(status);
    }
    /** May be called from any thread and from a signal handler. */
    void stop() noexcept { lstm_trainer_stop(get()); }
    void save(const std::string &path) { detail::check(lstm_trainer_save(get(), path.c_str())); }
    /** LSTM_OK or LSTM_OTHER_KERNELS. lstm_last_error() has the message of the latter. */
    [[nodiscard]] lstm_status resume(const std::string &path)
    {
        return detail::check(lstm_trainer_resume(get(), path.c_str()));
    }
    /**
     * Resumes from the newest intact snapshot in the folder. LSTM_OK; LSTM_END if there is none;
     * LSTM_RECOVERED or LSTM_OTHER_KERNELS, whose message lstm_last_error() has.
     */
    [[nodiscard]] lstm_status resume()
    {
        return detail::check(lstm_trainer_resume(get(), nullptr));
    }
    lstm_progress progress() const
    {
        lstm_progress progress = {};
        detail::check(lstm_trainer_progress(get(), &progress));
        return progress;
    }
    [[nodiscard]] model best() const
    {
        lstm_model *made = nullptr;
        detail::check(lstm_trainer_best(get(), &made));
        return model(made);
    }

private:
    std::unique_ptr<detail::callbacks> callbacks_;
};

} // namespace lstmts

#endif
