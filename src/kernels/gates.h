/* SPDX-License-Identifier: MIT */
/*
 * The gate functions, branch-free, so that loops over them vectorize.
 *
 * float: exp x = 2^n exp r with n = round(x / ln 2) and |r| <= ln(2)/2; exp r = 1 + r + r^2 P(r), P
 * of degree 4 by a minimax fit (relative error 3.1e-9, far below the rounding of float). Adding and
 * subtracting 1.5 * 2^23 rounds to the nearest integer and leaves that integer in the low bits,
 * from which the factor 2^n is made. Arguments are clamped to where 2^n is a normal number. NaN
 * passes the clamps (comparisons with it are false) and reaches the result through r.
 *
 * tanh: for |x| < 0.625 the odd polynomial x + x^3 Q(x^2), Q of degree 4 by a minimax fit (4.4e-9),
 * since 1 - 2/(exp(2x) + 1) would lose its digits to cancellation there.
 *
 * double serves the tests alone, which ask for the last digits: the C library's functions.
 */
#ifndef LTS_KERNELS_GATES_H
#define LTS_KERNELS_GATES_H

#include "base/real.h"

#ifdef LSTMTS_TEST_DOUBLE

static inline real lts_sigmoid(real x)
{
    return 1 / (1 + exp(-x));
}

static inline real lts_tanh(real x)
{
    return tanh(x);
}

#else

#include <string.h>

static inline float lts_exp(float x)
{
    const float round_by = 12582912.0f; /* 1.5 * 2^23 */
    const float ln2_high = 0.693145751953125f, ln2_low = 1.42860682030941723e-6f;
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    float shifted = x * 1.44269504088896341f + round_by;
    float n = shifted - round_by;
    float r = x - n * ln2_high - n * ln2_low;
    float p = 0.001381460583f;
    p = p * r + 0.008368718982f;
    p = p * r + 0.041668388101f;
    p = p * r + 0.166665206145f;
    p = p * r + 0.49999993447f;
    p = p * (r * r) + r + 1.0f;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (int32_t)((uint32_t)bits << 23) + (127 << 23);
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

static inline float lts_sigmoid(float x)
{
    return 1.0f / (1.0f + lts_exp(-x));
}

static inline float lts_tanh(float x)
{
    float s = x * x;
    float q = -0.005704946623f;
    q = q * s + 0.020639052666f;
    q = q * s - 0.053739704998f;
    q = q * s + 0.133314420839f;
    q = q * s - 0.333332819381f;
    float near_zero = x + x * s * q;
    float far = 1.0f - 2.0f / (lts_exp(2.0f * x) + 1.0f);
    return s < 0.625f * 0.625f ? near_zero : far;
}

#endif

#endif
