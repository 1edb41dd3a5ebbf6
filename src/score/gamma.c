/* SPDX-License-Identifier: MIT */
#include "score/gamma.h"

/*
 * With n = a + b, and Stirling's formula for all three, this is
 * a ln(x n/a) + b ln(y n/b) + ln(a b/(2 pi n))/2 + s(n) - s(a) - s(b), and
 * x n/a - 1 = (x b - y a)/a. Of x and y the smaller has the smaller error, which a large power
 * multiplies.
 */
double lts_log_beta_power(double a, double b, double x, double y)
{
    double n = a + b, excess = x * b - y * a;
    if (a >= LTS_GAMMA_START && b >= LTS_GAMMA_START)
        return a * log1p(excess / a) + b * log1p(-excess / b) + 0.5 * log(a / n * b) -
               LTS_HALF_LOG_TWO_PI + lts_stirling(n) - lts_stirling(a) - lts_stirling(b);
    double less = a < b ? a : b, more = a < b ? b : a;
    double log_x = x < y ? log(x) : log1p(-y), log_y = x < y ? log1p(-x) : log(y);
    return a * log_x + b * log_y + lts_log_gamma_step(more, less) - lts_log_gamma(less);
}
