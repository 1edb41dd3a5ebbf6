/* SPDX-License-Identifier: MIT */
/*
 * Sweeps over whole parameter blocks: sums, scalings, and the optimizers' element-wise updates,
 * with the formulas of lstmts/optimizer.h. `n` elements each; arrays do not overlap.
 */
#ifndef LTS_KERNELS_SWEEP_H
#define LTS_KERNELS_SWEEP_H

#include "base/real.h"

/** Sum of squares, summed in double. */
double lts_sum_of_squares(int64_t n, const real *values);

/** values *= factor */
void lts_scale(int64_t n, real factor, real *values);

/** y += factor x */
void lts_add_scaled(int64_t n, real factor, const real *x, real *y);

/** sums[j] += sum over rows of a [rows, columns] */
void lts_add_column_sums(int64_t rows, int64_t columns, const real *a, real *sums);

/** Constants of one Adam step; the caller has folded rate and bias corrections into them. */
typedef struct lts_adam {
    real one_minus_beta1, one_minus_beta2;
    real rate;    /**< on m / (root + eps)                     */
    real root_by; /**< multiplies sqrt(v) before eps is added  */
    real eps;
    real decay; /**< p -= decay p first                        */
} lts_adam;

/**
 * m, v, and p of Adam; with `vhat` not NULL its running maximum stands in v's place (AMSGrad).
 *     p -= decay p + rate m / (root_by sqrt(v) + eps), both p on the right the old one
 */
void lts_sweep_adam(int64_t n, const lts_adam *k, const real *g, real *m, real *v, real *vhat,
                    real *p);

void lts_sweep_sgd(int64_t n, real rate, const real *g, real *p);
void lts_sweep_momentum(int64_t n, real rate, real momentum, const real *g, real *v, real *p);

/** Constants of RMSprop. 1 - decay is rounded once, from double: as a float it has lost digits. */
typedef struct lts_rmsprop {
    real rate, decay, one_minus_decay;
    real eps_outside; /**< behind the root */
    real eps_inside;  /**< under it        */
} lts_rmsprop;

void lts_sweep_rmsprop(int64_t n, const lts_rmsprop *k, const real *g, real *s, real *p);

void lts_sweep_adagrad(int64_t n, real rate, real eps, const real *g, real *s, real *p);

#endif
