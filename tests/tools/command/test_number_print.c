/* SPDX-License-Identifier: MIT */
#include "command/console/number.h"

#include "assert_status.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The text has the fewest digits of printf() that read as the number, 6 at least. */
static void assert_printed(float value)
{
    char text[32], expected[32];
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(expected, sizeof expected, "%.*g", digits, (double)value);
        if (strtof(expected, NULL) == value)
            break;
    }
    number_print(text, value);
    if (strtof(text, NULL) != value || strlen(text) != strlen(expected))
        fail_msg("%.12g is %s, expected %s", (double)value, text, expected);
}

static void numbers_read_as_they_were(void **state)
{
    (void)state;
    for (uint32_t exponent = 100; exponent < 155; exponent++)
        for (uint32_t i = 0; i < 2000; i++) {
            uint32_t mantissa = i < 1000 ? i * UINT32_C(8388) : i * UINT32_C(2654435761) >> 9;
            assert_printed(float_of(exponent << 23 | (mantissa & 0x7FFFFF)));
            assert_printed(-float_of(exponent << 23 | (mantissa & 0x7FFFFF)));
        }
}

static void numbers_have_the_form_of_printf(void **state)
{
    static const struct {
        float value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {1, "1"},
        {-1, "-1"},
        {100000, "100000"},
        {999999, "999999"},
        {1e6F, "1e+06"},
        {0.5F, "0.5"},
        {1e-4F, "0.0001"},
        {9.9e-5F, "9.9e-05"},
        {0.1F, "0.1"},
        {0.3F, "0.3"},
        {-12.25F, "-12.25"},
        {10.009875F, "10.009875"},
        {16777.215F, "16777.215"},
        {999999.94F, "999999.94"},
        {0.00012345679F, "0.00012345679"},
        {3e38F, "3e+38"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        assert_string_equal(number_print(text, cases[i].value), cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_read_as_they_were),
        cmocka_unit_test(numbers_have_the_form_of_printf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
