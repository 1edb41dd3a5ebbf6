/* SPDX-License-Identifier: MIT */
/* Libraries that have the name of a companion and are none that the library can use. */
#include "network/device.h"

#if CASE == 0
extern const int no_entry;
const int no_entry = 0;
#else
LSTM_API lts_companion lstmts_companion;

const lts_device *lstmts_companion(uint64_t layout, const lts_services *services)
{
    static const lts_device table = {.size = sizeof table - 8, .name = "false1"};
    (void)layout;
    if (CASE == 2)
        services->fail(LSTM_E_DEVICE, "it refuses");
    return CASE == 2 ? NULL : &table;
}
#endif
