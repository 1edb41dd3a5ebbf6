/* SPDX-License-Identifier: MIT */
/*
 * One step of an optimizer, reduced to constants that any device can apply to blocks of the
 * parameter table. train/optimizer has the options and computes the constants.
 */
#ifndef LTS_NETWORK_STEP_H
#define LTS_NETWORK_STEP_H

#include "kernels/training.h"

enum { LTS_MAX_MOMENTS = 3 };

typedef struct lts_step {
    int64_t kind;  /**< LSTM_ADAM ... (lstmts/optimizer.h)                       */
    real rate;     /**< SGD, momentum, AdaGrad; else in `adam` or `rmsprop`      */
    real momentum; /**< momentum                                                 */
    real eps;      /**< AdaGrad                                                  */
    lts_adam adam; /**< the Adam family                                          */
    lts_rmsprop rmsprop;
} lts_step;

/** Update n values and their moments by the gradient. */
void lts_step_apply(const lts_step *step, const lts_training_kernels *kernels, int64_t n,
                    const real *gradient, real *const moments[LTS_MAX_MOMENTS], real *values);

#endif
