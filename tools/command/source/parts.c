/* SPDX-License-Identifier: MIT */
#include "command/source/parts.h"
#include "command/console/message.h"
#include "command/options/settings.h"

int parts_split_test(lstm_dataset *data, int64_t horizon)
{
    for (int64_t s = 0; s < lstm_dataset_series(data); s++) {
        int64_t n = lstm_dataset_rows(data, s), test = n / 5;
        if (test < horizon)
            test = horizon < n / 2 ? horizon : n / 2;
        int64_t end = n - test, valid = end * 3 / 16; /* 15 of the first 80 % */
        if (lstm_dataset_split(data, s, end - valid, end) < 0)
            return message_library("split");
    }
    return EXIT_OK;
}

int parts_split_all(lstm_dataset *data)
{
    if (lstm_dataset_split_fraction(data, LSTM_ALL_SERIES, 0.8, 0.2) < 0)
        return message_library("split");
    return EXIT_OK;
}
