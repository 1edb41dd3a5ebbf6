/* SPDX-License-Identifier: MIT */
/*
 * Dropout of a layer's outputs on their way to the layer above or to the output layer; the
 * recurrence reads all of them (Zaremba, Sutskever and Vinyals, Recurrent neural network
 * regularization, 2014). An output is dropped with probability p, else multiplied by 1 / (1 - p):
 *
 *     out = kept h / (1 - p);     dh = kept dout / (1 - p)
 *
 * Whether an element is kept is a function of the seed, the number of the batch, and the element's
 * place, so a resumed run and any number of threads draw the same masks.
 */
#ifndef LTS_NETWORK_DROPOUT_H
#define LTS_NETWORK_DROPOUT_H

#include "base/inline.h"
#include "base/real.h"

typedef struct lts_dropout {
    uint32_t threshold; /**< dropped if 16 random bits are below it; 0 = no dropout */
    double scale;       /**< 1 / (1 - p), p = threshold / 2^16; a real              */
    uint64_t seed, batch;
} lts_dropout;

/** Elements that share one random number of 128 bits. */
enum { LTS_DROPOUT_GROUP = 8 };

/**
 * The random number of the first group of a row of layer l, in the stream of the batch. It does not
 * depend on how rows are padded, so all kernel sets and devices draw the same masks. A layer has
 * fewer than 2^31 rows (network/segment.c), a row fewer than 2^20 groups.
 */
LTS_INLINE uint64_t lts_dropout_counter(int64_t l, int64_t row)
{
    return ((uint64_t)l << 31 | (uint64_t)row) << 20;
}

/** Dropout with probability `rate`, 0 <= rate < 1, rounded to a multiple of 2^-16. */
lts_dropout lts_dropout_of(double rate, uint64_t seed);

/**
 * Drop elements of h: rows first .. first + n - 1 of layer l, each of `size` elements.
 * @param[out] out   [n, size]
 * @param[out] kept  [n, size] 1 or 0
 */
void lts_dropout_forward(const lts_dropout *dropout, int64_t l, int64_t first, int64_t n,
                         int64_t size, const real *h, real *out, uint8_t *kept);

/** From dout to dh, in place: n elements. */
void lts_dropout_backward(const lts_dropout *dropout, int64_t n, const uint8_t *kept, real *dh);

#endif
