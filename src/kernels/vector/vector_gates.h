/* SPDX-License-Identifier: MIT */
/*
 * The gate functions on vectors. Included by body.h, which defines vec.
 *
 * sigm x = 1 / (1 + exp(-x)), exp(-x) = 2^n exp r with n = round(-x / ln 2) and |r| <= ln(2)/2;
 * exp r = 1 + r + r^2 P(r), P of degree 4 by a minimax fit (relative error 3.1e-9, far below the
 * rounding of float). Adding and subtracting 1.5 * 2^23 rounds to the nearest integer and leaves
 * that integer in the low bits, from which the factor 2^n is built. x is clamped to the range where
 * 2^n is a normal number: below -87 the result is 1.6e-38, with an error of less than that.
 *
 * tanh x = 2 a b / (a^2 + b^2) where a / b is tanh(x / 2): errors of a and b shrink as tanh
 * approaches 1. a = x P(x^2), b = Q(x^2) of degrees 2 and 3, by a fit of tanh's relative error on
 * (0, 9.011] (7.2e-9); beyond, tanh is 1 in float. P and Q are multiplied by 0.92, so that near 0
 * they lie below a power of two, where roundings are relatively small. Near 1 the quotient may be
 * rounded beyond 1, where the derivative 1 - tanh^2 would be negative: so it is clamped.
 *
 * Clamps keep NaN.
 *
 * Only tests use double; they need the accuracy of the C library's functions.
 *
 * A set may define by instructions of its own
 *     LTS_CLAMP(x, low, high)    as clamp() below
 *     LTS_QUOTIENT(x, y)         x / y for 0.8 <= y <= 2^126, to about 1 ulp
 */
#ifdef LSTMTS_TEST_DOUBLE

KERNEL vec sigmoid(vec x)
{
    for (int i = 0; i < LTS_LANES; i++)
        x[i] = 1 / (1 + exp(-x[i]));
    return x;
}

KERNEL vec hyperbolic_tangent(vec x)
{
    for (int i = 0; i < LTS_LANES; i++)
        x[i] = tanh(x[i]);
    return x;
}

#else

typedef int32_t ivec __attribute__((vector_size(LTS_LANES * sizeof(int32_t))));
typedef uint32_t uvec __attribute__((vector_size(LTS_LANES * sizeof(uint32_t))));

#ifndef LTS_CLAMP
KERNEL vec choose(ivec mask, vec yes, vec no)
{
    return (vec)(((ivec)yes & mask) | ((ivec)no & ~mask));
}

KERNEL vec clamp(vec x, vec low, vec high)
{
    x = choose(x < low, low, x);
    return choose(x > high, high, x);
}
#define LTS_CLAMP clamp
#endif

#ifndef LTS_QUOTIENT
#define LTS_QUOTIENT(x, y) ((x) / (y))
#endif

KERNEL vec sigmoid(vec x)
{
    const vec zero = {0};
    const float round_by = 12582912.0f; /* 1.5 * 2^23 */
    x = LTS_CLAMP(x, zero - 87.0f, zero + 87.0f);
    vec shifted = x * -1.44269504088896341f + round_by;
    vec n = shifted - round_by;
    vec r = -x - n * 0.693145751953125f - n * 1.42860682030941723e-6f;
    vec square = r * r;
    vec p =
        (r * 0.001381460583f + 0.008368718982f) * square + (r * 0.041668388101f + 0.166665206145f);
    p = (p * r + 0.49999993447f) * square + (r + 1.0f);
    uvec power = ((uvec)shifted << 23) + (127u << 23);
    return LTS_QUOTIENT(zero + 1.0f, p * (vec)power + 1.0f);
}

KERNEL vec hyperbolic_tangent(vec x)
{
    const vec zero = {0};
    x = LTS_CLAMP(x, zero - 9.011f, zero + 9.011f);
    vec s = x * x;
    vec a = x * ((s * 5.249364572e-05f + 1.369285023e-02f) * s + 0.459999997f);
    vec b = ((s * 1.128219062e-06f + 1.109386905e-03f) * s + 1.040523219e-01f) * s + 0.92f;
    return LTS_CLAMP(LTS_QUOTIENT((a + a) * b, a * a + b * b), zero - 1.0f, zero + 1.0f);
}

#endif
