/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#include "base/locale.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef lts_fail

/* Per thread: a failure in one thread must not change the message of another. */
static _Thread_local char last_error[512];
static _Thread_local int system_error;
static _Thread_local uint64_t n_failure;

/*
 * Replaces by '?' what is not UTF-8, such as a character that was cut, and control characters.
 * Messages contain names from files and are shown on terminals, which interpret the control
 * characters of ASCII and U+0080 to U+009F, whose first byte is C2.
 */
static void replace_controls(char *message)
{
    for (unsigned char *at = (unsigned char *)message; *at != '\0';) {
        int length = lts_utf8_length(at);
        bool is_high = length == 2 && at[0] == 0xC2 && at[1] < 0xA0;
        if (is_high)
            *at++ = '?';
        if (is_high || length == 0 || *at < ' ' || *at == 0x7F) {
            *at++ = '?';
            continue;
        }
        at += length;
    }
}

/* The sign of a NaN means nothing, and printf() shows it. */
static void remove_signs_of_nan(char *message)
{
    static const char nan[] = " -nan";
    const size_t n = sizeof nan - 1;
    for (char *at = message; (at = strstr(at, nan)) != NULL; at++)
        if (strchr(" ,;:)]", at[n]) != NULL) /* or the end */
            memmove(at + 1, at + 2, strlen(at + 2) + 1);
}

lstm_status lts_fail(lstm_status status, const char *format, ...)
{
    LTS_C_LOCALE_SCOPE();
    va_list arguments;
    system_error = 0;
    n_failure++;
    va_start(arguments, format);
    vsnprintf(last_error, sizeof last_error, format, arguments);
    va_end(arguments);
    remove_signs_of_nan(last_error);
    replace_controls(last_error);
    return status;
}

uint64_t lts_failures(void)
{
    return n_failure;
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
