/* SPDX-License-Identifier: MIT */
/**
 * @file lstmts.hpp
 * lstmts for C++17: the C handles as move-only classes that free themselves. Header only.
 *
 *     lstmts::series series(rows, 2);                       // std::vector<float>, 2 columns
 *     lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;   // options are the C structs
 *     sizes.n_input = 2, sizes.n_hidden = 100;
 *     lstmts::model model(sizes);
 *
 * What a function does, its shapes and its defaults say the C headers; here stands what differs.
 *
 * Errors: every call that fails throws lstmts::error, also for want of memory for its result, so no
 * call answers a negative status; the news LSTM_END, LSTM_STOPPED and LSTM_RECOVERED come back as
 * the result that each function names. Calling an object that was moved from throws LSTM_E_ARGUMENT
 * (sizes and counts of it are 0).
 *
 * Lifetimes: an object borrows those it was made from, as in C, so it is not made from temporaries.
 * Declared in a scope in the order in which they are made, they go in the right order. Moving an
 * object leaves its handle where it was, so borrowers stay valid, as long as its new place outlives
 * them. Assigning to an object frees what it held; who borrows that may then only be assigned to or
 * destroyed. So a struct of such members can be moved and assigned as a whole.
 *
 * Callbacks: std::function, kept by the object and moved with it. An exception that one throws ends
 * the call as if it had answered false, and is thrown on from there, past no C code.
 */
#ifndef LSTMTS_LSTMTS_HPP
#define LSTMTS_LSTMTS_HPP

