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

double lts_log_gamma(double x)
{
    double product = 1;
    for (; x < START; x++)
        product *= x;
    return (x - 0.5) * log(x) - x + half_log_two_pi + stirling(x) - log(product);
}

/*
 * For x >= START: the two Stirling formulas subtracted, with ln(x + d) = ln x + log1p(d/x) so that
 * what is large in both cancels exactly. Below: the quotients of the recursion, multiplied as long
 * as their product is in range.
 */
double lts_log_gamma_step(double x, double d)
{
    double shift = 0;
    if (x < START) {
        double product = 1;
        shift = log1p(d / x);
        for (x++; x < START; x++) {
            product *= (x + d) / x;
            if (product > 1e200) {
                shift += log(product);
                product = 1;
            }
        }
        shift += log(product);
    }
    return (x - 0.5) * log1p(d / x) + d * log(x + d) - d + stirling(x + d) - stirling(x) - shift;
}

double lts_digamma_step(double x, double d)
{
    double shift = 0;
    for (; x < START; x++)
        shift += d / (x + d) / x;
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
