/* SPDX-License-Identifier: MIT */
/*
 * Single elements of feeding, random numbers and losses, which the kernels and the twin share.
 */
#ifndef LTS_CUDA_ELEMENTS_H
#define LTS_CUDA_ELEMENTS_H

#include "backend.h"
#include "base/philox.h"
#include "base/rng.h"
#include "score/loss_values.h"

/* Element i of x [n, B, D]. */
LTS_INLINE void lts_feed_element(const lts_feeding *f, int64_t i, const float *y, float *x)
{
    int64_t d = i % f->D, b = i / f->D % f->B, call = i / f->D / f->B;
    bool can = f->feed[call] >= 0 && f->column_feed[d] >= 0;
    bool hole = f->holes != NULL && f->holes[call] != 0, fed = can && (!hole || isnan(x[i]));
    if (fed) {
        double slope, from = (double)y[(f->feed[call] * f->B + b) * f->K + f->column_feed[d]];
        x[i] = (float)(f->maps ? lts_softplus(from, &slope) : from);
    } else if (f->holes != NULL && isnan(x[i])) {
        x[i] = 0;
    }
    if (f->holes != NULL)
        f->fed[i] = fed ? 1 : 0;
}

/* What element i of dx [n, B, D] adds, and where in dy; false if nothing. */
LTS_INLINE bool lts_feed_back_element(const lts_feeding *f, int64_t i, const float *y,
                                      const float *dx, int64_t *at, float *more)
{
    int64_t d = i % f->D, b = i / f->D % f->B, call = i / f->D / f->B;
    if (f->feed[call] < 0 || f->column_feed[d] < 0 || (f->holes != NULL && f->fed[i] == 0))
        return false;
    *at = (f->feed[call] * f->B + b) * f->K + f->column_feed[d];
    *more = dx[i];
    if (f->maps) {
        double slope;
        (void)lts_softplus((double)y[*at], &slope);
        *more *= (float)slope;
    }
    return true;
}

/* lts_rng_bits() */
LTS_INLINE void lts_random_bits(uint64_t seed, uint64_t stream, uint64_t counter, uint64_t bits[2])
{
    const uint32_t key[] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t word[] = {(uint32_t)counter, (uint32_t)(counter >> 32), (uint32_t)stream,
                       (uint32_t)(stream >> 32)};
    lts_philox(word, key);
    bits[0] = (uint64_t)word[1] << 32 | word[0];
    bits[1] = (uint64_t)word[3] << 32 | word[2];
}

/* Whether scheduled sampling withholds row call * B + b. */
LTS_INLINE bool lts_is_withheld(const lts_numbers *numbers, int64_t row)
{
    uint64_t bits[2];
    lts_random_bits(numbers->seed, lts_rng_part(LTS_RNG_SAMPLING, numbers->number), (uint64_t)row,
                    bits);
    return (double)(bits[0] >> 11) * 0x1p-53 < numbers->withheld;
}

/* Bits 32 word .. of a row of H. */
LTS_INLINE uint32_t lts_kept_word(const lts_dropout *dropout, uint64_t number, int64_t l,
                                  int64_t row, int64_t word)
{
    uint64_t stream = lts_rng_part(LTS_RNG_DROPOUT, number);
    uint64_t counter = lts_dropout_counter(l, row) + (uint64_t)word * (32 / LTS_DROPOUT_GROUP);
    uint32_t kept = 0;
    for (int i = 0; i < 32; i += LTS_DROPOUT_GROUP) {
        uint64_t bits[2];
        lts_random_bits(dropout->seed, stream, counter++, bits);
        for (int k = 0; k < LTS_DROPOUT_GROUP; k++) {
            uint32_t random = (uint16_t)(bits[k / 4] >> (k % 4 * 16));
            kept |= (uint32_t)(random >= dropout->threshold ? 1 : 0) << (i + k);
        }
    }
    return kept;
}

/* Element i of [rows, H] after dropout. */
LTS_INLINE float lts_drop_element(int64_t H, int64_t words, float scale, const uint32_t *kept,
                                  const float *h, int64_t i)
{
    int64_t row = i / H, j = i - row * H;
    return kept[row * words + j / 32] >> (j % 32) & 1 ? h[i] * scale : 0;
}

/*
 * Returns w l of target i = b K + k of step t, and writes scale w times its gradient to dy, both of
 * the call that is scored there. parameter, slope [n_out]: workspace. `quantiles`: the kind is
 * LSTM_LOSS_QUANTILE.
 */
LTS_INLINE double lts_score_element(const lts_scoring *s, int64_t call, int64_t t, int64_t i,
                                    double scale, bool quantiles, double *parameter, double *slope)
{
    int64_t K = s->K, k = i % K, n_out = s->loss.n_out, slot = s->B * K;
    int64_t first = (call * s->B + i / K) * n_out * K + k;
    double w = lts_target_weight(&s->loss, s->weight, t * slot + i, k), value = 0;
    if (w != 0) {
        for (int64_t o = 0; o < n_out; o++)
            parameter[o] = (double)s->y[first + o * K];
        double target = (double)s->target[t * slot + i];
        double unit = s->loss.n_unit == 0 ? 1 : s->loss.units[k];
        value = quantiles ? lts_pinball(&s->loss, parameter, target, slope)
                          : lts_loss_value(&s->loss, unit, parameter, target, slope);
    }
    for (int64_t o = 0; o < n_out; o++)
        s->dy[first + o * K] = w != 0 ? lts_saturate(scale * w * slope[o]) : 0;
    return w * value;
}

/* The factor on the sum of step t. `total`: the sum of weights that it is divided by. */
LTS_INLINE double lts_score_scale(const lts_scoring *s, int64_t t, double total)
{
    double weight = s->loss.n_step_weight == 0 ? 1 : s->loss.step_weights[t];
    return total == 0 ? 0 : weight / total;
}

#endif
