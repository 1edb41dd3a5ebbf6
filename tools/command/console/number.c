/* SPDX-License-Identifier: MIT */
#include "command/console/number.h"
#include <stdio.h>
#include <stdlib.h>

const char *number_print(char out[32], lstm_real value)
{
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(out, 32, "%.*g", digits, (double)value);
        if ((lstm_real)strtod(out, NULL) == value)
            break;
    }
    return out;
}
