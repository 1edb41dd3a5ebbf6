/* SPDX-License-Identifier: MIT */
/**
 * @file export.h
 * Definitions for all public headers: the export attribute and the element type of arrays.
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
 * The element type of every array in the API: float.
 *
 * The installed library is always built with float. The project's tests also build it with
 * LSTMTS_TEST_DOUBLE defined, to compare gradients and golden cases to more digits. Programs must
 * not define it.
 */
#ifdef LSTMTS_TEST_DOUBLE
typedef double lstm_real;
#else
typedef float lstm_real;
#endif

/**
 * Number of threads: one per processor that this process may use. The affinity mask and the CPU
 * quota of its control groups (rounded down) limit it. At least 1, at most 1024.
 */
#define LSTM_ALL_CORES (-1)

/**
 * The number 0 in an options field of type double that is 0 by default where 0 means something
 * else: beta1, beta2, momentum, decay and weight_decay in optimizer.h. It is -DBL_MAX.
 */
#define LSTM_ZERO (-1.7976931348623157e308)

#endif
