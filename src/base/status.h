/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_STATUS_H
#define LTS_BASE_STATUS_H

#include <lstmts/status.h>

/** Sets this thread's sentence, printf-like, and gives `status` back: `return lts_fail(...)`. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
lstm_status
lts_fail(lstm_status status, const char *format, ...);

#ifdef __clang_analyzer__
/* It reads one file at a time, and would not know that what lts_fail() gives is below zero. */
#define lts_fail(status, ...) (lts_fail(status, __VA_ARGS__), (status))
#endif

/**
 * Notes the system's error number to which the sentence just set is due, and gives `status` back.
 */
lstm_status lts_fail_by_system(lstm_status status, int error);

/** That number, of this thread's last failure; 0 if the system had no part in it. */
int lts_system_error(void);

/** Leaves the enclosing function with any failure of `call`. */
#define LTS_TRY(call)                                                                              \
    do {                                                                                           \
        lstm_status lts_try_status_ = (call);                                                      \
        if (lts_try_status_ < 0)                                                                   \
            return lts_try_status_;                                                                \
    } while (0)

/** Refuses NULL, naming the argument. */
#define LTS_NOT_NULL(argument)                                                                     \
    do {                                                                                           \
        if ((argument) == NULL)                                                                    \
            return lts_fail(LSTM_E_ARGUMENT, #argument " is NULL");                                \
    } while (0)

#endif
