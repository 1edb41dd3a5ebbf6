/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_HASH_H
#define LTS_BASE_HASH_H

#include "base/real.h"

enum { LTS_HASH_SIZE = 17 };

/** XXH3, 64 bits, of n bytes, as 16 hexadecimal digits. */
void lts_hash_text(const void *bytes, int64_t n, char text[LTS_HASH_SIZE]);

#endif
