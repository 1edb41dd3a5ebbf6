/* SPDX-License-Identifier: MIT */
#include "run/pending.h"

#include "base/status.h"

lstm_status lts_trigger_check(const char *name, const lstm_trigger *trigger, int64_t last_unit)
{
    if (trigger->every < 0)
        return lts_fail(LSTM_E_ARGUMENT, "%s.every is %lld, expected at least 0", name,
                        (long long)trigger->every);
    if (trigger->unit < 0 || trigger->unit > last_unit)
        return lts_fail(LSTM_E_ARGUMENT, "%s.unit is %lld, expected %s", name,
                        (long long)trigger->unit,
                        last_unit == LSTM_SECONDS ? "LSTM_ITERATIONS, LSTM_EPOCHS or LSTM_SECONDS"
                                                  : "LSTM_ITERATIONS or LSTM_EPOCHS");
    return LSTM_OK;
}

bool lts_trigger_fires(const lstm_trigger *trigger, const lts_moment *moment)
{
    uint64_t every = (uint64_t)trigger->every;
    if (every == 0)
        return false;
    if (trigger->unit == LSTM_ITERATIONS)
        return moment->iteration % every == 0;
    return moment->epoch / every > moment->epoch_before / every;
}

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
