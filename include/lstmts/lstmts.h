/* SPDX-License-Identifier: MIT */
/**
 * @file lstmts.h
 * lstmts: forecast time series any number of steps ahead, and train LSTM networks for it.
 *
 * Objects, in the order in which a program creates them:
 *
 *     lstm_dataset    many series with names, times      made from options, then series are added
 *     lstm_forecaster rows in, forecasts out             made from options, is fitted to a data set
 *     lstm_stream     a forecaster on a live series      made from a forecaster
 *     lstm_method     a forecaster, a baseline, a        made from options, is fitted to a data set
 *                     combination, the caller's own
 *     lstm_backtest   errors of methods                  made by running methods on a data set
 *     lstm_interval   intervals around forecasts         made from options, sees forecasts and rows
 *     lstm_interval_backtest  what intervals cover       made by running a method on a data set
 *
 * and those of a network that a program trains by itself:
 *
 *     lstm_series   rows of measurements               made from an array
 *     lstm_model    parameters of a network            made from sizes and a seed, or from a file
 *     lstm_view     rows of a data set as steps        reads a data set
 *     lstm_iter     windows in batches                 reads a series or a view
 *     lstm_updater  one training update                reads an iterator, changes a model
 *     lstm_trainer  a whole training                   runs an updater
 *     lstm_state    h and c of running streams         reads a model
 *
 * lstm_forecast(), lstm_pred() and lstm_valid() need only a model and a series (or several); the
 * functions of loss.h and metrics.h need only arrays.
 *
 * Ownership: the caller of _new(), _clone(), _slice() or _load() frees the object with _free(), in
 * reverse order; _free(NULL) does nothing. An object that reads or runs another borrows it. Arrays
 * are copied; the library keeps no pointer to them after the call.
 *
 * Errors: every function that can fail returns an lstm_status. If it is negative, no output was
 * modified and lstm_last_error() has a message with the offending values. The library prints
 * nothing.
 *
 * Threads: different objects may be used in different threads at the same time.
 *   - Shareable: a series, a data set, a view, a model, a forecaster, a method, intervals and both
 *     kinds of backtest. Any number of threads may read them while no call changes them.
 *   - Transferable: every object. Another thread may use and free it if its calls happen after
 *     those of the first thread (a lock, a join, a queue).
 *   - Not shareable: an iterator, updater, trainer, state or stream. While an updater runs, no
 *     other thread may use its iterator or read its model.
 *   - Async-signal-safe, from any thread at any time: lstm_trainer_stop(),
 *     lstm_forecaster_cancel().
 *
 * Host: the library installs no signal, exit or fork handler, does not change locale, working
 * directory or environment variables, and does not change errno in calls that succeed.
 *   - Threads: the library creates threads only if `n_threads` asks for them. They belong to an
 *     object or a call and end with it, block all signals, and have stacks of the default size.
 *   - Stack: 128 KiB are sufficient for every call, excluding callbacks.
 *   - Floating point: calls switch to a floating-point environment of their own and restore the
 *     caller's on return, so that results are bit-identical for any rounding mode, flush to zero or
 *     traps of the caller. Calls round to nearest. They treat denormal numbers (below 1.2e-38 in
 *     magnitude) as 0, in weights, inputs and results, because arithmetic on them is slow; values
 *     that are only stored are returned unchanged. Callbacks run in the caller's environment,
 *     allocator callbacks in either.
 *   - Locale: files, logs and messages contain numbers in the same form in every locale; only the
 *     system's reasons in lstm_last_error() may be translated. No thread may call setlocale()
 *     during a call, or setenv() during a call that creates an object or threads, such as
 *     lstm_forecast() and lstm_state_set_threads().
 *   - Fork: a child may use the library, and all objects that no other thread was using at the
 *     fork. Objects create new threads in the child. Only the process that created a trainer may
 *     use its folder: in a child lstm_trainer_run() and lstm_trainer_resume() return LSTM_E_LOCKED,
 *     and freeing the trainer does not release the lock.
 *   - Cancellation or longjmp out of a call or a callback leaves the objects of the call unusable;
 *     they must not even be freed.
 *   - AMX: on an x86-64 processor with AMX, the first object asks the kernel once for the use of
 *     its tiles (arch_prctl), which the process keeps. From then on sigaltstack() refuses stacks
 *     below getauxval(AT_MINSIGSTKSZ), about 11 KiB. If a thread already has a smaller one, the
 *     kernel refuses instead, and the library uses AVX-512.
 *   - BLAS: on architectures other than x86 and ARM, or if the environment variable
 *     LSTMTS_KERNELS is cblas, a BLAS computes the matrix products. The library opens it when the
 *     first object that uses it is created, and never closes it. If the BLAS is missing, or the
 *     program is statically linked, the library's own kernels are used. With a BLAS, updates and
 *     forecasts use one thread of the library, whatever n_threads is. The BLAS may create threads
 *     of its own, and the library never changes their number. Whether results repeat to the bit,
 *     and what this list says about system calls, memory, stack, floating point, signals, fork and
 *     dlclose(), then depends on the BLAS. While a call of the library runs, the host
 *     must not call a single-threaded build of OpenBLAS.
 *   - GPU: the first call that names a CUDA device, and lstm_devices(), open the companion library
 *     and with it the driver, unless the program is statically linked; they stay open. What this
 *     list says about threads, memory, stack, signals and dlclose() then depends on the driver. A
 *     child of fork() must not use a device that its parent has used.
 *   - The library does not handle SIGXFSZ. If the host ignores it, exceeding RLIMIT_FSIZE returns
 *     LSTM_E_IO.
 *   - dlclose() is allowed when all objects are freed and no thread is in a call. Nothing remains;
 *     the text returned by lstm_last_error() becomes invalid.
 *
 * Options: structs start with struct_size. Initialize them with their _INIT macro, or in other
 * languages with the function of that name, and set the fields that you need. 0 always means the
 * default; a field that is marked required has none, and 0 is an error. A field that selects one of
 * the constants of an enum is an int64_t, and its comment names the enum.
 *
 * Shapes: T steps in a window, B windows in a batch, D inputs per step, H hidden units, L layers, K
 * outputs per step. Arrays are row-major: x [T, B, D].
 */
#ifndef LSTMTS_LSTMTS_H
#define LSTMTS_LSTMTS_H

#include <lstmts/backtest.h>
#include <lstmts/baseline.h>
#include <lstmts/continuation.h>
#include <lstmts/dataset.h>
#include <lstmts/device.h>
#include <lstmts/ensemble.h>
#include <lstmts/forecast.h>
#include <lstmts/forecaster.h>
#include <lstmts/interval.h>
#include <lstmts/interval_backtest.h>
#include <lstmts/iter.h>
#include <lstmts/library.h>
#include <lstmts/loss.h>
#include <lstmts/method.h>
#include <lstmts/metrics.h>
#include <lstmts/model.h>
#include <lstmts/optimizer.h>
#include <lstmts/series.h>
#include <lstmts/state.h>
#include <lstmts/status.h>
#include <lstmts/stream.h>
#include <lstmts/times.h>
#include <lstmts/trainer.h>
#include <lstmts/uncertainty.h>
#include <lstmts/updater.h>
#include <lstmts/view.h>
#include <lstmts/window.h>

#endif
