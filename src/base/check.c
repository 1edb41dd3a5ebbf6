/* SPDX-License-Identifier: MIT */
#include "base/check.h"

#include "base/status.h"

lstm_status lts_check_at_least(const char *name, int64_t value, int64_t lowest)
{
    if (value < lowest)
        return lts_fail(LSTM_E_ARGUMENT, "%s is %lld, expected at least %lld", name,
                        (long long)value, (long long)lowest);
    return LSTM_OK;
}

lstm_status lts_check_one_of(const char *name, int64_t value, int64_t n, const char *expected)
{
    if (value < 0 || value >= n)
        return lts_fail(LSTM_E_ARGUMENT, "%s is %lld, expected %s", name, (long long)value,
                        expected);
    return LSTM_OK;
}

lstm_status lts_check_unset(const char *name, int64_t value, const char *reason)
{
    if (value == 0)
        return LSTM_OK;
    return lts_fail(LSTM_E_ARGUMENT, "%s is %lld, expected 0: %s", name, (long long)value, reason);
}
