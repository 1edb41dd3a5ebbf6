/* SPDX-License-Identifier: MIT */
/*
 * Gradients compared with differences of the loss. In float they say nothing.
 *
 * A gradient is compared with differences of the loss that the library reports for the same
 * windows. (test_reference.c compares that loss with one that shares no code with the library.)
 * With the central difference d(h) = (E(p+h) - E(p-h)) / 2h = E' + a h^2 + b h^4 + .., the
 * difference is (4 d(h/2) - d(h)) / 3 = E' - b h^4 / 4 - ...
 *
 * The measure: |gradient - difference| <= 1e-8 |G| + r, with |G| the L2 norm of the gradient of the
 * tensor that the element belongs to; along a direction of length 1 over all parameters, the norm
 * of the whole gradient. r = 8 eps E / (h/2) bounds the effect of rounding a loss E on the
 * difference, about 2e-12: it matters where a tensor's gradient is below about 1e-3.
 */
#ifndef TESTS_GRADIENT_CASE_H
#define TESTS_GRADIENT_CASE_H

#include "random_plan.h"

enum { GRADIENT_MAX_SIZE = 2048 };

/** A case with its parameters, and loss and gradient at them. */
typedef struct gradient_case {
    random_plan random;
    double step; /**< h */
    int64_t size;
    double loss;
    double parameters[GRADIENT_MAX_SIZE], gradient[GRADIENT_MAX_SIZE];
    lstm_iter_position before; /**< of the batch that is differentiated */
} gradient_case;

/** Open case `number`, without loss and gradient. */
void gradient_case_open(gradient_case *c, uint64_t number, const random_recipe *recipe);
void gradient_case_close(gradient_case *c);

/** Compute loss and gradient of the next batch. */
void gradient_case_take(gradient_case *c);

/**
 * Compare some elements of each tensor with differences, or a direction over all of them. Return
 * the largest error relative to what is allowed; an error above it fails the running test.
 */
double gradient_case_check_elements(gradient_case *c, random_stream *stream);
double gradient_case_check_direction(gradient_case *c, random_stream *stream);

/** The L2 norm. */
double gradient_norm(const double *values, int64_t n);

/** The largest error relative to |G| so far, without the allowance r, where |G| >= 1e-3. */
extern double gradient_largest_relative;

#endif
