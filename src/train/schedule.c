/* SPDX-License-Identifier: MIT */
#include "train/schedule.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/options.h"
#include "base/status.h"

static lstm_status check_range(const lstm_schedule_options *schedule)
{
    LTS_TRY(lts_check_one_of("schedule kind", schedule->kind, LSTM_SCHEDULE_COSINE + 1,
                             "LSTM_SCHEDULE_CONSTANT, _STEP, _EXPONENTIAL or _COSINE"));
    LTS_TRY(lts_check_at_least("begin", schedule->begin, 0));
    LTS_TRY(lts_check_at_least("warmup", schedule->warmup, 0));
    LTS_TRY(lts_check_at_least("period", schedule->period, 1));
    if (!(schedule->gamma > 0) || !isfinite(schedule->gamma))
        return lts_fail(LSTM_E_ARGUMENT, "gamma is %g, expected a value above 0", schedule->gamma);
    if (!(schedule->final_factor >= 0 && schedule->final_factor <= 1))
        return lts_fail(LSTM_E_ARGUMENT, "final_factor is %g, expected 0 .. 1",
                        schedule->final_factor);
    return LSTM_OK;
}

/* As with an optimizer, what the kind does not use must be 0. */
static lstm_status check_unused(const lstm_schedule_options *schedule)
{
    bool constant = schedule->kind == LSTM_SCHEDULE_CONSTANT;
    bool cosine = schedule->kind == LSTM_SCHEDULE_COSINE;
    if (schedule->period != 0 && constant)
        return lts_fail(LSTM_E_ARGUMENT, "period is %lld, but this kind of schedule has none",
                        (long long)schedule->period);
    if (schedule->gamma != 0 && (constant || cosine))
        return lts_fail(LSTM_E_ARGUMENT, "gamma is %g, but this kind of schedule has none",
                        schedule->gamma);
    if (schedule->final_factor != 0 && !cosine)
        return lts_fail(LSTM_E_ARGUMENT, "final_factor is %g, but this kind of schedule has none",
                        schedule->final_factor);
    return LSTM_OK;
}

lstm_status lts_schedule_read(lstm_schedule_options *schedule, const lstm_schedule_options *options)
{
    LTS_READ_OPTIONS(schedule, options, lstm_schedule_options);
    LTS_TRY(check_unused(schedule));
    int64_t kind = schedule->kind;
    bool has_period = kind == LSTM_SCHEDULE_STEP || kind == LSTM_SCHEDULE_COSINE;
    if (schedule->period == 0 && !has_period)
        schedule->period = 1;
    if (schedule->gamma == 0 && kind != LSTM_SCHEDULE_EXPONENTIAL)
        schedule->gamma = 0.1;
    return check_range(schedule);
}

double lts_schedule_factor(const lstm_schedule_options *schedule, uint64_t iteration)
{
    uint64_t begin = (uint64_t)schedule->begin;
    iteration = iteration > begin ? iteration - begin : 0;
    uint64_t warmup = (uint64_t)schedule->warmup, period = (uint64_t)schedule->period;
    if (iteration < warmup)
        return (double)(iteration + 1) / (double)warmup;
    uint64_t k = iteration - warmup;
    uint64_t whole_turns = k / period;
    double turn = (double)k / (double)period;
    switch (schedule->kind) {
    case LSTM_SCHEDULE_STEP:
        return pow(schedule->gamma, (double)whole_turns);
    case LSTM_SCHEDULE_EXPONENTIAL:
        return pow(schedule->gamma, turn);
    case LSTM_SCHEDULE_COSINE:
        if (k >= period)
            return schedule->final_factor;
        return schedule->final_factor +
               (1 - schedule->final_factor) * (1 + cos(3.14159265358979323846 * turn)) / 2;
    default:
        return 1;
    }
}

lstm_status lstm_schedule_factor(const lstm_schedule_options *options, uint64_t iteration,
                                 double *factor)
{
    LTS_FLOAT_SCOPE();
    lstm_schedule_options schedule;
    LTS_NOT_NULL(options);
    LTS_NOT_NULL(factor);
    LTS_TRY(lts_schedule_read(&schedule, options));
    *factor = lts_schedule_factor(&schedule, iteration);
    return LSTM_OK;
}
