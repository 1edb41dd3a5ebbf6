/* SPDX-License-Identifier: MIT */
/*
 * CMocka with the headers that it requires, and an assertion on a call's status and on the
 * offending values in its message.
 */
#ifndef TESTS_ASSERT_STATUS_H
#define TESTS_ASSERT_STATUS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <lstmts/status.h>
#include <string.h>

/** `part`: what lstm_last_error() must contain after the call; NULL = anything. */
#define assert_status(call, status, part)                                                          \
    assert_status_at((call), (status), (part), #call, __FILE__, __LINE__)

#define assert_ok(call) assert_status(call, LSTM_OK, NULL)

static inline void assert_status_at(lstm_status got, lstm_status wanted, const char *part,
                                    const char *call, const char *file, int line)
{
    if (got != wanted) {
        print_error("%s\nanswered %s (\"%s\"), not %s\n", call, lstm_status_name(got),
                    got < 0 ? lstm_last_error() : "", lstm_status_name(wanted));
        _fail(file, line);
    } else if (part != NULL && strstr(lstm_last_error(), part) == NULL) {
        print_error("%s\nsaid \"%s\" without \"%s\"\n", call, lstm_last_error(), part);
        _fail(file, line);
    }
}

#endif
