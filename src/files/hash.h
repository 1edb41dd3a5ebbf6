/* SPDX-License-Identifier: MIT */
#ifndef LTS_FILES_HASH_H
#define LTS_FILES_HASH_H

#include "files/file.h"

enum { LTS_HASH_SIZE = 17, LTS_DIGEST_SIZE = 33 };

/** XXH3, 64 bits, of n bytes, as 16 hexadecimal digits. */
void lts_hash_text(const void *bytes, int64_t n, char text[LTS_HASH_SIZE]);

/** XXH3, 128 bits, of the concatenated chunks, as 32 hexadecimal digits. LSTM_E_NOMEM. */
lstm_status lts_digest_text(const lts_chunk *chunks, int64_t n_chunk, char text[LTS_DIGEST_SIZE]);

#endif
