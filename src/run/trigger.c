/* SPDX-License-Identifier: MIT */
#include "run/trigger.h"

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
