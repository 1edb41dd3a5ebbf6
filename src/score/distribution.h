/* SPDX-License-Identifier: MIT */
/*
 * Quantile functions, 0 < p < 1, to a relative 1e-9 or better from p = 1e-12 on. Above 1/2 they are
 * as accurate as 1 - p is.
 */
#ifndef LTS_SCORE_DISTRIBUTION_H
#define LTS_SCORE_DISTRIBUTION_H

/** The incomplete beta function I_x(a, b), a, b > 0, x + y = 1. */
double lts_incomplete_beta(double a, double b, double x, double y);

/** Of the standard normal distribution. */
double lts_normal_quantile(double p);

/** Of Student's t distribution with `freedom` > 0 degrees of freedom. */
double lts_student_quantile(double p, double freedom);

/**
 * Of the negative binomial distribution with this mean m > 0 and the variance m + dispersion m^2:
 * the least count whose distribution function is at least p.
 */
double lts_count_quantile(double p, double mean, double dispersion);

#endif
