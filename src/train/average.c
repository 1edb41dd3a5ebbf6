/* SPDX-License-Identifier: MIT */
/*
 * The weights d^(t-i) of updates i = 1 .. t add up to (1 - d^t) / (1 - d), so that with
 *
 *     w = (1 - d) / (1 - d^t)
 *
 * the average after update t is (1 - w) times the one before plus w times the parameters. The
 * initial parameters have no part in it: the first w is 1.
 */
#include "train/average.h"

#include "base/memory.h"
#include "base/status.h"

lstm_status lts_average_init(lts_average *average, const lts_params *params, double decay)
{
    *average = (lts_average){.decay = decay};
    if (!(decay >= 0 && decay < 1))
        return lts_fail(LSTM_E_ARGUMENT, "average_decay is %.17g, expected 0 <= average_decay < 1",
                        decay);
    if (decay > 0)
        average->values = lts_params_new_block(params);
    return decay > 0 && average->values == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

void lts_average_clear(lts_average *average)
{
    lts_free(average->values);
    *average = (lts_average){0};
}

double lts_average_weight(const lts_average *average, uint64_t t)
{
    return (1 - average->decay) / (1 - pow(average->decay, (double)t));
}

void lts_average_add(lts_average *average, const lts_params *params, uint64_t t, const real *values)
{
    double weight = lts_average_weight(average, t);
    real new = (real)weight, old = (real)(1 - weight);
    if (t == 1)
        memcpy(average->values, values, (size_t)params->total * sizeof *values);
    else
        for (int64_t i = 0; i < params->total; i++)
            average->values[i] = old * average->values[i] + new *values[i];
}
