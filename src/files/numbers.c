/* SPDX-License-Identifier: MIT */
#include "files/numbers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void lts_print_uint(char text[LTS_NUMBER_SIZE], uint64_t value)
{
    snprintf(text, LTS_NUMBER_SIZE, "%" PRIu64, value);
}

void lts_print_double(char text[LTS_NUMBER_SIZE], double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    snprintf(text, LTS_NUMBER_SIZE, "0x%016" PRIx64, bits);
}

bool lts_parse_uint(const char *text, uint64_t *value)
{
    uint64_t number = 0;
    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return false;
        number = 10 * number + digit;
    }
    *value = number;
    return true;
}

bool lts_parse_double(const char *text, double *value)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t bits = 0;
    if (strlen(text) != 18 || strncmp(text, "0x", 2) != 0)
        return false;
    for (text += 2; *text != '\0'; text++) {
        const char *digit = strchr(digits, *text);
        if (digit == NULL)
            return false;
        bits = bits << 4 | (uint64_t)(digit - digits);
    }
    memcpy(value, &bits, sizeof bits);
    return true;
}
