/* SPDX-License-Identifier: MIT */
#include "score/distribution.h"

#include "score/gamma.h"

#include <math.h>

/*
 * The continued fraction DLMF 8.17.22 by the modified method of Lentz. It takes some
 * sqrt(max(a, b)) steps where x is below the mean of the distribution, a/(a + b).
 */
static double beta_fraction(double a, double b, double x, double y)
{
    static const double tiny = 1e-300, precision = 1e-16;
    double c = 1, d = 0, f = 1;
    for (int i = 1; i < 200000; i++) {
        int half = i / 2;
        double m = half, n = a + i;
        double term = i % 2 == 1 ? -(a + m) * (a + b + m) * x / ((n - 1) * n)
                                 : m * (b - m) * x / ((n - 1) * n);
        d = 1 + term * d;
        c = 1 + term / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        f *= c * d;
        if (fabs(c * d - 1) < precision)
            break;
    }
    return exp(lts_log_beta_power(a, b, x, y)) / (a * f);
}

/*
 * The power series x^a y^b / (a B(a, b)) times the sum of (a+b)_n / (a+1)_n x^n (DLMF 8.17.8),
 * whose terms are positive, for small x. Then the distribution is nearly that of a gamma variable
 * divided by a + b, with mean and variance a: beyond 40 deviations, and 800, it is 1. Where the sum
 * overflows it is 1 too, and fmin() returns 1 for 0 times infinity.
 */
static double beta_series(double a, double b, double x, double y)
{
    double term = 1, sum = 1;
    if (x * (a + b) > a + 40 * sqrt(a) + 800)
        return 1;
    for (int n = 0; n < 1000000 && term > 1e-17 * sum; n++) {
        term *= (a + b + n) * x / (a + 1 + n);
        sum += term;
    }
    return fmin(exp(lts_log_beta_power(a, b, x, y)) / a * sum, 1);
}

/*
 * The fraction in x or in y, whichever converges fast. Where y is nearly 1 the fraction in y loses
 * digits, and the series in x is used.
 */
double lts_incomplete_beta(double a, double b, double x, double y)
{
    if (!(x > 0))
        return 0;
    if (!(y > 0))
        return 1;
    if (x < 1e-3)
        return beta_series(a, b, x, y);
    if (x * (a + b + 2) <= a + 1)
        return beta_fraction(a, b, x, y);
    return 1 - beta_fraction(b, a, y, x);
}

/*
 * Abramowitz and Stegun's 26.2.23, within 4.5e-4, then two steps of Halley's method on the lower
 * tail Phi(x) - p, each of which cubes the error.
 */
double lts_normal_quantile(double p)
{
    static const double root_two = 1.41421356237309504880, root_two_pi = 2.50662827463100050242;
    if (p > 0.5)
        return -lts_normal_quantile(1 - p);
    double t = sqrt(-2 * log(p));
    double x = (2.515517 + t * (0.802853 + t * 0.010328)) /
                   (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
               t;
    for (int i = 0; i < 2; i++) {
        double excess = 0.5 * erfc(-x / root_two) - p;
        double newton = excess * root_two_pi * exp(x * x / 2);
        x -= newton / (1 + x * newton / 2);
    }
    return x;
}

/* The expansion in 1/freedom (Abramowitz and Stegun 26.7.5), for the normal quantile z. */
static double student_expansion(double z, double freedom)
{
    double q = z * z;
    double first = (q + 1) / 4;
    double second = (3 + q * (16 + 5 * q)) / 96;
    double third = (-15 + q * (17 + q * (19 + 3 * q))) / 384;
    return z + z * (first + (second + third / freedom) / freedom) / freedom;
}

/* ln of the density at t. */
static double log_student_density(double t, double freedom)
{
    static const double log_pi = 1.14472988584940017414;
    return lts_log_gamma_step(freedom / 2, 0.5) - 0.5 * (log(freedom) + log_pi) -
           0.5 * (freedom + 1) * log1p(t * t / freedom);
}

/*
 * Solves ln tail(t) = ln p for t > 0 by Newton's method. The normal quantile is nearer to 0 than
 * the root, and the logarithm of the tail is nearly linear in t and then in ln t. What leaves the
 * bracket is replaced by its middle.
 */
double lts_student_quantile(double p, double freedom)
{
    if (p > 0.5)
        return -lts_student_quantile(1 - p, freedom);
    double t = -lts_normal_quantile(p), low = 0, high = INFINITY;
    if (freedom > 1e5)
        return -student_expansion(t, freedom);
    for (int i = 0; i < 100 && t > 0; i++) {
        double square = t * t, n = freedom + square;
        double tail = 0.5 * lts_incomplete_beta(freedom / 2, 0.5, freedom / n, square / n);
        *(tail > p ? &low : &high) = t;
        double step = log(tail / p) * tail / exp(log_student_density(t, freedom));
        double next = t + step;
        if (!(next > low && next < high))
            next = isfinite(high) ? low + (high - low) / 2 : 2 * low;
        if (fabs(next - t) <= 1e-14 * t)
            break;
        t = next;
    }
    return 0 - t; /* 0 at the median, not -0 */
}

/*
 * P(count <= k) = I_x(1/a, k + 1) with the dispersion a and x = 1/(1 + a mean) (DLMF 8.17.24 in
 * other words).
 */
static double count_distribution(double k, double mean, double dispersion)
{
    double product = dispersion * mean;
    return lts_incomplete_beta(1 / dispersion, k + 1, 1 / (1 + product), product / (1 + product));
}

/* Bisection between an integer below the quantile and one that is at least it. */
static double bisect_count(double p, double mean, double dispersion, double low, double high)
{
    while (high - low > 1) {
        double middle = low + floor((high - low) / 2);
        if (middle <= low || middle >= high) /* integers are no longer representable */
            break;
        *(count_distribution(middle, mean, dispersion) >= p ? &high : &low) = middle;
    }
    return high;
}

/*
 * Adds probabilities from 0 up, which is fastest for small counts; then brackets the quantile,
 * from the normal approximation outwards, and bisects.
 */
double lts_count_quantile(double p, double mean, double dispersion)
{
    double odds = dispersion * mean, count = 0;
    double probability = exp(-log1p(odds) / dispersion), sum = probability;
    if (mean < 50 && 1 - p > 1e-9) /* the sum is accurate to some 1e-14 */
        for (int k = 0; k < 200; k++) {
            if (sum >= p)
                return k;
            probability *= mean * (1 + k * dispersion) / ((k + 1) * (1 + odds));
            sum += probability;
        }
    double spread = sqrt(mean * (1 + odds));
    count = floor(fmax(0, mean + lts_normal_quantile(p) * spread));
    double width = fmax(1, floor(spread / 4)), low = count, high = count;
    while (low >= 0 && count_distribution(low, mean, dispersion) >= p) {
        high = low;
        low -= width;
        width *= 2;
    }
    while (high <= low || count_distribution(high, mean, dispersion) < p) {
        low = high;
        high += width;
        width *= 2;
    }
    return bisect_count(p, mean, dispersion, fmax(low, -1), high);
}
