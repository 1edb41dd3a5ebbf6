/* SPDX-License-Identifier: MIT */
/*
 * The kernels of a set that only training needs. Their table is apart from that of kernels.h: a
 * static program that only forecasts names none of these tables, so its linker leaves out the
 * kernels (-Wl,--gc-sections).
 */
#ifndef LTS_KERNELS_TRAINING_H
#define LTS_KERNELS_TRAINING_H

#include "kernels/kernels.h"
#include "kernels/parts.h"

/** Constants of one Adam step, which include the rate and the bias corrections. */
typedef struct lts_adam {
    real one_minus_beta1, one_minus_beta2;
    real rate;    /**< on m / (root + eps)                     */
    real root_by; /**< multiplies sqrt(v) before eps is added  */
    real eps;
    real decay; /**< p -= decay p besides, of the old p        */
} lts_adam;

/** Constants of RMSprop. 1 - decay is computed in double and rounded once: 1 - (float)decay would
 * lose digits. */
typedef struct lts_rmsprop {
    real rate, decay, one_minus_decay;
    real eps_outside; /**< behind the root */
    real eps_inside;  /**< under it        */
} lts_rmsprop;

/** More products with packed matrices; see lts_product_kernels. */
typedef struct lts_training_products {
    /** As `multiply`, where A [m, n_inner] is packed too. n_inner > 0. */
    void (*multiply_packed)(int64_t m, int64_t n, int64_t n_inner, const lts_rows *a,
                            const real *packed_b, const real *start, int64_t start_row, real *c,
                            int64_t ldc);
    /** The same with the transpose of A [n_inner, m] in strips, and n_inner rows of B. */
    void (*multiply_transposed)(int64_t m, int64_t n, int64_t n_inner, const real *strips,
                                const lts_rows *b, const real *start, int64_t start_row, real *c,
                                int64_t ldc);
} lts_training_products;

/** The LSTM cell's adjoint. */
typedef struct lts_training_cells {
    /**
     * The adjoint of lts_cell_kernels.gates, for all rows and units. In: dh [B, H'] and dc [B, H'].
     * Out: dz in place of the gates, and in dc the gradient by c_prev.
     */
    void (*backward)(const lts_cells *cells, const real *dh, real *dc);
} lts_training_cells;

/** The fold's backward product, summed in double. */
typedef struct lts_training_fold {
    /**
     * The transpose of A [rows, n] times P [rows, D]: its first D - 1 columns to C [n, D - 1], its
     * last column to last [n].
     */
    void (*backward)(int64_t rows, int64_t n, int64_t D, const real *a, const real *p, real *c,
                     real *last);
} lts_training_fold;

/** Passes over n elements; arrays do not overlap. */
typedef struct lts_training_elementwise {
    /** Summed in double. */
    double (*sum_of_squares)(int64_t n, const real *values);
    /** values *= factor */
    void (*scale)(int64_t n, real factor, real *values);
    /** y += factor x */
    void (*add_scaled)(int64_t n, real factor, const real *x, real *y);
    /**
     * Adam: updates m, v and p. If `vhat` is not NULL, its running maximum is used in place of v
     * (AMSGrad).
     *     p -= decay p + rate m / (root_by sqrt(v) + eps), both p on the right the old one
     */
    void (*adam)(int64_t n, const lts_adam *k, const real *g, real *m, real *v, real *vhat,
                 real *p);
    void (*sgd)(int64_t n, real rate, const real *g, real *p);
    void (*momentum)(int64_t n, real rate, real mu, const real *g, real *v, real *p);
    void (*rmsprop)(int64_t n, const lts_rmsprop *k, const real *g, real *s, real *p);
    void (*adagrad)(int64_t n, real rate, real eps, const real *g, real *s, real *p);
} lts_training_elementwise;

typedef struct lts_training_kernels {
    const lts_training_products *products;
    const lts_training_cells *cells;
    const lts_training_fold *fold;
    const lts_training_elementwise *elementwise;
    const lts_part_kernels *parts; /**< or NULL */
} lts_training_kernels;

/** The training kernels of a set. */
const lts_training_kernels *lts_training_kernels_of(const lts_kernels *kernels);

#endif
