/* SPDX-License-Identifier: MIT */
#include "train/sampling.h"

#include "base/check.h"
#include "base/options.h"
#include "base/status.h"

static lstm_status check_unused(const lstm_sampling_options *o)
{
    bool has_k = o->kind == LSTM_SAMPLING_EXPONENTIAL || o->kind == LSTM_SAMPLING_SIGMOID;
    if (o->period != 0 && o->kind < LSTM_SAMPLING_LINEAR)
        return lts_fail(LSTM_E_ARGUMENT, "period is %lld, but this kind of sampling has none",
                        (long long)o->period);
    if (o->k != 0 && !has_k)
        return lts_fail(LSTM_E_ARGUMENT, "k is %g, but this kind of sampling has none", o->k);
    if (o->final_share != 0 && o->kind == LSTM_SAMPLING_NONE)
        return lts_fail(LSTM_E_ARGUMENT, "final_share is %g, but there is no sampling",
                        o->final_share);
    return LSTM_OK;
}

lstm_status lts_sampling_read(lstm_sampling_options *sampling, const lstm_sampling_options *options)
{
    LTS_READ_OPTIONS(sampling, options, lstm_sampling_options);
    LTS_TRY(lts_check_one_of("sampling kind", sampling->kind, LSTM_SAMPLING_SIGMOID + 1,
                             "LSTM_SAMPLING_NONE, _CONSTANT, _LINEAR, _EXPONENTIAL or _SIGMOID"));
    LTS_TRY(check_unused(sampling));
    if (sampling->period == 0 && sampling->kind != LSTM_SAMPLING_LINEAR)
        sampling->period = 1;
    LTS_TRY(lts_check_at_least("period", sampling->period, 1));
    if (!(sampling->final_share >= 0 && sampling->final_share <= 1))
        return lts_fail(LSTM_E_ARGUMENT, "final_share is %g, expected 0 .. 1",
                        sampling->final_share);
    if (sampling->kind == LSTM_SAMPLING_EXPONENTIAL && !(sampling->k > 0 && sampling->k < 1))
        return lts_fail(LSTM_E_ARGUMENT, "k is %g, expected 0 < k < 1", sampling->k);
    if (sampling->kind == LSTM_SAMPLING_SIGMOID && !(sampling->k >= 1 && isfinite(sampling->k)))
        return lts_fail(LSTM_E_ARGUMENT, "k is %g, expected at least 1", sampling->k);
    return LSTM_OK;
}

double lts_sampling_share(const lstm_sampling_options *sampling, uint64_t iteration)
{
    double turn = (double)iteration / (double)sampling->period, k = sampling->k, share = 0;
    switch (sampling->kind) {
    case LSTM_SAMPLING_NONE:
        return 1;
    case LSTM_SAMPLING_LINEAR:
        share = 1 - turn;
        break;
    case LSTM_SAMPLING_EXPONENTIAL:
        share = pow(k, turn);
        break;
    case LSTM_SAMPLING_SIGMOID:
        share = k / (k + exp(turn / k));
        break;
    default:
        break;
    }
    return share > sampling->final_share ? share : sampling->final_share;
}
