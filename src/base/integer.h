/* SPDX-License-Identifier: MIT */
/* Arithmetic of whole numbers. (Products that may overflow: lts_multiply() of memory.h.) */
#ifndef LTS_BASE_INTEGER_H
#define LTS_BASE_INTEGER_H

#include <stdint.h>

static inline int64_t lts_least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t lts_most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/** Greatest common divisor of a, b >= 0; that of 0 and a is a. */
static inline int64_t lts_common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif
