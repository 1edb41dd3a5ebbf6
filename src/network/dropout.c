/* SPDX-License-Identifier: MIT */
#include "network/dropout.h"

#include "base/rng.h"

/* Elements that are drawn at once. */
enum { GROUP = LTS_DROPOUT_GROUP, AT_ONCE = 128 };

lts_dropout lts_dropout_of(double rate, uint64_t seed)
{
    uint32_t threshold = (uint32_t)lround(rate * 65536);
    if (threshold > 65535)
        threshold = 65535;
    return (lts_dropout){threshold, (double)(real)(65536.0 / (65536 - threshold)), seed, 0};
}

/* Random numbers of 16 bits for n elements, from the group `counter` on. */
static void draw(const lts_dropout *dropout, uint64_t stream, uint64_t counter, int64_t n,
                 uint16_t random[AT_ONCE])
{
    for (int64_t j = 0; j < n; j += GROUP) {
        uint64_t bits[2];
        lts_rng_bits(dropout->seed, stream, counter++, bits);
        for (int64_t k = 0; k < GROUP; k++)
            random[j + k] = (uint16_t)(bits[k / 4] >> (k % 4 * 16));
    }
}

/* Branches would be predicted wrongly, so what is dropped is multiplied by 0. */
static void drop(const lts_dropout *dropout, int64_t n, const uint16_t *random, const real *h,
                 real *out, uint8_t *kept)
{
    uint16_t threshold = (uint16_t)dropout->threshold; /* at most 65535 */
    real scale = (real)dropout->scale;
    for (int64_t k = 0; k < n; k++)
        kept[k] = random[k] >= threshold;
    for (int64_t k = 0; k < n; k++)
        out[k] = h[k] * ((real)kept[k] * scale);
}

void lts_dropout_forward(const lts_dropout *dropout, int64_t l, int64_t first, int64_t n,
                         int64_t size, const real *h, real *out, uint8_t *kept)
{
    uint64_t stream = lts_rng_part(LTS_RNG_DROPOUT, dropout->batch);
    uint16_t random[AT_ONCE];
    for (int64_t row = 0; row < n; row++) {
        uint64_t counter = lts_dropout_counter(l, first + row);
        for (int64_t j = 0; j < size; j += AT_ONCE) {
            int64_t at = row * size + j, width = size - j < AT_ONCE ? size - j : AT_ONCE;
            draw(dropout, stream, counter + (uint64_t)(j / GROUP), width, random);
            drop(dropout, width, random, h + at, out + at, kept + at);
        }
    }
}

void lts_dropout_backward(const lts_dropout *dropout, int64_t n, const uint8_t *kept, real *dh)
{
    real scale = (real)dropout->scale;
    for (int64_t i = 0; i < n; i++)
        dh[i] *= (real)kept[i] * scale;
}
