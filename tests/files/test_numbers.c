/* SPDX-License-Identifier: MIT */
#include "assert_status.h"

#include "files/numbers.h"

#include <float.h>

static void whole_numbers_become_text_and_back(void **fixture)
{
    (void)fixture;
    static const struct {
        uint64_t value;
        const char *text;
    } known[] = {{0, "0"},
                 {7, "7"},
                 {10, "10"},
                 {INT64_MAX, "9223372036854775807"},
                 {UINT64_MAX, "18446744073709551615"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char text[LTS_NUMBER_SIZE];
        uint64_t value = 1;
        lts_print_uint(text, known[i].value);
        assert_string_equal(text, known[i].text);
        assert_true(lts_parse_uint(text, &value));
        assert_true(value == known[i].value);
    }
    static const char *const bad[] = {"",
                                      "00",
                                      "01",
                                      "-1",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "1e3",
                                      "0x1",
                                      "18446744073709551616",
                                      "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t value = 5;
        assert_false(lts_parse_uint(bad[i], &value));
        assert_true(value == 5);
    }
}

static void doubles_become_text_and_back_bit_for_bit(void **fixture)
{
    (void)fixture;
    static const struct {
        double value;
        const char *text;
    } known[] = {{0, "0x0000000000000000"},        {-0.0, "0x8000000000000000"},
                 {1, "0x3ff0000000000000"},        {0.1, "0x3fb999999999999a"},
                 {DBL_MAX, "0x7fefffffffffffff"},  {4.9406564584124654e-324, "0x0000000000000001"},
                 {INFINITY, "0x7ff0000000000000"}, {-INFINITY, "0xfff0000000000000"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char text[LTS_NUMBER_SIZE];
        double value = 1;
        lts_print_double(text, known[i].value);
        assert_string_equal(text, known[i].text);
        assert_true(lts_parse_double(text, &value));
        assert_memory_equal(&value, &known[i].value, sizeof value);
    }
    double value = 5;
    assert_true(lts_parse_double("0x7ff8000000000000", &value));
    assert_true(isnan(value));
    static const char *const bad[] = {"",
                                      "1",
                                      "0x",
                                      "0x3ff000000000000",
                                      "0x3ff00000000000000",
                                      "0X3ff0000000000000",
                                      "0x3FF0000000000000",
                                      "0x3ff000000000000g",
                                      " 0x3ff000000000000",
                                      "3ff000000000000000"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        value = 5;
        assert_false(lts_parse_double(bad[i], &value));
        assert_true(value == 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_become_text_and_back),
        cmocka_unit_test(doubles_become_text_and_back_bit_for_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
