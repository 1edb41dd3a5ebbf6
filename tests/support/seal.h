/* SPDX-License-Identifier: MIT */
/*
 * The checksum of a file of the library, computed from docs/file-format.md without the library: for
 * files that a test has spoilt and wants to be read beyond their checksum.
 */
#ifndef TESTS_SEAL_H
#define TESTS_SEAL_H

#include "assert_status.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

/** Where the digits lie. */
enum { SEAL_AT = 46, SEAL_SIZE = 32 };

/** Gives the file's bytes the checksum that they ought to have. They must have room for one. */
static inline void seal(unsigned char *bytes, size_t size)
{
    XXH128_canonical_t hash;
    assert_true(size > SEAL_AT + SEAL_SIZE);
    assert_memory_equal(bytes + 8, "{\"__metadata__\":{\"checksum\":\"xxh3_128:", SEAL_AT - 8);
    memset(bytes + SEAL_AT, '0', SEAL_SIZE);
    XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes, size));
    for (int i = 0; i < SEAL_SIZE / 2; i++) {
        char digits[3];
        snprintf(digits, sizeof digits, "%02x", hash.digest[i]);
        memcpy(bytes + SEAL_AT + 2 * i, digits, 2);
    }
}

/** Asserts that the file has the checksum that it ought to have. */
static inline void assert_sealed(const unsigned char *bytes, size_t size)
{
    unsigned char *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    seal(copy, size);
    assert_memory_equal(copy, bytes, size);
    free(copy);
}

/** What a flip of a bit at `at` must be called: what is before the digits decides whether, and how
 * far, the file is looked at at all. */
static inline bool seal_names_flip(size_t at, lstm_status status)
{
    if (at < 8) /* the header's length, which may then end behind the file */
        return status == LSTM_E_TRUNC || status == LSTM_E_CHECKSUM;
    if (at < SEAL_AT || at == SEAL_AT + SEAL_SIZE)
        return status == LSTM_E_FORMAT || status == LSTM_E_CHECKSUM;
    return status == LSTM_E_CHECKSUM;
}

#endif
