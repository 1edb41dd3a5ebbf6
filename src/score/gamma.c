/* SPDX-License-Identifier: MIT */
/*
 * Stirling's series (NIST's DLMF, 5.11.1 and 5.11.2) from START on, and below it the recursions
 * Gamma(x + 1) = x Gamma(x) and psi(x + 1) = psi(x) + 1/x.
 */
#include "score/gamma.h"

#include <math.h>

/* The first term that is left out of either series is below 1e-15 here. */
enum { START = 10 };

static const double half_log_two_pi = 0.91893853320467274178;

/* s(x) in ln Gamma(x) = (x - 1/2) ln x - x + ln(2 pi)/2 + s(x), x >= START */
static double stirling(double x)
{
    double q = 1 / (x * x), sum = -691 / 360360.0;
    sum = 1 / 1188.0 + q * sum;
    sum = -1 / 1680.0 + q * sum;
    sum = 1 / 1260.0 + q * sum;
    sum = -1 / 360.0 + q * sum;
    return (1 / 12.0 + q * sum) / x;
}

/* t(x) in psi(x) = ln x - 1/(2x) - t(x), x >= START */
static double digamma_tail(double x)
{
    double q = 1 / (x * x), sum = -691 / 32760.0;
    sum = 1 / 132.0 + q * sum;
    sum = -1 / 240.0 + q * sum;
    sum = 1 / 252.0 + q * sum;
    sum = -1 / 120.0 + q * sum;
    return (1 / 12.0 + q * sum) * q;
}

/* Steps of 1 that take x > 0 to START or beyond. */
static int steps_to_start(double x)
{
    return x < START ? (int)ceil(START - x) : 0;
}

double lts_log_gamma(double x)
{
    double product = 1;
    int n = steps_to_start(x);
    for (int i = 0; i < n; i++)
        product *= x + i;
    x += n;
    return (x - 0.5) * log(x) - x + half_log_two_pi + stirling(x) - log(product);
}

/* ln of the product of 1 + d/(x + i) over i < n <= START; d > 1e30 overflows in one product. */
static double log_product(double x, double d, int n)
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

/*
 * For x >= START: the two Stirling formulas subtracted, with ln(x + d) = ln x + log1p(d/x) so that
 * what is large in both cancels exactly. Below: the quotients of the recursion.
 */
double lts_log_gamma_step(double x, double d)
{
    int n = steps_to_start(x);
    double shift = n == 0 ? 0 : log_product(x, d, n);
    x += n;
    return (x - 0.5) * log1p(d / x) + d * log(x + d) - d + stirling(x + d) - stirling(x) - shift;
}

double lts_digamma_step(double x, double d)
{
    double shift = 0;
    int n = steps_to_start(x);
    for (int i = 0; i < n; i++)
        shift += d / ((x + i + d) * (x + i));
    x += n;
    return log1p(d / x) + d / (2 * x * (x + d)) - digamma_tail(x + d) + digamma_tail(x) + shift;
}

/*
 * With n = a + b, and Stirling's formula for all three, this is
 * a ln(x n/a) + b ln(y n/b) + ln(a b/(2 pi n))/2 + s(n) - s(a) - s(b), and
 * x n/a - 1 = (x b - y a)/a. Of x and y the smaller has the smaller error, which a large power
 * multiplies.
 */
double lts_log_beta_power(double a, double b, double x, double y)
{
    double n = a + b, excess = x * b - y * a;
    if (a >= START && b >= START)
        return a * log1p(excess / a) + b * log1p(-excess / b) + 0.5 * log(a / n * b) -
               half_log_two_pi + stirling(n) - stirling(a) - stirling(b);
    double less = a < b ? a : b, more = a < b ? b : a;
    double log_x = x < y ? log(x) : log1p(-y), log_y = x < y ? log1p(-x) : log(y);
    return a * log_x + b * log_y + lts_log_gamma_step(more, less) - lts_log_gamma(less);
}
