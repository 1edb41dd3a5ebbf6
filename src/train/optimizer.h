/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_OPTIMIZER_H
#define LTS_TRAIN_OPTIMIZER_H

#include "kernels/kernels.h"
#include "network/params.h"
#include <lstmts/optimizer.h>

enum { LTS_MAX_MOMENTS = 3 };

/** Bounds: no parameter, and no element of a moment, is larger. */
typedef struct lts_reach {
    double value, moment[LTS_MAX_MOMENTS];
} lts_reach;

/** An optimizer and its moments, each a block of the parameter table's layout. */
typedef struct lts_optimizer {
    const lts_kernels *kernels;
    lstm_optimizer_options options; /**< with the defaults filled in */
    int64_t n_moment;
    const char *names[LTS_MAX_MOMENTS]; /**< as lstm_updater_moment() knows them */
    real *moments[LTS_MAX_MOMENTS];
    lts_reach reach; /**< after the last step */
} lts_optimizer;

/** Read options (NULL = Adam); LSTM_E_ARGUMENT naming the field. On failure nothing is to clear. */
lstm_status lts_optimizer_init(lts_optimizer *optimizer, const lts_params *params,
                               const lstm_optimizer_options *options);
void lts_optimizer_clear(lts_optimizer *optimizer);

/** A step of an optimizer, said as the kernels take it. */
typedef struct lts_step {
    lts_optimizer *optimizer; /**< borrowed, as are gradient and values */
    const real *gradient;
    real *values;
    real rate;
    lts_adam adam;
    lts_rmsprop rmsprop;
} lts_step;

/**
 * Begin update number t, from 1, with learning rate `rate`; `norm` is the gradient's.
 * LSTM_E_NUMERIC if a parameter or moment would not stay finite. Otherwise lts_step_run() must run
 * once over all parameters. Nothing has moved yet.
 */
lstm_status lts_step_begin(lts_step *step, lts_optimizer *optimizer, const lts_params *params,
                           uint64_t t, double rate, const real *gradient, double norm,
                           real *values);

/** Moments and values first .. first + n - 1 move. */
void lts_step_run(const lts_step *step, int64_t first, int64_t n);

/** To be called when somebody else has changed values or moments since the last step. */
void lts_optimizer_forget(lts_optimizer *optimizer);

/** Check hooks: LSTM_E_ARGUMENT naming the hook's place. */
lstm_status lts_hooks_check(const lstm_hook *hooks, int64_t n_hook);

/** Run hooks in order over a gradient block. */
void lts_hooks_run(const lts_kernels *kernels, const lstm_hook *hooks, int64_t n_hook,
                   const lts_params *params, const real *values, real *gradient);

#endif
