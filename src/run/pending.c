/* SPDX-License-Identifier: MIT */
#include "run/pending.h"

void lts_pending_begin(lts_pending_steps *pending, const lts_moment *moment)
{
    *pending = (lts_pending_steps){.active = true, .unsaved = true, .moment = *moment};
}

bool lts_pending_next(const lts_pending_steps *pending, lts_run_step *step)
{
    *step = pending->next;
    return pending->active;
}

lstm_status lts_pending_done(lts_pending_steps *pending, lstm_status status)
{
    if (status == LSTM_E_NUMERIC)
        lts_pending_clear(pending);
    if (status < 0)
        return status;
    if (pending->active && ++pending->next == LTS_N_STEP)
        pending->active = false;
    return status;
}

void lts_pending_discard_stale(lts_pending_steps *pending, uint64_t iteration)
{
    if (pending->moment.iteration != iteration)
        pending->active = false;
}

void lts_pending_clear(lts_pending_steps *pending)
{
    *pending = (lts_pending_steps){0};
}

bool lts_pending_has(const lts_pending_steps *pending, lts_run_step step, uint64_t iteration)
{
    return pending->active && pending->moment.iteration == iteration && pending->next <= step;
}
