/* SPDX-License-Identifier: MIT */
/*
 * The checksum of a file, which covers every byte of it, its own place included: it is that of the
 * file in which its 32 digits are zeros. For that its place is fixed. Every file begins with
 *
 *     8 bytes                                   the header's length
 *     {"__metadata__":{"checksum":"xxh3_128:    lts_checksum_front
 *     32 digits and "                           XXH3, 128 bits, of the whole file
 *
 * so that it is found, and verified, without trusting a byte of what it covers.
 */
#ifndef LTS_STORE_CHECKSUM_H
#define LTS_STORE_CHECKSUM_H

#include "files/file.h"

extern const char lts_checksum_front[];

/** The metadata that has the place: its key, and its value with zeros for digits. */
#define LTS_CHECKSUM_KEY  "checksum"
#define LTS_CHECKSUM_ZERO "xxh3_128:00000000000000000000000000000000"

/** What a file's checksum says of it. */
typedef enum lts_checksum {
    LTS_CHECKSUM_NONE, /**< the file does not begin as above */
    LTS_CHECKSUM_RIGHT,
    LTS_CHECKSUM_WRONG,
} lts_checksum;

/** Compute the checksum of chunks, of which the first begins as above with zeros, into its place.
 * LSTM_E_NOMEM. */
lstm_status lts_checksum_set(unsigned char *first, const lts_chunk *chunks, int64_t n_chunk);

/** Look at the `size` bytes of a file. LSTM_E_NOMEM. */
lstm_status lts_checksum_verify(const unsigned char *bytes, int64_t size, lts_checksum *checksum);

#endif
