/* SPDX-License-Identifier: MIT */
/*
 * A reference implementation of the model, its unroll, the hooks and the optimizers, written from
 * docs/numerics.md and the public headers alone: in double, one element and one window at a time,
 * sharing no code with the library. Slow and plain on purpose.
 */
#ifndef TESTS_REFERENCE_H
#define TESTS_REFERENCE_H

#include <lstmts/lstmts.h>
#include <stdbool.h>

enum { REFERENCE_MAX_LAYERS = 3 };

/** A model's parameters, in double. */
typedef struct reference_net {
    int64_t D, K, H, L;
    double *weight_in, *bias_in, *weight_out, *bias_out;
    double *weight_x[REFERENCE_MAX_LAYERS], *weight_h[REFERENCE_MAX_LAYERS];
    double *bias[REFERENCE_MAX_LAYERS];
} reference_net;

/** Copy the parameters of a model; a failure fails the running test. */
void reference_net_open(reference_net *net, const lstm_model *model);
void reference_net_close(reference_net *net);

/** Rows, the roles of their columns, and the plan of a window. */
typedef struct reference_plan {
    const double *rows; /**< [n_row, n_column]                       */
    int64_t n_row, n_column;
    const int64_t *role; /**< [n_column] LSTM_ROLE_*                  */
    int64_t T, pred, support_len;
    int64_t lag;  /**< 0 = pred                                   */
    bool article; /**< the literal update_core, which has no lag */
} reference_plan;

/** Number of model calls of an unroll. */
int64_t reference_calls(const reference_plan *plan);

/**
 * Unroll the window at `offset` from zero state.
 *
 * @param[out] y            [calls, K]
 * @param[out] target_step  [calls] step whose target the output is scored against, or -1
 * @param[out] state        [L, 2, H] after the last call: of each layer first h, then c
 */
void reference_unroll(const reference_net *net, const reference_plan *plan, int64_t offset,
                      double *y, int64_t *target_step, double *state);

/** The target columns of row offset + t + pred, or NaN after the last row: [K]. */
void reference_target(const reference_plan *plan, int64_t offset, int64_t t, double *target);

/** Run the hooks in order over all n gradients g of the parameters p. */
void reference_hooks(const lstm_hook *hooks, int64_t n_hook, int64_t n, const double *p, double *g);

/** Moments of n parameters; unused ones stay zero. */
typedef struct reference_moments {
    double *m, *v, *vhat, *s;
} reference_moments;

/** Apply update number t, from 1, to n parameters p with the gradients g. */
void reference_optimize(const lstm_optimizer_options *options, int64_t t, int64_t n, double *p,
                        const double *g, reference_moments *moments);

#endif
