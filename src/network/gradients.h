/* SPDX-License-Identifier: MIT */
/*
 * Gradients of all parameters, from the trace after backward: inputs and dz of all calls.
 *
 * The gradient of a weight is a sum over calls and windows of outer products. All outer products
 * with the same dz are computed as one: with a row [h_{t-1} | in | 1] for each dz, [h | in | 1]^T
 * dz is the transpose of [dW_h | dW_in | db]. If the input layer is folded, `in` is x; the middle
 * part P and the last part q of the product then give
 *
 *     dW_x = P W_in^T + q b_in^T;   dW_in = W_x^T P;   db_in = W_x^T q;   db = q
 */
#ifndef LTS_NETWORK_GRADIENTS_H
#define LTS_NETWORK_GRADIENTS_H

#include "base/threads.h"
#include "network/segment.h"

/** Workspace of the products. */
typedef struct lts_gradients {
    real
        *strips; /**< a chunk of rows [h | in | 1] (kernels/kernels.h), or of a linear layer's dv */
    real *panels;     /**< a chunk of rows [in | 1] of a linear layer                           */
    real *product;    /**< [H + n_in + 1, G] of the largest layer, or of the input layer */
    real *output;     /**< [K, H + 1], or its transpose if K >= H: of the output layer */
    real *fold;       /**< [4H, D + 1]: P | q of a folded first layer, gate blocks, or NULL */
    real *fold_input; /**< panels of [D + 1, H]: W_in and b_in side by side, transposed, or NULL */
    lts_part *left;   /**< the strips in parts, or NULL                                  */
    lts_part *right;  /**< a chunk of rows of dz in parts, or NULL                       */
} lts_gradients;

/** On failure (LSTM_E_NOMEM) there is nothing to clear. */
lstm_status lts_gradients_init(lts_gradients *gradients, const lts_packed *packed);
void lts_gradients_clear(lts_gradients *gradients);

/**
 * The output layer's products of calls first .. first + n - 1, whose dy is [n, B, K]. They are
 * added to those of the calls before unless `first` is 0.
 */
void lts_gradients_add_outputs(const lts_gradients *gradients, lts_pool *pool,
                               const lts_packed *packed, const lts_trace *trace, const real *dy,
                               int64_t first, int64_t n);

/** After lts_gradients_add_outputs() of all calls: write all gradients to `gradient`, a block. */
void lts_gradients_compute(const lts_gradients *gradients, lts_pool *pool, const lts_packed *packed,
                           const lts_params *params, const real *values, const lts_trace *trace,
                           const lts_adjoint *adjoint, real *gradient);

#endif
