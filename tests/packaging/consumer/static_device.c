/* SPDX-License-Identifier: MIT */
/* A statically linked program that asks for a GPU: it is told that it cannot have one. */
#include <lstmts/lstmts.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    lstm_forecaster *forecaster = NULL;
    int64_t n = 0;
    options.horizon = 1;
    options.device = "cuda";
    if (lstm_forecaster_new(&forecaster, &options) != LSTM_E_DEVICE ||
        strstr(lstm_last_error(), "statically linked") == NULL)
        return printf("wrong: %s\n", lstm_last_error());
    if (lstm_devices(NULL, 0, &n) != LSTM_OK || n != 1)
        return printf("wrong: %lld devices\n", (long long)n);
    printf("consumer of lstmts %s: right\n", lstm_version());
    return 0;
}
