/* SPDX-License-Identifier: MIT */
#include "score/caller_loss.h"

#include <math.h>

static int call(const lts_caller_loss *caller, const lstm_loss_batch *batch)
{
    LTS_FLOAT_HOST(caller->host);
    return caller->fn(batch, caller->user);
}

void lts_caller_loss_run(lts_caller_loss *caller, const lstm_loss_batch *batch)
{
    caller->ended = call(caller, batch) != 0;
    if (caller->ended)
        batch->step_loss[0] = (double)NAN;
}
