/* SPDX-License-Identifier: MIT */
/*
 * The checksum of a file covers every byte. It is computed over the file with zeros in place of its
 * own 32 digits, whose position is fixed: every file begins with
 *
 *     8 bytes                                   the header's length
 *     {"__metadata__":{"checksum":"xxh3_128:    lts_checksum_front
 *     32 digits and "                           XXH3, 128 bits, of the whole file
 *
 * so the checksum is found and verified without parsing anything that it covers.
 */
#ifndef LTS_STORE_CHECKSUM_H
#define LTS_STORE_CHECKSUM_H

#include "files/file.h"

extern const char lts_checksum_front[];

/** The metadata entry of the checksum: its key, and its value with zeros for digits. */
#define LTS_CHECKSUM_KEY  "checksum"
#define LTS_CHECKSUM_ZERO "xxh3_128:00000000000000000000000000000000"

/** Result of verifying a file. */
typedef enum lts_checksum {
    LTS_CHECKSUM_NONE, /**< the file does not begin like this */
    LTS_CHECKSUM_RIGHT,
    LTS_CHECKSUM_WRONG,
} lts_checksum;

/** Compute the checksum of chunks and write its digits to the first one, which has the zeros.
 * LSTM_E_NOMEM. */
lstm_status lts_checksum_set(unsigned char *first, const lts_chunk *chunks, int64_t n_chunk);

/**
 * Verify a file in two parts: its first `n_front` bytes, which have the checksum if the file has
 * one, and the rest. LSTM_E_NOMEM.
 */
lstm_status lts_checksum_verify(const unsigned char *front, int64_t n_front,
                                const unsigned char *rest, int64_t n_rest, lts_checksum *checksum);

#endif
