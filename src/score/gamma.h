/* SPDX-License-Identifier: MIT */
/*
 * The logarithm of the gamma function, and differences of it and of its derivative that do not
 * cancel. libm's lgamma() writes the global signgam, so it is not used.
 *
 * Stirling's series (NIST's DLMF, 5.11.1 and 5.11.2) from LTS_GAMMA_START on, and below it the
 * recursions Gamma(x + 1) = x Gamma(x) and psi(x + 1) = psi(x) + 1/x.
 */
#ifndef LTS_SCORE_GAMMA_H
#define LTS_SCORE_GAMMA_H

#include "base/inline.h"

#include <math.h>

/* The first term that is left out of either series is below 1e-15 here. */
enum { LTS_GAMMA_START = 10 };

/* ln(2 pi) / 2 */
static const double LTS_HALF_LOG_TWO_PI = 0.91893853320467274178;

/* s(x) in ln Gamma(x) = (x - 1/2) ln x - x + ln(2 pi)/2 + s(x), x >= LTS_GAMMA_START */
LTS_INLINE double lts_stirling(double x)
{
    double q = 1 / (x * x), sum = -691 / 360360.0;
    sum = 1 / 1188.0 + q * sum;
    sum = -1 / 1680.0 + q * sum;
    sum = 1 / 1260.0 + q * sum;
    sum = -1 / 360.0 + q * sum;
    return (1 / 12.0 + q * sum) / x;
}

/* t(x) in psi(x) = ln x - 1/(2x) - t(x), x >= LTS_GAMMA_START */
LTS_INLINE double lts_digamma_tail(double x)
{
    double q = 1 / (x * x), sum = -691 / 32760.0;
    sum = 1 / 132.0 + q * sum;
    sum = -1 / 240.0 + q * sum;
    sum = 1 / 252.0 + q * sum;
    sum = -1 / 120.0 + q * sum;
    return (1 / 12.0 + q * sum) * q;
}

/* Steps of 1 that take x > 0 to LTS_GAMMA_START or beyond. */
LTS_INLINE int lts_steps_to_start(double x)
{
    return x < LTS_GAMMA_START ? (int)ceil(LTS_GAMMA_START - x) : 0;
}

/** ln Gamma(x), x > 0, to an absolute 1e-14 or a relative 1e-15. */
LTS_INLINE double lts_log_gamma(double x)
{
    double product = 1;
    int n = lts_steps_to_start(x);
    for (int i = 0; i < n; i++)
        product *= x + i;
    x += n;
    return (x - 0.5) * log(x) - x + LTS_HALF_LOG_TWO_PI + lts_stirling(x) - log(product);
}

/* ln of the product of 1 + d/(x + i) over i < n <= LTS_GAMMA_START; d > 1e30 overflows in one
 * product. */
LTS_INLINE double lts_log_product(double x, double d, int n)
{
    double above = 1, below = 1, sum = 0;
    for (int i = 0; i < n && d <= 1e30; i++) {
        above *= x + i + d;
        below *= x + i;
    }
    for (int i = 0; i < n && d > 1e30; i++)
        sum += log1p(d / (x + i));
    return sum + log(above / below);
}

/**
 * ln Gamma(x + d) - ln Gamma(x), x > 0, d >= 0.
 *
 * For x >= LTS_GAMMA_START: the two Stirling formulas subtracted, with ln(x + d) = ln x +
 * log1p(d/x) so that what is large in both cancels exactly. Below: the quotients of the recursion.
 */
LTS_INLINE double lts_log_gamma_step(double x, double d)
{
    int n = lts_steps_to_start(x);
    double shift = n == 0 ? 0 : lts_log_product(x, d, n);
    x += n;
    return (x - 0.5) * log1p(d / x) + d * log(x + d) - d + lts_stirling(x + d) - lts_stirling(x) -
           shift;
}

/** psi(x + d) - psi(x), psi = (ln Gamma)', x > 0, d >= 0. */
LTS_INLINE double lts_digamma_step(double x, double d)
{
    double shift = 0;
    int n = lts_steps_to_start(x);
    for (int i = 0; i < n; i++)
        shift += d / ((x + i + d) * (x + i));
    x += n;
    return log1p(d / x) + d / (2 * x * (x + d)) - lts_digamma_tail(x + d) + lts_digamma_tail(x) +
           shift;
}

/** ln(x^a y^b / B(a, b)), a, b > 0, 0 < x, y < 1, x + y = 1. */
double lts_log_beta_power(double a, double b, double x, double y);

#endif
