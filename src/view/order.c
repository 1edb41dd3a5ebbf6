/* SPDX-License-Identifier: MIT */
/*
 * Selection by radix. The bits of IEEE numbers, read as an unsigned integer, ascend with the numbers
 * once the sign bit is inverted, and for negative numbers all other bits too. Each pass counts the
 * values that begin with the bits found so far by their next 11 bits; the count that passes the rank
 * gives these bits. Three passes find a float, six a double.
 */
#include "view/order.h"

enum { KEY_BITS = 8 * sizeof(lts_bits), DIGIT_BITS = 11, N_DIGIT = 1 << DIGIT_BITS };

static lts_bits key_of(real value)
{
    lts_bits bits, sign = (lts_bits)1 << (KEY_BITS - 1);
    memcpy(&bits, &value, sizeof bits);
    return (bits & sign) != 0 ? ~bits : bits | sign;
}

static real value_of(lts_bits key)
{
    lts_bits sign = (lts_bits)1 << (KEY_BITS - 1), bits = (key & sign) != 0 ? key ^ sign : ~key;
    real value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Counts, by their digit at `shift`, the values whose bits in `mask` are those of `prefix`. */
static void count_digits(const lts_stretch *stretches, int64_t n_stretch, lts_bits mask,
                         lts_bits prefix, int shift, int64_t counts[N_DIGIT])
{
    memset(counts, 0, N_DIGIT * sizeof *counts);
    for (int64_t s = 0; s < n_stretch; s++)
        for (int64_t i = 0; i < stretches[s].n; i++) {
            real value = lts_stretch_value(&stretches[s], i);
            lts_bits key = key_of(value);
            if (!isnan(value) && (key & mask) == prefix)
                counts[key >> shift & (N_DIGIT - 1)]++;
        }
}

/* The least value above `key`, or `key` if there is none. */
static lts_bits next_above(const lts_stretch *stretches, int64_t n_stretch, lts_bits key)
{
    lts_bits next = key;
    for (int64_t s = 0; s < n_stretch; s++)
        for (int64_t i = 0; i < stretches[s].n; i++) {
            real value = lts_stretch_value(&stretches[s], i);
            lts_bits other = key_of(value);
            if (!isnan(value) && other > key && (next == key || other < next))
                next = other;
        }
    return next;
}

void lts_order_pair(const lts_stretch *stretches, int64_t n_stretch, int64_t rank, real pair[2])
{
    int64_t counts[N_DIGIT], left = rank, same = 0;
    lts_bits mask = 0, prefix = 0;
    for (int shift = KEY_BITS - DIGIT_BITS; mask != (lts_bits)-1; shift -= DIGIT_BITS) {
        shift = shift > 0 ? shift : 0;
        count_digits(stretches, n_stretch, mask, prefix, shift, counts);
        lts_bits digits = (lts_bits)(N_DIGIT - 1) << shift, digit = 0;
        /* the last digit overlaps the one before, whose bits are fixed: other counts are 0 */
        while (digit < N_DIGIT - 1 && left >= counts[digit])
            left -= counts[digit++];
        same = counts[digit];
        prefix |= digit << shift;
        mask |= digits;
    }
    pair[0] = value_of(prefix);
    pair[1] = left + 1 < same ? pair[0] : value_of(next_above(stretches, n_stretch, prefix));
}
