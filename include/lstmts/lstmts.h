/* SPDX-License-Identifier: MIT */
/**
 * @file lstmts.h
 * lstmts: train LSTM networks on time series, and forecast with them as far ahead as one likes.
 *
 * Objects, in the order in which one makes them:
 *
 *     lstm_series   rows of measurements               made from an array
 *     lstm_model    weights                            made from sizes and a seed, or from a file
 *     lstm_iter     windows in batches                 reads a series
 *     lstm_updater  one training update                reads an iterator, changes a model
 *     lstm_trainer  a whole training                   runs an updater
 *     lstm_state    h and c of running streams         reads a model
 *
 * lstm_valid() and lstm_pred() forecast with a model and a series alone.
 *
 * Ownership: who calls _new(), _clone(), _slice() or _load() frees with _free(), in the reverse
 * order; _free(NULL) is fine. An object that reads or runs another borrows it. Arrays are copied;
 * the library keeps no pointer to them after the call.
 *
 * Errors: every fallible function returns an lstm_status; below zero no output was touched and
 * lstm_last_error() has one sentence with the offending values. The library prints nothing.
 *
 * Threads: different objects may be used from different threads at once. One object serves one
 * thread at a time, except that any number of threads may read one series, and forecast with one
 * model that nobody trains or sets meanwhile. Shared, then: series and models. Moved: any object
 * may be used, and freed, by another thread than the one that made it, if the one's calls happen
 * before the other's (a lock, a join, a queue). Neither: an iterator, updater, trainer or state
 * that two threads use at once; also not an updater while somebody uses its iterator, or reads its
 * model. An exception: lstm_trainer_stop() may come from any thread, and from a signal handler, at
 * any time.
 *
 * Host: the library is a guest. It installs no signal handler, no exit and no fork handler, changes
 * no locale, folder or environment variable, and leaves errno as it was where it succeeds.
 *   - Threads of its own, where an n_threads asks for them, belong to an object and end with it. They
 *     block all signals, and have stacks of the host's default size.
 *   - Stack: 128 KiB are enough for every call, callbacks apart.
 *   - Floating point: whatever rounding mode, flush to zero or traps a thread has set, calls compute in
 *     the default environment, give the same bits, and give back what was set. Callbacks are called in
 *     the host's, but for those of an allocator. Exception flags may be raised, as by any arithmetic.
 *   - Locale: files, logs and sentences write numbers the same in any; only the system's reasons in
 *     lstm_last_error() may be in the host's language. No thread may call setlocale() during a call, or
 *     setenv() during one that makes an object or threads, as lstm_forecast() and
 *     lstm_state_threads() do.
 *   - Fork: a child may use the library, and go on with all objects that no other thread was using when
 *     it was forked. Objects get threads of their own there. What a trainer has in a folder stays with
 *     the process that made it: in a child its run and resume are LSTM_E_LOCKED, and freeing it
 *     unlocks nothing.
 *   - A thread that is cancelled or leaves by longjmp within a call, or within a callback, leaves the
 *     objects of the call as good for nothing, not even to be freed.
 *   - BLAS: where the library has no kernels for the processor, or the environment has
 *     LSTMTS_KERNELS=cblas, products are those of the BLAS that it was built with. An update or a
 *     forecast then uses one thread of its own, whatever n_threads is; a BLAS with threads has its
 *     own ones, whose number the library does not change. What these headers promise about bits that
 *     repeat, system calls, memory, stack, floating point, fork and dlclose() is then only as good as
 *     that BLAS. An OpenBLAS without threads must not be called by the host during a call.
 *   - SIGXFSZ is the host's: ignored, a file beyond the limit (ulimit -f) is LSTM_E_IO.
 *   - dlclose() may come when all objects are freed and no thread is in a call. Nothing stays behind; the
 *     text that lstm_last_error() gave goes with it.
 *
 * Options: structs start with struct_size; initialize them with their _INIT macro and set the
 * fields you care for. 0 always means the default.
 *
 * Shapes: T steps in a window, B windows in a batch, D inputs per step, H hidden units, L layers,
 * K outputs per step. Arrays are row-major: x [T, B, D].
 */
#ifndef LSTMTS_LSTMTS_H
#define LSTMTS_LSTMTS_H

#include <lstmts/forecast.h>
#include <lstmts/iter.h>
#include <lstmts/memory.h>
#include <lstmts/model.h>
#include <lstmts/optimizer.h>
#include <lstmts/series.h>
#include <lstmts/state.h>
#include <lstmts/status.h>
#include <lstmts/trainer.h>
#include <lstmts/updater.h>
#include <lstmts/version.h>
#include <lstmts/window.h>

#endif
