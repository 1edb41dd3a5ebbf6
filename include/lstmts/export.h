/* SPDX-License-Identifier: MIT */
/**
 * @file export.h
 * What every public header needs: the export mark and the element type.
 */
#ifndef LSTMTS_EXPORT_H
#define LSTMTS_EXPORT_H

#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define LSTM_API __attribute__((visibility("default")))
#else
#define LSTM_API
#endif

/**
 * The element type of every array that crosses the border: float.
 *
 * The library has one engine, written in lstm_real. What is installed is always built as float. The
 * project's own tests build the same source once more with LSTMTS_TEST_DOUBLE defined, to compare
 * gradients and golden cases to the last digits. Programs never define it.
 */
#ifdef LSTMTS_TEST_DOUBLE
typedef double lstm_real;
#else
typedef float lstm_real;
#endif

/** As a number of threads: as many as there are processors. */
#define LSTM_ALL_CORES (-1)

#endif
