/* SPDX-License-Identifier: MIT */
/*
 * Checks of arguments and options, whose message names the argument, its value and what was
 * expected.
 */
#ifndef LTS_BASE_CHECK_H
#define LTS_BASE_CHECK_H

#include <lstmts/status.h>

/** @return LSTM_OK; LSTM_E_ARGUMENT unless value >= lowest. */
lstm_status lts_check_at_least(const char *name, int64_t value, int64_t lowest);

/** @return LSTM_OK; LSTM_E_ARGUMENT unless value is 0. @param reason  why it must be */
lstm_status lts_check_unset(const char *name, int64_t value, const char *reason);

/**
 * @param n         number of constants, which have the values 0 .. n-1.
 * @param expected  their names, such as "LSTM_ROLE_BOTH, _INPUT or _TARGET".
 * @return LSTM_OK; LSTM_E_ARGUMENT unless `value` is one of the constants.
 */
lstm_status lts_check_one_of(const char *name, int64_t value, int64_t n, const char *expected);

#endif
