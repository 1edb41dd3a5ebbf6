/* SPDX-License-Identifier: MIT */
/*
 * A batch of windows through the network, forward over a plan and backward through time.
 */
#ifndef LTS_NETWORK_UNROLL_H
#define LTS_NETWORK_UNROLL_H

#include "data/columns.h"
#include "network/gradients.h"
#include "network/plan.h"

typedef struct lts_unroll {
    const lts_params *params;   /**< borrowed */
    const lts_columns *columns; /**< borrowed */
    const lts_plan *plan;       /**< borrowed */
    lts_pool *pool;             /**< owned; NULL for one thread */
    lts_packed packed;          /**< of the parameters at the last refresh */
    lts_trace trace;
    lts_adjoint adjoint;
    lts_gradients gradients;
    real *target; /**< [T, B, K] */
} lts_unroll;

/**
 * How many of these threads have enough to do in n_call calls of B windows. A thread that forwards
 * less than 4 million multiply-adds (some 50 microseconds, and twice that backward) gains less than
 * it loses by waiting for the others and for what they have written. The environment's
 * LSTMTS_SPLIT, if 1, splits any work: results must be the same bits. One thread for kernels that
 * have threads of their own, whose bits may depend on the number of rows.
 */
int64_t lts_worth_threads(const lts_kernels *kernels, const lts_params *params, double n_call,
                          int64_t B, int64_t n_thread);

/**
 * Allocate for B windows, to be worked on by n_thread threads. On failure (LSTM_E_LIMIT,
 * LSTM_E_NOMEM) there is nothing to clear.
 */
lstm_status lts_unroll_init(lts_unroll *unroll, const lts_params *params,
                            const lts_columns *columns, const lts_plan *plan,
                            const lts_kernels *kernels, int64_t B, int64_t n_thread);
void lts_unroll_clear(lts_unroll *unroll);

/** Use these parameters from now on, after `move` (or NULL): see lts_packed_refresh(). */
void lts_unroll_refresh(lts_unroll *unroll, const real *values, const lts_move *move);

/**
 * Forward from zero state over the windows at offsets [B] of the series.
 * @param[out] step_loss [T] mean squared error of each step; the loss is their sum
 */
void lts_unroll_forward(lts_unroll *unroll, const lstm_series *series, const int64_t *offsets,
                        int64_t B, int64_t pred, double *step_loss);

/**
 * Backward from that loss; `values` are the parameters of the last refresh. `gradient`, a block of
 * the table's layout, is overwritten.
 */
void lts_unroll_backward(lts_unroll *unroll, const real *values, real *gradient);

#endif
