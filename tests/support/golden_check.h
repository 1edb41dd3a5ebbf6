/* SPDX-License-Identifier: MIT */
/*
 * Runs a golden case and passes all of its numbers, together with the library's, to the test.
 */
#ifndef TESTS_GOLDEN_CHECK_H
#define TESTS_GOLDEN_CHECK_H

#include "golden_run.h"

/** The compared quantities, and their names in messages. */
#define GOLDEN_QUANTITIES(X)                                                                       \
    X(GOLDEN_OUTPUT, "outputs")                                                                    \
    X(GOLDEN_STATE, "state")                                                                       \
    X(GOLDEN_STEP_LOSS, "step losses")                                                             \
    X(GOLDEN_LOSS, "loss")                                                                         \
    X(GOLDEN_GRADIENT_NORM, "gradient norm")                                                       \
    X(GOLDEN_GRADIENT, "gradients")                                                                \
    X(GOLDEN_HOOKED_GRADIENT, "hooked gradients")                                                  \
    X(GOLDEN_PARAMETER, "final parameters")                                                        \
    X(GOLDEN_MOMENT, "optimizer moments")                                                          \
    X(GOLDEN_VALID, "valid tables")                                                                \
    X(GOLDEN_PRED, "pred tables")

#define GOLDEN_ENUM_(name, text) name,
typedef enum golden_quantity { GOLDEN_QUANTITIES(GOLDEN_ENUM_) GOLDEN_N_QUANTITY } golden_quantity;

/** Numbers of an array of the case, and the library's. */
typedef struct golden_numbers {
    golden_quantity quantity;
    const char *what; /**< the array's name                                   */
    int64_t first;    /**< want[0] is its element `first`                     */
    int64_t every;    /**< want[i] is its element first + i * every           */
    int64_t n;
    const double *got, *want; /**< [n] */
} golden_numbers;

/** All updates: outputs, state, losses, gradients, parameters and moments. */
void golden_check_training(const golden_run *run);

/** valid() and pred() of the trained model. */
void golden_check_forecasts(const golden_run *run);

#endif
