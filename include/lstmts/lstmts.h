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
 * model that nobody trains or sets meanwhile.
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
