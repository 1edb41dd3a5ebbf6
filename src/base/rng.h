/* SPDX-License-Identifier: MIT */
/*
 * Random numbers without a state: Philox4x32-10 (Salmon et al., Parallel random numbers: as easy as
 * 1, 2, 3; SC 2011) maps (seed, stream, counter) to 128 bits. These three determine the number, so
 * a file need only store a position, and the order of calls does not matter.
 */
#ifndef LTS_BASE_RNG_H
#define LTS_BASE_RNG_H

#include "base/inline.h"
#include "base/real.h"

/** Streams of one seed. A stream with parts (one per tensor, one per pass) has the part's number in
 * its low bits. */
enum lts_rng_stream {
    LTS_RNG_WEIGHTS = 0,   /**< + index of the tensor; counter: element         */
    LTS_RNG_WINDOWS = 1,   /**< counter: window drawn                           */
    LTS_RNG_SHUFFLE = 2,   /**< + number of the pass; counter: place            */
    LTS_RNG_DROPOUT = 3,   /**< + number of the batch; counter: elements        */
    LTS_RNG_SAMPLING = 4,  /**< + number of the batch; counter: call and window */
    LTS_RNG_PATHS = 5,     /**< + number of the window; counter: step and target */
    LTS_RNG_RESIDUALS = 6, /**< counter: path                                  */
    LTS_RNG_SERIES = 7,    /**< counter: window drawn                           */
    LTS_RNG_MEMBERS = 8,   /**< counter: network of a forecaster                */
};

/** The stream number of part `part`, below 2^56, of a stream. */
LTS_INLINE uint64_t lts_rng_part(enum lts_rng_stream stream, uint64_t part)
{
    return (uint64_t)stream << 56 | part;
}

/** 128 random bits. */
void lts_rng_bits(uint64_t seed, uint64_t stream, uint64_t counter, uint64_t bits[2]);

/** Uniform on 0 .. n-1, n >= 1. (The bias is below n / 2^64.) */
int64_t lts_rng_below(uint64_t seed, uint64_t stream, uint64_t counter, int64_t n);

/** Uniform on [0, 1). */
double lts_rng_uniform(uint64_t seed, uint64_t stream, uint64_t counter);

/** Standard normal, by the Box-Muller transform. */
double lts_rng_normal(uint64_t seed, uint64_t stream, uint64_t counter);

#endif
