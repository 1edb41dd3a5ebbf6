/* SPDX-License-Identifier: MIT */
/**
 * @file library.h
 * The library as a whole: its version and its allocator.
 */
#ifndef LSTMTS_LIBRARY_H
#define LSTMTS_LIBRARY_H

#include <lstmts/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the headers; lstm_version() returns that of the library. */
#define LSTM_VERSION_MAJOR  0
#define LSTM_VERSION_MINOR  1
#define LSTM_VERSION_PATCH  0
#define LSTM_VERSION_STRING "0.1.0"

/**
 * Version of the library that is loaded, which may be newer than the headers that a program was
 * compiled with.
 *
 * Thread-safety: any thread, at any time.
 *
 * @return a static string such as "0.1.0".
 * @since 0.1
 */
LSTM_API const char *lstm_version(void);

/** Functions that allocate and free the library's memory. */
typedef struct lstm_allocator {
    /** Returns at least `size` bytes (size >= 1), aligned as by malloc, or NULL. */
    void *(*allocate)(size_t size, void *user);
    /** Frees a block that `allocate` returned; never called with NULL. */
    void (*release)(void *block, void *user);
    void *user; /**< passed to both */
} lstm_allocator;

/**
 * Set the allocator for the memory of all objects. This is the only process-wide setting.
 *
 * Not covered: Jansson's allocations, the checksum state, and one page per thread pool.
 *
 * Thread-safety: no other thread may be in a call of the library.
 *
 * @param allocator  copied. NULL = malloc and free. Its functions are called by any thread that
 *                   uses the library, either in the library's floating-point environment or in the
 *                   caller's.
 * @return LSTM_OK; LSTM_E_ARGUMENT if one of its functions is NULL; LSTM_E_ORDER while an object
 *         exists, because its memory would be released to the wrong allocator.
 * @since 0.1
 */
LSTM_API lstm_status lstm_set_allocator(const lstm_allocator *allocator);

#ifdef __cplusplus
}
#endif

#endif
