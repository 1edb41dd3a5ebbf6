/* SPDX-License-Identifier: MIT */
/*
 * Gradients of all parameters, when forward and backward have left inputs and dz of all calls.
 *
 * Every gradient of a weight is a sum over calls and windows of an outer product. All that multiply
 * the same dz are one product: with a row [h_{t-1} | in | 1] beside each dz, [h | in | 1]^T dz is
 * the transpose of [dW_h | dW_in | db]. If the input layer is folded, in is x, and the middle part
 * P and the last q give dW_x = P W_in^T + q b_in^T;   dW_in = W_x^T P;   db_in = W_x^T q;   db = q
 */
#ifndef LTS_NETWORK_GRADIENTS_H
#define LTS_NETWORK_GRADIENTS_H

#include "base/threads.h"
#include "network/segment.h"

/** Room for the products. */
typedef struct lts_gradients {
    real *strips;     /**< a chunk of such rows (kernels/kernels.h), or of dv of a linear layer */
    real *panels;     /**< and of [in | 1], what a linear layer reads                           */
    real *product;    /**< [H + n_in + 1, G] of the largest layer, or of a linear one */
    real *fold;       /**< [4H, D + 1]: P | q of a folded first layer, gate blocks     */
    real *fold_input; /**< panels of [D + 1, H]: W_in and b_in side by side, transposed  */
} lts_gradients;

/** On failure (LSTM_E_NOMEM) there is nothing to clear. */
lstm_status lts_gradients_init(lts_gradients *gradients, const lts_packed *packed);
void lts_gradients_clear(lts_gradients *gradients);

/** All gradients into `gradient`, a block of the table, which is overwritten. */
void lts_gradients_compute(const lts_gradients *gradients, lts_pool *pool, const lts_packed *packed,
                           const lts_params *params, const real *values, const lts_trace *trace,
                           const lts_adjoint *adjoint, real *gradient);

#endif
