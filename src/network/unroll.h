/* SPDX-License-Identifier: MIT */
/*
 * The unroll of a batch of windows: forward over a plan, and backward through time.
 */
#ifndef LTS_NETWORK_UNROLL_H
#define LTS_NETWORK_UNROLL_H

#include "network/gradients.h"
#include "network/plan.h"
#include "score/loss.h"
#include "view/source.h"

typedef struct lts_unroll {
    const lts_params *params; /**< borrowed */
    lts_source source;        /**< borrowed */
    const lts_plan *plan;     /**< borrowed; may be cut between two unrolls */
    const lts_loss *loss;     /**< borrowed */
    lts_pool *pool;           /**< owned; NULL for one thread */
    lts_packed packed;        /**< of the parameters at the last refresh */
    lts_reader reader;        /**< of the source */
    lts_trace trace;
    lts_adjoint adjoint;
    lts_gradients gradients;
    bool scores_early; /**< outputs are scored and passed backward before all calls are made */
    int64_t n_at_once; /**< calls between two scorings                                      */
    real *target;      /**< [T, B, K] of the source, whose K may be less than the network's; NULL if
                       they are the inputs `pred` calls later, of which x has as many more */
    real *weight;      /**< [T, B, K] of the targets; NULL = 1 */
    real *location; /**< [2, B, K] of one call and their gradient; NULL if outputs are locations */
    uint8_t *fed; /**< [n_call, B, D] whether an input is an output; NULL if the plan decides it */
} lts_unroll;

/**
 * How many of n_thread threads are worth using for n_call calls of B windows. A thread with less
 * than 4 million multiply-adds forward (some 50 microseconds, and twice that backward) gains less
 * than it loses by synchronization and cache misses. LSTMTS_SPLIT=1 uses all threads; the results
 * have the same bits. Kernels with threads of their own get one thread, since their bits may depend
 * on the number of rows.
 */
int64_t lts_worth_threads(const lts_kernels *kernels, const lts_params *params, double n_call,
                          int64_t B, int64_t n_thread);

/** What is unrolled; everything is borrowed. */
typedef struct lts_unroll_options {
    const lts_params *params;
    lts_source source;
    const lts_plan *plan;
    const lts_kernels *kernels;
    bool folded;
    int64_t B;           /**< windows of the largest batch */
    int64_t n_thread;    /**< largest number of threads    */
    lts_dropout dropout; /**< of the outputs of all layers */
    const lts_loss *loss;
    int64_t precision; /**< LSTM_PRECISION_* */
} lts_unroll_options;

/**
 * Allocate for B windows and at most n_thread threads. On failure (LSTM_E_LIMIT, LSTM_E_NOMEM)
 * there is nothing to clear.
 */
lstm_status lts_unroll_init(lts_unroll *unroll, const lts_unroll_options *options);
void lts_unroll_clear(lts_unroll *unroll);

/** Pack the parameters, after applying `block_step` unless it is NULL: see lts_packed_refresh(). */
void lts_unroll_refresh(lts_unroll *unroll, const real *values, const lts_block_step *block_step);

/**
 * Forward over the windows of a batch from its state.
 * @param[out] step_loss [T] mean squared error of each step; the loss is their sum
 */
void lts_unroll_forward(lts_unroll *unroll, const lts_batch *batch, double *step_loss);

/** [T, B, K] targets of the batch. */
const real *lts_unroll_targets(const lts_unroll *unroll);

/**
 * Backward after lts_unroll_forward(). `values` are the parameters of the last refresh. Writes
 * `gradient`, a block of the table.
 */
void lts_unroll_backward(lts_unroll *unroll, const real *values, real *gradient);

#endif
