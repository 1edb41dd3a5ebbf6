/* SPDX-License-Identifier: MIT */
#include "files/hash.h"

#include "base/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <xxhash.h>

void lts_hash_text(const void *bytes, int64_t n, char text[LTS_HASH_SIZE])
{
    snprintf(text, LTS_HASH_SIZE, "%016" PRIx64, (uint64_t)XXH3_64bits(bytes, (size_t)n));
}

lstm_status lts_digest_text(const lts_chunk *chunks, int64_t n_chunk, char text[LTS_DIGEST_SIZE])
{
    XXH3_state_t *state = XXH3_createState();
    if (state == NULL)
        return lts_fail(LSTM_E_NOMEM, "out of memory for a checksum");
    XXH3_128bits_reset(state);
    for (int64_t i = 0; i < n_chunk; i++)
        XXH3_128bits_update(state, chunks[i].bytes, (size_t)chunks[i].size);
    XXH128_hash_t hash = XXH3_128bits_digest(state);
    XXH3_freeState(state);
    snprintf(text, LTS_DIGEST_SIZE, "%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64,
             (uint64_t)hash.low64);
    return LSTM_OK;
}