#include <lstmts/lstmts.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace lstmts
{

/** A call that failed. what() is the name of the status and the sentence with the values. */
class error : public std::runtime_error
{
public:
    explicit error(lstm_status status) : error(status, lstm_last_error()) {}
    error(lstm_status status, const std::string &sentence)
        : std::runtime_error(std::string(lstm_status_name(status)) + ": " + sentence),
          status_(status)
    {
    }
    lstm_status status() const noexcept { return status_; }

private:
    lstm_status status_;
};

/** Chooses offsets[0 .. n_offset-1], each 0 .. n_window-1, of one batch; false to end. */
using sampler_function = std::function<bool(std::uint64_t iteration, std::int64_t n_window,
                                            std::int64_t *offsets, std::int64_t n_offset)>;
/** Takes one line of the log, a JSON object; false to stop the run. */
using log_function = std::function<bool(const char *line)>;
/** Sees progress after every update; false to stop the run. */
using progress_function = std::function<bool(const lstm_progress &progress)>;

namespace detail
{

inline lstm_status check(lstm_status status)
{
    if (status < 0)
        throw error(status);
    return status;
}

/** Room for a * b elements, at least one so that data() is no NULL; the C call judges a and b. */
template <class T> std::vector<T> room(std::int64_t a, std::int64_t b = 1)
{
    const auto refuse = [a, b](lstm_status status) {
        return error(status, "an array of " + std::to_string(a) + " x " + std::to_string(b));
    };
    if (a < 1 || b < 1)
        a = b = 1;
    if (a > std::numeric_limits<std::int64_t>::max() / b)
        throw refuse(LSTM_E_LIMIT);
    try {
        return std::vector<T>(static_cast<std::size_t>(a * b));
    } catch (const std::length_error &) {
        throw refuse(LSTM_E_LIMIT);
    } catch (const std::bad_alloc &) {
        throw refuse(LSTM_E_NOMEM);
    }
}

template <class T> std::int64_t count(const std::vector<T> &values)
{
    return static_cast<std::int64_t>(values.size());
}

template <class T> std::int64_t rows_of(const std::vector<T> &values, std::int64_t n_column)
{
    if (values.empty() || n_column < 1 || count(values) % n_column != 0)
        throw error(LSTM_E_SHAPE, std::to_string(values.size()) + " values are no rows of " +
                                      std::to_string(n_column) + " columns");
    return count(values) / n_column;
}

/** What a C function made whose first parameter is where to put it. */
template <class T, class... Parameters, class... Arguments>
T *make(lstm_status (*function)(T **, Parameters...), Arguments... arguments)
{
    T *made = nullptr;
    check(function(&made, arguments...));
    return made;
}

/** A handle that frees itself. Freeing runs no callback. */
template <class T, void (*Free)(T *)> class object
{
public:
    /** The C handle, still owned here; NULL after a move. */
    T *get() const noexcept { return handle_.get(); }

protected:
    explicit object(T *made = nullptr) noexcept : handle_(made) {}
    void hold(T *made) noexcept { handle_.reset(made); }

private:
    struct deleter {
        void operator()(T *handle) const noexcept { Free(handle); }
    };
    std::unique_ptr<T, deleter> handle_;
};

/** Callbacks in a place that does not move, since C keeps its address. */
struct callbacks {
    sampler_function sampler;
    log_function log;
    progress_function progress;
    std::exception_ptr thrown;

    /** What a callback answers to C: 0 to go on. */
    template <class Call> int guard(Call call) noexcept
    {
        try {
            return call() ? 0 : 1;
        } catch (...) {
            thrown = std::current_exception();
            return 1;
        }
    }
    void rethrow()
    {
        if (std::exception_ptr exception = std::exchange(thrown, nullptr))
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

/** All elements of tensor `name`, by a function that copies them. */
template <class Copy>
std::vector<lstm_real> tensor(const lstm_model *model, const std::string &name, Copy copy)
{
    lstm_parameter_info info = {};
    for (std::int64_t i = 0;
         i < lstm_model_parameters(model) && name != (info.name ? info.name : ""); i++)
        check(lstm_model_parameter(model, i, &info));
    std::vector<lstm_real> values = room<lstm_real>(info.size);
    check(copy(name.c_str(), values.data(), count(values)));
    return values;
}

} // namespace detail

/** Rows of measurements; see series.h. */
class series : public detail::object<lstm_series, lstm_series_free>
{
public:
    /** rows [n_row, n_column]; copied. */
    series(const lstm_real *rows, std::int64_t n_row, std::int64_t n_column)
    {
        hold(detail::make(lstm_series_new, rows, n_row, n_column));
    }
    /** rows [size / n_column, n_column]; copied. LSTM_E_SHAPE unless whole rows. */
    series(const std::vector<lstm_real> &rows, std::int64_t n_column)
        : series(rows.data(), detail::rows_of(rows, n_column), n_column)
    {
    }
    /** The same from doubles, which are rounded. */
    static series from_double(const double *rows, std::int64_t n_row, std::int64_t n_column)
    {
        return series(detail::make(lstm_series_new_double, rows, n_row, n_column));
    }
    static series from_double(const std::vector<double> &rows, std::int64_t n_column)
    {
        return from_double(rows.data(), detail::rows_of(rows, n_column), n_column);
    }
    /** A copy of rows first .. first + n_row - 1. */
    series slice(std::int64_t first, std::int64_t n_row) const
    {
        return series(detail::make(lstm_series_slice, get(), first, n_row));
    }
    void set_role(std::int64_t column, std::int64_t role)
    {
        detail::check(lstm_series_set_role(get(), column, role));
    }
    std::int64_t rows() const noexcept { return lstm_series_rows(get()); }
    std::int64_t columns() const noexcept { return lstm_series_columns(get()); }
    std::int64_t inputs() const noexcept { return lstm_series_inputs(get()); }
    std::int64_t targets() const noexcept { return lstm_series_targets(get()); }
    /** [rows(), columns()], valid as long as the series. */
    const lstm_real *data() const noexcept { return lstm_series_data(get()); }

private:
    explicit series(lstm_series *made) noexcept : object(made) {}
};

/** Weights; see model.h. */
class model : public detail::object<lstm_model, lstm_model_free>
{
public:
    explicit model(const lstm_model_options &options)
    {
        hold(detail::make(lstm_model_new, &options));
    }
    /** Takes over a handle that C gave; it is freed here. */
    explicit model(lstm_model *made) noexcept : object(made) {}
    static model load(const std::string &path,
                      const lstm_load_options &options = LSTM_LOAD_OPTIONS_INIT)
    {
        return model(detail::make(lstm_model_load_with, path.c_str(), &options));
    }
    void save(const std::string &path) const
    {
        detail::check(lstm_model_save(get(), path.c_str()));
    }
    model clone() const { return model(detail::make(lstm_model_clone, get())); }
    std::int64_t inputs() const noexcept { return lstm_model_inputs(get()); }
    std::int64_t outputs() const noexcept { return lstm_model_outputs(get()); }
    std::int64_t hidden() const noexcept { return lstm_model_hidden(get()); }
    std::int64_t layers() const noexcept { return lstm_model_layers(get()); }
    std::int64_t parameters() const noexcept { return lstm_model_parameters(get()); }
    lstm_parameter_info parameter(std::int64_t index) const
    {
        lstm_parameter_info info = {};
        detail::check(lstm_model_parameter(get(), index, &info));
        return info;
    }
    /** lstm_model_get(): all elements of parameter `name`. */
    std::vector<lstm_real> values(const std::string &name) const
    {
        return detail::tensor(get(), name,
                              [&](const char *n, lstm_real *values, std::int64_t size) {
                                  return lstm_model_get(get(), n, values, size);
                              });
    }
    /** lstm_model_set(); states made before become stale. */
    void set_values(const std::string &name, const std::vector<lstm_real> &values)
    {
        detail::check(lstm_model_set(get(), name.c_str(), values.data(), detail::count(values)));
    }
};

/** h and c of B streams; borrows its model. See state.h. */
class state : public detail::object<lstm_state, lstm_state_free>
{
public:
    explicit state(const model &model, std::int64_t n_stream = 1)
        : inputs_(model.inputs()), outputs_(model.outputs()), streams_(n_stream)
    {
        hold(detail::make(lstm_state_new, model.get(), n_stream));
    }
    explicit state(const model &&, std::int64_t = 1) = delete; /* it would outlive its model */
    void reset() { detail::check(lstm_state_reset(get())); }
    /** Step with this many threads from now on; 0 = 1, LSTM_ALL_CORES: one per processor. */
    void threads(std::int64_t n) { detail::check(lstm_state_threads(get(), n)); }
    /** x [B, D], y [B, K]; y may be x when D == K. Allocates nothing. */
    void step(const lstm_real *x, lstm_real *y) { detail::check(lstm_state_step(get(), x, y)); }
    /** x [B, D]; gives y [B, K]. LSTM_E_SHAPE if x has another size. */
    std::vector<lstm_real> step(const std::vector<lstm_real> &x)
    {
        if (get() != nullptr && detail::count(x) != streams_ * inputs_)
            throw error(LSTM_E_SHAPE, "x has " + std::to_string(x.size()) + " values, " +
                                          std::to_string(streams_) + " streams take " +
                                          std::to_string(inputs_) + " each");
        std::vector<lstm_real> y = detail::room<lstm_real>(streams_, outputs_);
        step(x.data(), y.data());
        return y;
    }
    /** lstm_state_copy(): go on from where `source` stands. */
    void copy_from(const state &source) { detail::check(lstm_state_copy(get(), source.get())); }
    /** [L, 2, B, H]: of each layer first h, then c. */
    std::vector<lstm_real> values() const
    {
        std::vector<lstm_real> values = detail::room<lstm_real>(lstm_state_size(get()));
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

/** Windows in batches; borrows its series. See iter.h. */
class iter : public detail::object<lstm_iter, lstm_iter_free>
{
public:
    /** A sampler given here takes the place of the options' own. */
    iter(const series &series, lstm_iter_options options, sampler_function sampler = {})
        : callbacks_(detail::callbacks::make()), steps_(options.window_len),
          inputs_(series.inputs()), targets_(series.targets())
    {
        if (sampler) {
            callbacks_->sampler = std::move(sampler);
            options.sampler = detail::callbacks::on_sample;
            options.sampler_user = callbacks_.get();
        }
        hold(detail::make(lstm_iter_new, series.get(), &options));
    }
    iter(const series &&, lstm_iter_options, sampler_function = {}) = delete;
    /** Draws a batch and gives its number of windows; 0 is LSTM_END: there are no more. */
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
    /** Of the batch drawn by next(). LSTM_E_SHAPE if an updater has drawn one of another size. */
    std::vector<std::int64_t> offsets() const
    {
        std::vector<std::int64_t> offsets = detail::room<std::int64_t>(n_window_);
        detail::check(lstm_iter_offsets(get(), offsets.data(), detail::count(offsets)));
        return offsets;
    }
    /** Its rows: x becomes [T, B, D] and target [T, B, K]. Throws as offsets(). */
    void read(std::vector<lstm_real> &x, std::vector<lstm_real> &target) const
    {
        std::int64_t cells = steps_ * detail::count(offsets());
        x = detail::room<lstm_real>(cells, inputs_);
        target = detail::room<lstm_real>(cells, targets_);
        detail::check(lstm_iter_read(get(), x.data(), target.data()));
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
    std::unique_ptr<detail::callbacks> callbacks_;
    std::int64_t steps_, inputs_, targets_, n_window_ = 0;
};

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
    /** False is LSTM_END: the iterator has no more batches. */
    bool update() { return drawn(lstm_updater_update(get())); }
    /** As update(). */
    bool backward() { return drawn(lstm_updater_backward(get())); }
    void apply() { detail::check(lstm_updater_apply(get())); }
    lstm_update_info info() const
    {
        lstm_update_info info = {};
        detail::check(lstm_updater_info(get(), &info));
        return info;
    }
    /** [T] */
    std::vector<double> step_losses() const
    {
        std::vector<double> losses = detail::room<double>(steps_);
        detail::check(lstm_updater_step_losses(get(), losses.data(), detail::count(losses)));
        return losses;
    }
    std::int64_t calls() const noexcept { return lstm_updater_calls(get()); }
    /** y [B, K], B of the last batch; see lstm_updater_output(). */
    void output(std::int64_t call, lstm_real *y, std::int64_t size,
                std::int64_t *graded = nullptr) const
    {
        detail::check(lstm_updater_output(get(), call, y, size, graded));
    }
    /** values [L, 2, B, H], B of the last batch. */
    void state(lstm_real *values, std::int64_t size) const
    {
        detail::check(lstm_updater_state(get(), values, size));
    }
    /** The shape is the parameter's. */
    std::vector<lstm_real> gradient(const std::string &name) const
    {
        return detail::tensor(model_, name,
                              [&](const char *n, lstm_real *values, std::int64_t size) {
                                  return lstm_updater_gradient(get(), n, values, size);
                              });
    }
    std::vector<lstm_real> moment(const std::string &moment, const std::string &name) const
    {
        return detail::tensor(
            model_, name, [&](const char *n, lstm_real *values, std::int64_t size) {
                return lstm_updater_moment(get(), moment.c_str(), n, values, size);
            });
    }

private:
    bool drawn(lstm_status status)
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

/** A whole training; borrows its updater and its options' valid_series. See trainer.h. */
class trainer : public detail::object<lstm_trainer, lstm_trainer_free>
{
public:
    /** Callbacks given here take the place of the options' own. */
    trainer(updater &updater, lstm_trainer_options options, log_function log = {},
            progress_function progress = {})
        : sampling_(updater.sampling_), callbacks_(detail::callbacks::make())
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
    }
    /** LSTM_OK at a limit, LSTM_END after an early stop or the sampler's end, LSTM_STOPPED. */
    lstm_status run()
    {
        lstm_status status = lstm_trainer_run(get());
        if (get() != nullptr) {
            sampling_->rethrow();
            callbacks_->rethrow();
        }
        return detail::check(status);
    }
    /** From any thread, and from a signal handler. */
    void stop() noexcept { lstm_trainer_stop(get()); }
    void save(const std::string &path) { detail::check(lstm_trainer_save(get(), path.c_str())); }
    void resume(const std::string &path)
    {
        detail::check(lstm_trainer_resume(get(), path.c_str()));
    }
    /**
     * From the newest intact snapshot in the folder; false if there is none. If newer ones were
     * damaged (LSTM_RECOVERED), *recovered becomes the sentence that says so, else "".
     */
    bool resume(std::string *recovered = nullptr)
    {
        const lstm_status status = detail::check(lstm_trainer_resume(get(), nullptr));
        if (recovered != nullptr)
            *recovered = status == LSTM_RECOVERED ? lstm_last_error() : "";
        return status != LSTM_END;
    }
    lstm_progress progress() const
    {
        lstm_progress progress = {};
        detail::check(lstm_trainer_progress(get(), &progress));
        return progress;
    }
    model best() const
    {
        lstm_model *made = nullptr;
        detail::check(lstm_trainer_best(get(), &made));
        return model(made);
    }

private:
    detail::callbacks *sampling_; /* the iterator's */
    std::unique_ptr<detail::callbacks> callbacks_;
};

/** lstm_valid(): gives [T, K+1]. */
inline std::vector<double> valid(const model &model, const series &series,
                                 const lstm_valid_options &options)
{
    /* no window is longer than the series: no need to find room for one */
    std::int64_t T = std::min(options.window_len, series.rows());
    std::vector<double> rmse = detail::room<double>(T, model.outputs() + 1);
    detail::check(
        lstm_valid(model.get(), series.get(), &options, rmse.data(), detail::count(rmse)));
    return rmse;
}

/** lstm_pred(): gives y [n_step, K], and in *truth, unless NULL, the true rows [n_step, K]. */
inline std::vector<lstm_real> pred(const model &model, const series &series,
                                   const lstm_pred_options &options,
                                   std::vector<lstm_real> *truth = nullptr)
{
    std::vector<lstm_real> y = detail::room<lstm_real>(options.n_step, model.outputs());
    std::vector<lstm_real> rows = detail::room<lstm_real>(truth != nullptr ? detail::count(y) : 1);
    detail::check(lstm_pred(model.get(), series.get(), &options, y.data(),
                            truth != nullptr ? rows.data() : nullptr));
    if (truth != nullptr)
        *truth = std::move(rows);
    return y;
}

/** lstm_forecast(): gives y [n_series, n_step, K]. */
inline std::vector<lstm_real> forecast(const model &model, const std::vector<series> &fleet,
                                       const lstm_forecast_options &options)
{
    const std::int64_t n_series = detail::count(fleet);
    std::vector<const lstm_series *> handles = detail::room<const lstm_series *>(n_series);
    std::transform(fleet.begin(), fleet.end(), handles.begin(),
                   [](const series &one) { return one.get(); });
    std::vector<lstm_real> y = detail::room<lstm_real>(options.n_step, n_series * model.outputs());
    detail::check(lstm_forecast(model.get(), handles.data(), n_series, &options, y.data()));
    return y;
}

} // namespace lstmts

#endif
