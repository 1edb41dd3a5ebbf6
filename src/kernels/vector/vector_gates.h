/* SPDX-License-Identifier: MIT */
/*
 * The gate functions on vectors. Included by body.h, which defines vec.
 *
 * Both are quotients of sums with exp v = 2^n exp r, where n = round(v / ln 2), |r| <= ln(2)/2:
 *
 *     exp r = (b + r) / (b - r)    b = r coth(r/2) = 2 + r^2/6 - r^4/360 + ...
 *
 * b is a polynomial of degree 2 in r^2 by a minimax fit (relative error 2.2e-9, far below the
 * rounding of float). Adding and subtracting 1.5 * 2^23 rounds to the nearest integer and leaves
 * that integer in the low bits, from which the factor 2^n is built. With v = -x
 *
 *     sigm x = 1 / (1 + exp v) = (b - r) / ((b - r) + 2^n (b + r))
 *
 * x is clamped to the range where 2^n (b + r) <= 2^126: below -86.6 the result is 2.5e-38, with an
 * error of less than that. With v = 2 x, r and b halved,
 *
 *     tanh x = (exp v - 1) / (exp v + 1)
 *            = ((2^n - 1)(b - r) + 2^n 2 r) / ((2^n + 1)(b - r) + 2^n 2 r)
 *
 * Where n is 0 the dividend is exactly 2 x, so small x lose nothing. The dividend is a positive
 * number minus (b - r); the divisor is the dividend plus 2 (b - r). So |dividend| <= divisor, also
 * rounded: tanh does not exceed 1, and 1 - tanh^2 is not negative. Beyond 9.011, tanh is 1 in
 * float. r has one constant for ln(2)/2: its error grows as n, but 1 - tanh^2 shrinks faster.
 *
 * Clamps keep NaN.
 *
 * Only tests use double; they need the accuracy of the C library's functions.
 *
 * A set may define by instructions of its own
 *     LTS_CLAMP(x, low, high)    as clamp() below
 *     LTS_QUOTIENT(x, y)         x / y for 0.8 <= y <= 2^126, to about 1 ulp
 *     LTS_FUSED(x, y, z)         x y + z with one rounding
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

#define ROUND_BY 12582912.0f /* 1.5 * 2^23 */

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
    x = LTS_CLAMP(x, zero - 86.6f, zero + 86.6f);
    vec shifted = x * -1.44269504088896341f + ROUND_BY;
    vec n = shifted - ROUND_BY;
    vec r = -x - n * 0.693145751953125f - n * 1.42860682030941723e-6f;
    vec s = r * r;
    vec b = (s * -0.002766733678f + 0.166666256f) * s + 2.0f;
    vec minus = b - r;
    vec plus = (vec)((uvec)(b + r) + ((uvec)shifted << 23)); /* 2^n (b + r) */
    return LTS_QUOTIENT(minus, plus + minus);
}

KERNEL vec hyperbolic_tangent(vec x)
{
    const vec zero = {0};
    const float round_by = ROUND_BY + 127; /* the exponent's bias is in the low bits too */
    x = LTS_CLAMP(x, zero - 9.011f, zero + 9.011f);
    vec shifted = x * 2.88539008177792681f + round_by;
    vec n = shifted - round_by;
    vec r = x - n * 0.346573590279972655f;
    vec s = r * r;
    vec minus = (s * -0.02213386943f + 0.3333325119f) * s + (1.0f - r);
    vec power = (vec)((uvec)shifted << 23), rest = power * (r + r);
#ifdef LTS_FUSED
    vec dividend = LTS_FUSED(power - 1.0f, minus, rest), divisor = dividend + (minus + minus);
#else /* the dividend has two roundings, which would count twice for x < 0 */
    vec dividend = (power - 1.0f) * minus + rest, divisor = power * minus + rest + minus;
#endif
    return LTS_QUOTIENT(dividend, divisor);
}

#endif
