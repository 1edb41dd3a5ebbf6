/* SPDX-License-Identifier: MIT */
#include "base/rng.h"

#ifdef LTS_RANDOM123
#include <Random123/philox.h>

static void generate(uint32_t word[4], const uint32_t key[2])
{
    philox4x32_ctr_t counter = {{word[0], word[1], word[2], word[3]}};
    philox4x32_key_t words = {{key[0], key[1]}};
    philox4x32_ctr_t random = philox4x32(counter, words);
    for (int i = 0; i < 4; i++)
        word[i] = random.v[i];
}
#else
#include "base/philox.h"
#define generate lts_philox
#endif

static void philox(uint64_t seed, uint64_t stream, uint64_t counter, uint64_t bits[2])
{
    const uint32_t key[] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t word[] = {(uint32_t)counter, (uint32_t)(counter >> 32), (uint32_t)stream,
                       (uint32_t)(stream >> 32)};
    generate(word, key);
    bits[0] = (uint64_t)word[1] << 32 | word[0];
    bits[1] = (uint64_t)word[3] << 32 | word[2];
}

/* The high 64 bits of a 64 x 64 bit product, from 32-bit halves. */
static uint64_t multiply_high(uint64_t a, uint64_t b)
{
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
    uint64_t carry = (uint32_t)middle + a0 * b1;
    return a1 * b1 + (middle >> 32) + (carry >> 32);
}

int64_t lts_rng_below(uint64_t seed, uint64_t stream, uint64_t counter, int64_t n)
{
    uint64_t bits[2];
    philox(seed, stream, counter, bits);
    return (int64_t)multiply_high(bits[0], (uint64_t)n);
}

double lts_rng_normal(uint64_t seed, uint64_t stream, uint64_t counter)
{
    static const double two_pi = 6.283185307179586476925286766559;
    uint64_t bits[2];
    philox(seed, stream, counter, bits);
    /* 53 bits each; the added half keeps u above 0, where log(u) is not finite */
    double u = ((double)(bits[0] >> 11) + 0.5) * 0x1p-53;
    double v = (double)(bits[1] >> 11) * 0x1p-53;
    return sqrt(-2 * log(u)) * cos(two_pi * v);
}
