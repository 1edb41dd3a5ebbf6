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

#include "base/real.h"

typedef struct lts_dropout {
    uint32_t threshold; /**< dropped if 16 random bits are below it; 0 = no dropout */
    real scale;         /**< 1 / (1 - p), p = threshold / 2^16                      */
    uint64_t seed, batch;
} lts_dropout;

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
