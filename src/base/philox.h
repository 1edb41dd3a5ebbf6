/* SPDX-License-Identifier: MIT */
/*
 * Philox4x32-10 (Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3; SC
 * 2011), for builds without Random123 and for devices. A round multiplies words 0 and 2 by a
 * constant each. The low halves of the products become words 3 and 1; the high halves become words
 * 2 and 0, each XORed with the odd word before it and a key. After each round the keys grow by the
 * fractions of the golden ratio and of sqrt(3), times 2^32.
 */
#ifndef LTS_BASE_PHILOX_H
#define LTS_BASE_PHILOX_H

#include "base/inline.h"

#include <stdint.h>

/** Replaces the counter `word` by its random bits under the key `key`. */
LTS_INLINE void lts_philox(uint32_t word[4], const uint32_t key[2])
{
    uint32_t key_0 = key[0], key_1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t product_0 = (uint64_t)word[0] * UINT32_C(0xD2511F53);
        uint64_t product_2 = (uint64_t)word[2] * UINT32_C(0xCD9E8D57);
        word[0] = (uint32_t)(product_2 >> 32) ^ word[1] ^ key_0;
        word[1] = (uint32_t)product_2;
        word[2] = (uint32_t)(product_0 >> 32) ^ word[3] ^ key_1;
        word[3] = (uint32_t)product_0;
        key_0 += UINT32_C(0x9E3779B9);
        key_1 += UINT32_C(0xBB67AE85);
    }
}

#endif
