/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <xxhash.h>

void lts_hash_text(const void *bytes, int64_t n, char text[LTS_HASH_SIZE])
{
    snprintf(text, LTS_HASH_SIZE, "%016" PRIx64, (uint64_t)XXH3_64bits(bytes, (size_t)n));
}
