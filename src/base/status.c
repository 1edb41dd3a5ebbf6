/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#include "base/locale.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#undef lts_fail

/* Per thread: a failure in one thread must not change the message of another. */
static _Thread_local char last_error[512];
static _Thread_local int system_error;

/*
 * Replaces control characters with '?'. Messages contain names from files and are shown on
 * terminals, which interpret the control characters of ASCII and, in UTF-8, U+0080 to U+009F, whose
 * first byte is C2.
 */
static void replace_controls(char *message)
{
    for (unsigned char *at = (unsigned char *)message; *at != '\0'; at++) {
        bool is_high = at[0] == 0xC2 && at[1] >= 0x80 && at[1] < 0xA0;
        if (is_high)
            *at++ = '?';
        if (is_high || *at < ' ' || *at == 0x7F)
            *at = '?';
    }
}

lstm_status lts_fail(lstm_status status, const char *format, ...)
{
    LTS_C_LOCALE_SCOPE();
    va_list arguments;
    system_error = 0;
    va_start(arguments, format);
    vsnprintf(last_error, sizeof last_error, format, arguments);
    va_end(arguments);
    replace_controls(last_error);
    return status;
}

lstm_status lts_fail_by_system(lstm_status status, int error)
{
    system_error = error;
    return status;
}

int lts_system_error(void)
{
    return system_error;
}

const char *lstm_last_error(void)
{
    return last_error;
}

const char *lstm_status_name(lstm_status status)
{
    switch ((int)status) {
#define NAME_CASE(name, value, text)                                                               \
    case value:                                                                                    \
        return #name;
        LSTM_STATUS_LIST(NAME_CASE)
#undef NAME_CASE
    default:
        return "LSTM_?";
    }
}

const char *lstm_status_text(lstm_status status)
{
    switch ((int)status) {
#define TEXT_CASE(name, value, text)                                                               \
    case value:                                                                                    \
        return text;
        LSTM_STATUS_LIST(TEXT_CASE)
#undef TEXT_CASE
    default:
        return "unknown status";
    }
}
