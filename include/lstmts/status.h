/* SPDX-License-Identifier: MIT */
/**
 * @file status.h
 * Status codes: negative = error, no output was modified; 0 = success; positive = success with
 * additional information. Every function that can fail returns an lstm_status.
 */
#ifndef LSTMTS_STATUS_H
#define LSTMTS_STATUS_H

#include <lstmts/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One line per status: name, value, text. Released values never change. */
#define LSTM_STATUS_LIST(X)                                                                        \
    X(LSTM_OK, 0, "success")                                                                       \
    X(LSTM_END, 1, "nothing more to do")                                                           \
    X(LSTM_STOPPED, 2, "stopped on request")                                                       \
    X(LSTM_RECOVERED, 3, "a damaged file was skipped and an older one was used")                   \
    X(LSTM_OTHER_KERNELS, 4, "success, but later results will not have the same bits")             \
    X(LSTM_E_ARGUMENT, -1, "an argument is NULL or out of range")                                  \
    X(LSTM_E_OPTIONS, -2, "an options struct has a wrong size or a field of a newer release")      \
    X(LSTM_E_SHAPE, -3, "array shapes or counts do not fit together")                              \
    X(LSTM_E_LIMIT, -4, "a size exceeds a limit of the library")                                   \
    X(LSTM_E_NAME, -5, "no tensor has that name")                                                  \
    X(LSTM_E_NOMEM, -6, "out of memory")                                                           \
    X(LSTM_E_NUMERIC, -7, "a value is not finite")                                                 \
    X(LSTM_E_STALE, -8, "the model has changed since the state was made")                          \
    X(LSTM_E_ORDER, -9, "a required earlier call is missing")                                      \
    X(LSTM_E_IO, -10, "a file operation failed")                                                   \
    X(LSTM_E_TRUNC, -11, "a file is truncated")                                                    \
    X(LSTM_E_FORMAT, -12, "a file is not in the expected format")                                  \
    X(LSTM_E_VERSION, -13, "a file was written by an incompatible release")                        \
    X(LSTM_E_DTYPE, -14, "a tensor in a file has another element type")                            \
    X(LSTM_E_MISMATCH, -15, "a checkpoint belongs to another model, series or recipe")             \
    X(LSTM_E_CHECKSUM, -16, "a file is damaged or has no checksum")                                \
    X(LSTM_E_LOCKED, -17, "another trainer uses the folder")                                       \
    X(LSTM_E_DEVICE, -18, "a device is not available or has failed")

#define LSTM_STATUS_ENUM_(name, value, text) name = (value),
/** Result of a call; see LSTM_STATUS_LIST. */
typedef enum lstm_status { LSTM_STATUS_LIST(LSTM_STATUS_ENUM_) LSTM_STATUS_END_ = 127 } lstm_status;
#undef LSTM_STATUS_ENUM_

/**
 * The name of a status, such as "LSTM_E_SHAPE".
 *
 * Thread-safety: any thread, at any time.
 *
 * @return a static string; "LSTM_?" for a number that is not a status.
 * @since 0.1
 */
LSTM_API const char *lstm_status_name(lstm_status status);

/**
 * The general meaning of a status, such as "array shapes or counts do not fit together".
 *
 * Thread-safety: any thread, at any time.
 *
 * @return a static string; "unknown status" for a number that is not a status.
 * @since 0.1
 */
LSTM_API const char *lstm_status_text(lstm_status status);

/**
 * Message of the last error in this thread, including the offending values, such as
 * "window_len is 0, expected at least 1". Successful calls do not clear it. Control characters that
 * come from a file are replaced by '?'.
 *
 * Thread-safety: each thread has its own message.
 *
 * @return a string owned by the library, valid until the next failing call in this thread, or until
 *         lstm_devices(), which says here why no CUDA device is listed; "" before the first error.
 * @since 0.1
 */
LSTM_API const char *lstm_last_error(void);

#ifdef __cplusplus
}
#endif

#endif
