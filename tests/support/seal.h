/* SPDX-License-Identifier: MIT */
/*
 * The checksum of a file, computed by docs/file-format.md without the library's code: for files
 * that a test has modified and that must be read beyond the checksum.
 */
#ifndef TESTS_SEAL_H
#define TESTS_SEAL_H

#include "assert_status.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

/** Offset and number of the digits. */
enum { SEAL_AT = 46, SEAL_SIZE = 32 };

/** Write the correct checksum to the file's bytes, which must have an entry for it. */
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

/** Assert that the file has the correct checksum. */
static inline void assert_sealed(const unsigned char *bytes, size_t size)
{
    unsigned char *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    seal(copy, size);
    assert_memory_equal(copy, bytes, size);
    free(copy);
}

/** Whether `status` is right for a flipped bit at `at`: the bytes before the digits decide whether
 * the file is recognized and has a checksum. */
static inline bool seal_names_flip(size_t at, lstm_status status)
{
    if (at < 8) /* the header's length: the header may then end after the file */
        return status == LSTM_E_TRUNC || status == LSTM_E_CHECKSUM;
    if (at < SEAL_AT || at == SEAL_AT + SEAL_SIZE)
        return status == LSTM_E_FORMAT || status == LSTM_E_CHECKSUM;
    return status == LSTM_E_CHECKSUM;
}

#endif
