/* SPDX-License-Identifier: MIT */
#include "evaluate/selection.h"

#include "base/status.h"

lstm_status lts_check_item(const char *name, int64_t item, int64_t n)
{
    if (item < 0 || item >= n)
        return lts_fail(LSTM_E_ARGUMENT, "%s is %lld, expected 0 .. %lld", name, (long long)item,
                        (long long)n - 1);
    return LSTM_OK;
}

lstm_status lts_read_range(const char *name, int64_t item, int64_t n, lts_range *items)
{
    if (item < LSTM_ALL || item >= n)
        return lts_fail(LSTM_E_ARGUMENT, "%s is %lld, expected 0 .. %lld or LSTM_ALL (-1)", name,
                        (long long)item, (long long)n - 1);
    items->first = item == LSTM_ALL ? 0 : item;
    items->end = item == LSTM_ALL ? n : item + 1;
    return LSTM_OK;
}
