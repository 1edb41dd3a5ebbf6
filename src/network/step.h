/* SPDX-License-Identifier: MIT */
/*
 * One step of an optimizer, reduced to constants that any device can apply to blocks of the
 * parameter table. train/optimizer has the options and computes the constants.
 */
#ifndef LTS_NETWORK_STEP_H
#define LTS_NETWORK_STEP_H

#include "kernels/training.h"

enum { LTS_MAX_MOMENTS = 3 };

struct lts_step_part;

typedef struct lts_step {
    int64_t kind;  /**< LSTM_ADAM ... (lstmts/optimizer.h)                       */
    real rate;     /**< SGD, momentum, AdaGrad; else in `adam` or `rmsprop`      */
    real momentum; /**< momentum                                                 */
    real eps;      /**< AdaGrad                                                  */
    lts_adam adam; /**< the Adam family                                          */
    lts_rmsprop rmsprop;
    double average; /**< weight of the new values in the average that a device keeps; 0 = none */
    int64_t n_part; /**< parts of a block that have steps of their own */
    const struct lts_step_part *parts; /**< [n_part]                                       */
} lts_step;

/** The step of elements first .. end - 1 of a block, a tensor. */
typedef struct lts_step_part {
    int64_t first, end;
    bool frozen; /**< they do not change */
    lts_step step;
} lts_step_part;

/** The step of the tensor that has element `at` of a block; NULL if it is frozen. */
const lts_step *lts_step_of_element(const lts_step *step, int64_t at);

/** Update n values of one tensor and their moments by the gradient; not by the steps of parts. */
void lts_step_apply(const lts_step *step, const lts_training_kernels *kernels, int64_t n,
                    const real *gradient, real *const moments[LTS_MAX_MOMENTS], real *values);

#endif
