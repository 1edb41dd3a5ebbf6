/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_STATUS_H
#define LTS_BASE_STATUS_H

#include <lstmts/status.h>
#include <stdint.h>

/** Set this thread's message, as printf(), and return `status`: `return lts_fail(...)`. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
lstm_status
lts_fail(lstm_status status, const char *format, ...);

#ifdef __clang_analyzer__
/* The analyzer reads one file at a time and does not know that lts_fail() returns `status`. */
#define lts_fail(status, ...) (lts_fail(status, __VA_ARGS__), (status))
#endif

/** How many messages this thread has set: whether a function of the host set one. */
uint64_t lts_failures(void);

/** Store the system's error number of the failure whose message was just set; return `status`. */
lstm_status lts_fail_by_system(lstm_status status, int error);

/** The error number of this thread's last failure; 0 if that was no failure of a system call. */
int lts_system_error(void);

/** Return the status of `call` from the enclosing function if it is a failure. */
#define LTS_TRY(call)                                                                              \
    do {                                                                                           \
        lstm_status lts_try_status_ = (call);                                                      \
        if (lts_try_status_ < 0)                                                                   \
            return lts_try_status_;                                                                \
    } while (0)

/** Return LSTM_E_ARGUMENT, naming the argument, if it is NULL. */
#define LTS_NOT_NULL(argument)                                                                     \
    do {                                                                                           \
        if ((argument) == NULL)                                                                    \
            return lts_fail(LSTM_E_ARGUMENT, #argument " is NULL");                                \
    } while (0)

#endif
