/* SPDX-License-Identifier: MIT */
#include "evaluate/interval.h"

#include "base/check.h"
#include "base/status.h"

/* Counts of scores and rows are exact in a state of floats. So products of two do not overflow. */
enum { MOST_SCORES = 1 << 24, MOST_STRIDE = MOST_SCORES };

static lstm_status check_levels(const lstm_interval_options *o)
{
    if (o->n_level < 1 || o->n_level > LTS_MOST_LEVELS)
        return lts_fail(LSTM_E_ARGUMENT, "n_level is %lld, expected 1 .. %d", (long long)o->n_level,
                        (int)LTS_MOST_LEVELS);
    if (o->levels == NULL)
        return o->n_level == 1 ? LSTM_OK
                               : lts_fail(LSTM_E_ARGUMENT, "levels is NULL, n_level is %lld",
                                          (long long)o->n_level);
    double before = 0;
    for (int64_t l = 0; l < o->n_level; l++) {
        if (!(o->levels[l] > before && o->levels[l] < 1))
            return lts_fail(LSTM_E_ARGUMENT, "levels[%lld] is %g, expected above %g and below 1",
                            (long long)l, o->levels[l], before);
        before = o->levels[l];
    }
    return LSTM_OK;
}

static void set_defaults(lstm_interval_options *o)
{
    static const int64_t default_window = 1000;
    static const double default_rate = 0.05;
    o->n_column = o->n_column == 0 ? 1 : o->n_column;
    o->n_level = o->n_level == 0 ? 1 : o->n_level;
    o->window = o->window == 0 ? default_window : o->window;
    o->block_len = o->block_len == 0 ? 1 : o->block_len;
    o->stride = o->stride == 0 ? 1 : o->stride;
    o->rate = o->rate == 0 ? default_rate : o->rate;
}

lstm_status lts_interval_check(lstm_interval_options *o)
{
    set_defaults(o);
    LTS_TRY(lts_check_at_least("horizon", o->horizon, 1));
    LTS_TRY(lts_check_at_least("n_column", o->n_column, 1));
    LTS_TRY(lts_check_at_least("window", o->window, 1));
    LTS_TRY(lts_check_at_least("stride", o->stride, 1));
    LTS_TRY(lts_check_one_of("is_two_sided", o->is_two_sided, 2, "0 or 1"));
    LTS_TRY(lts_check_one_of("is_conformalized", o->is_conformalized, 2, "0 or 1"));
    if (o->block_len < 1 || o->block_len > o->horizon)
        return lts_fail(LSTM_E_ARGUMENT, "block_len is %lld, expected 1 .. horizon (%lld)",
                        (long long)o->block_len, (long long)o->horizon);
    if (o->rate != LSTM_NO_ADAPTATION && !(o->rate > 0 && o->rate <= 1))
        return lts_fail(LSTM_E_ARGUMENT,
                        "rate is %g, expected above 0, at most 1, or LSTM_NO_ADAPTATION (-1)",
                        o->rate);
    LTS_TRY(check_levels(o));
    if (o->horizon > MOST_SCORES || o->window > MOST_SCORES ||
        o->window * o->block_len > MOST_SCORES)
        return lts_fail(LSTM_E_LIMIT,
                        "horizon is %lld, window is %lld, block_len is %lld: more than %d steps or "
                        "scores",
                        (long long)o->horizon, (long long)o->window, (long long)o->block_len,
                        (int)MOST_SCORES);
    if (o->stride > MOST_STRIDE)
        return lts_fail(LSTM_E_LIMIT, "stride is %lld, the limit is %d", (long long)o->stride,
                        (int)MOST_STRIDE);
    return LSTM_OK;
}

double lts_interval_level(const lstm_interval_options *o, int64_t level)
{
    static const double default_level = 0.9;
    return o->levels == NULL ? default_level : o->levels[level];
}
