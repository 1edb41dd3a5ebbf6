/* SPDX-License-Identifier: MIT */
#include "method/ridge_options.h"

#include "base/check.h"
#include "base/status.h"

/* Blocks by default, and rows of the longest gap that a fit bridges. */
enum { DEFAULT_BLOCKS = 4, LONGEST_GAP = 2 };

static lstm_status check_ridge_options(const lstm_ridge_options *options)
{
    int64_t L = options->context_len, H = options->horizon, k = options->base_len;
    LTS_TRY(lts_check_at_least("context_len", L, 1));
    LTS_TRY(lts_check_at_least("horizon", H, 1));
    if (k != LSTM_NO_BASE && (k < 0 || k > L))
        return lts_fail(LSTM_E_ARGUMENT,
                        "base_len is %lld, expected 0 .. context_len (%lld) or LSTM_NO_BASE (-1)",
                        (long long)k, (long long)L);
    if (options->n_block < 0 || options->n_block > H)
        return lts_fail(LSTM_E_ARGUMENT, "n_block is %lld, expected 0 .. horizon (%lld)",
                        (long long)options->n_block, (long long)H);
    if (!(options->penalty >= 0 && options->penalty <= 1e100))
        return lts_fail(LSTM_E_ARGUMENT, "penalty is %g, expected 0 .. 1e100", options->penalty);
    return LSTM_OK;
}

lstm_status lts_ridge_options_read(lts_ridge_options *read, const lstm_ridge_options *options)
{
    LTS_TRY(check_ridge_options(options));
    *read = (lts_ridge_options){.L = options->context_len,
                                .H = options->horizon,
                                .base_len = options->base_len == 0 ? 1 : options->base_len,
                                .n_block = options->n_block,
                                .penalty = options->penalty,
                                .longest_gap = LONGEST_GAP};
    if (options->base_len == LSTM_NO_BASE)
        read->base_len = 0;
    if (options->n_block == 0)
        read->n_block = options->horizon < DEFAULT_BLOCKS ? options->horizon : DEFAULT_BLOCKS;
    return LSTM_OK;
}
