/* SPDX-License-Identifier: MIT */
/**
 * @file version.h
 * Which release this is, at compile time and at run time.
 */
#ifndef LSTMTS_VERSION_H
#define LSTMTS_VERSION_H

#include <lstmts/export.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LSTM_VERSION_MAJOR  0
#define LSTM_VERSION_MINOR  1
#define LSTM_VERSION_PATCH  0
#define LSTM_VERSION_STRING "0.1.0"

/**
 * The release of the library that is running, which may be newer than the headers compiled against.
 *
 * Thread-safety: any thread, any time.
 *
 * @return a static string such as "0.1.0".
 * @since 0.1
 */
LSTM_API const char *lstm_version(void);

#ifdef __cplusplus
}
#endif

#endif
