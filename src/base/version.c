/* SPDX-License-Identifier: MIT */
#include <lstmts/library.h>

const char *lstm_version(void)
{
    return LSTM_VERSION_STRING;
}
