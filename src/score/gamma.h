/* SPDX-License-Identifier: MIT */
/*
 * The logarithm of the gamma function, and differences of it and of its derivative that do not
 * cancel. libm's lgamma() writes the global signgam, so it is not used.
 */
#ifndef LTS_SCORE_GAMMA_H
#define LTS_SCORE_GAMMA_H

/** ln Gamma(x), x > 0, to an absolute 1e-14 or a relative 1e-15. */
double lts_log_gamma(double x);

/** ln Gamma(x + d) - ln Gamma(x), x > 0, d >= 0. */
double lts_log_gamma_step(double x, double d);

/** psi(x + d) - psi(x), psi = (ln Gamma)', x > 0, d >= 0. */
double lts_digamma_step(double x, double d);

/** ln(x^a y^b / B(a, b)), a, b > 0, 0 < x, y < 1, x + y = 1. */
double lts_log_beta_power(double a, double b, double x, double y);

#endif
