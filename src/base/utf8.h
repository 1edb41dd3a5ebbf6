/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_UTF8_H
#define LTS_BASE_UTF8_H

#include <stdbool.h>

static inline bool lts_utf8_continues(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/** The bytes of the UTF-8 character at `at`, or 0 if there is none: see table 3-7 of Unicode. */
static inline int lts_utf8_length(const unsigned char *at)
{
    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xC2 && at[0] < 0xE0)
        return lts_utf8_continues(at[1]) ? 2 : 0;
    if ((at[0] & 0xF0) == 0xE0) {
        bool is_long = at[0] == 0xE0 && at[1] < 0xA0, is_surrogate = at[0] == 0xED && at[1] >= 0xA0;
        return lts_utf8_continues(at[1]) && lts_utf8_continues(at[2]) && !is_long && !is_surrogate
                   ? 3
                   : 0;
    }
    if (at[0] < 0xF0 || at[0] > 0xF4)
        return 0;
    bool is_long = at[0] == 0xF0 && at[1] < 0x90, is_beyond = at[0] == 0xF4 && at[1] >= 0x90;
    return lts_utf8_continues(at[1]) && lts_utf8_continues(at[2]) && lts_utf8_continues(at[3]) &&
                   !is_long && !is_beyond
               ? 4
               : 0;
}

static inline bool lts_is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != 0) {
        int length = lts_utf8_length(at);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

#endif
