/* SPDX-License-Identifier: MIT */
#ifndef LTS_SCORE_CALLER_LOSS_H
#define LTS_SCORE_CALLER_LOSS_H

#include "base/float_env.h"
#include <lstmts/loss.h>

/** A caller's loss. */
typedef struct lts_caller_loss {
    lstm_loss_fn fn; /**< NULL = none */
    void *user;
    lts_float_env *host; /**< the host's environment during an update        */
    bool ended;          /**< the last call ended the update                 */
} lts_caller_loss;

/** Call it in the host's environment. If it ends the update, step_loss[0] becomes NaN. */
void lts_caller_loss_run(lts_caller_loss *caller, const lstm_loss_batch *batch);

#endif
