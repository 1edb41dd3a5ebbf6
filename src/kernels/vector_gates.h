/* SPDX-License-Identifier: MIT */
/*
 * The gate functions on vectors. Included by body.h, which defines vec.
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

KERNEL vec choose(ivec mask, vec yes, vec no)
{
    return (vec)(((ivec)yes & mask) | ((ivec)no & ~mask));
}

KERNEL vec exponential(vec x)
{
    const vec zero = {0};
    const vec low = zero - 87.0f, high = zero + 88.0f;
    const float round_by = 12582912.0f; /* 1.5 * 2^23 */
    x = choose(x < low, low, x);
    x = choose(x > high, high, x);
    vec shifted = x * 1.44269504088896341f + round_by;
    vec n = shifted - round_by;
    vec r = x - n * 0.693145751953125f - n * 1.42860682030941723e-6f;
    vec p = r * 0.001381460583f + 0.008368718982f;
    p = p * r + 0.041668388101f;
    p = p * r + 0.166665206145f;
    p = p * r + 0.49999993447f;
    p = p * (r * r) + r + 1.0f;
    uvec scale = ((uvec)shifted << 23) + (127u << 23);
    return p * (vec)scale;
}

KERNEL vec sigmoid(vec x)
{
    return 1.0f / (1.0f + exponential(-x));
}

KERNEL vec hyperbolic_tangent(vec x)
{
    vec s = x * x;
    vec q = s * -0.005704946623f + 0.020639052666f;
    q = q * s - 0.053739704998f;
    q = q * s + 0.133314420839f;
    q = q * s - 0.333332819381f;
    vec near_zero = x + x * s * q;
    vec far = 1.0f - 2.0f / (exponential(x + x) + 1.0f);
    const vec limit = (vec){0} + 0.625f * 0.625f;
    return choose(s < limit, near_zero, far);
}

#endif
