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
 * See the C headers for behaviour, shapes and defaults; this file documents only the differences.
 *
 * Errors: every call that fails throws lstmts::error, or std::bad_alloc: if memory is missing, the
 * one with LSTM_E_NOMEM or the other. No call returns a negative status. LSTM_END, LSTM_STOPPED,
 * LSTM_RECOVERED and LSTM_OTHER_KERNELS are reported by the result that each function documents. A
 * call on a moved-from object throws LSTM_E_ARGUMENT; its sizes and counts are 0.
 *
 * Lifetimes: an object borrows the objects it was made from, as in C, so it cannot be made from
 * temporaries. Objects declared in order of creation are destroyed in the right order. Moving an
 * object does not move its handle: objects that borrow it stay valid as long as the new owner
 * lives. Assigning to an object frees its old handle; objects that borrow that handle may then only
 * be assigned to or destroyed. So a struct of such members can be moved and assigned as a whole.
 *
 * Callbacks: those that are a std::function may throw: the sampler of an iterator, log and progress
 * of a trainer, progress of a forecaster. Then the call ends as if the callback had returned false,
 * and rethrows the exception, which never unwinds through C frames. This holds for each call that
 * runs the callback, also update() of an updater, fit() of a method, and backtests. If several
 * throw in one call, the first exception is rethrown. The object owns the function, and a move moves
 * it. C functions in structs of options, such as those of a method or a loss, must not throw.
 */
#ifndef LSTMTS_LSTMTS_HPP
#define LSTMTS_LSTMTS_HPP

#include <lstmts/lstmts.h>

#include <lstmts/cpp/dataset.hpp>
#include <lstmts/cpp/ensemble.hpp>
#include <lstmts/cpp/error.hpp>
#include <lstmts/cpp/forecast.hpp>
#include <lstmts/cpp/forecaster.hpp>
#include <lstmts/cpp/interval.hpp>
#include <lstmts/cpp/interval_backtest.hpp>
#include <lstmts/cpp/iter.hpp>
#include <lstmts/cpp/library.hpp>
#include <lstmts/cpp/method.hpp>
#include <lstmts/cpp/metrics.hpp>
#include <lstmts/cpp/model.hpp>
#include <lstmts/cpp/series.hpp>
#include <lstmts/cpp/state.hpp>
#include <lstmts/cpp/stream.hpp>
#include <lstmts/cpp/trainer.hpp>
#include <lstmts/cpp/updater.hpp>
#include <lstmts/cpp/view.hpp>

#endif
