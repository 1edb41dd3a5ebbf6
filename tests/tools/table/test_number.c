/* SPDX-License-Identifier: MIT */
/* Decimal numbers, compared with those of strtod(), which glibc rounds correctly. */
#include "assert_status.h"
#include "table/text/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static locale_t c_locale;

static int open_locale(void **state)
{
    (void)state;
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return c_locale == (locale_t)0;
}

static int close_locale(void **state)
{
    (void)state;
    freelocale(c_locale);
    return 0;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void assert_like_strtod(const char *text)
{
    double value = 7, wanted = strtod(text, NULL);
    table_number_fault fault = table_number(text, strlen(text), '.', c_locale, &value);
    if (isinf(wanted)) {
        assert_int_equal(fault, TABLE_NUMBER_RANGE);
        assert_true(value == 7);
    } else if (fault != TABLE_NUMBER_OK || bits_of(value) != bits_of(wanted)) {
        fail_msg("%s is %a, expected %a", text, value, wanted);
    }
}

/* A generator of its own, so that a failure can be repeated. */
static uint64_t next(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static void hard_cases_are_rounded_correctly(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "0",
        "-0",
        "0.0",
        "1",
        "+1",
        "-1.5",
        ".5",
        "5.",
        "00012.50",
        "0.1",
        "1e22",
        "1e23",
        "8.5e22",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "9007199254740993.0",
        "9007199254740993.00000000000000000000000000001",
        "9007199254740995",
        "9007199254740992.5",
        "9007199254740993.5",
        "18014398509481987",
        "18446744073709551615",
        "18446744073709551616",
        "9999999999999999999",
        "9999999999999999999e27",
        "9999999999999999999e-27",
        "1e27",
        "1e-27",
        "1e28",
        "1e-28",
        "7e27",
        "9007199254740993e27",
        "123456789012345678e-20",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203124",
        "1.00000000000000011102230246251565404236316680908203126",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "5e-324",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1e-400",
        "-1e-400",
        "1e-999999999999",
        "0e999999999999",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1e309",
        "-1e309",
        "1e999999999",
        "6.02214076E+23",
        "0.000000000000000000000000000001234",
        "123456789012345678901234567890",
        "0000000000000000000000000000000000000000000000.25",
        "72057594037927945",
        "72057594037927952",
        "0.30000000000000004",
        "27.78700065612793",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_like_strtod(cases[i]);
}

static void doubles_are_read_as_they_were(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next(&seed);
        double value;
        char text[40];
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        snprintf(text, sizeof text, "%.17g", value);
        assert_like_strtod(text);
        snprintf(text, sizeof text, "%.17g", ldexp((double)(bits >> 11), -50 + i % 30));
        assert_like_strtod(text);
    }
}

static void random_digits_are_rounded_correctly(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < 200000; i++) {
        char text[80];
        uint64_t w = next(&seed) >> next(&seed) % 64;
        int exponent = (int)(next(&seed) % 70) - 35;
        snprintf(text, sizeof text, "%" PRIu64 "e%d", w, exponent);
        assert_like_strtod(text);
        snprintf(text, sizeof text, "%" PRIu64 ".%0*" PRIu64, w, 1 + i % 12, next(&seed) % 10);
        assert_like_strtod(text);
    }
}

/* Halfway between two doubles, and beside it: w = 2^53 (2 k + 1) and its neighbours. */
static void ties_are_rounded_to_even(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 50000; i++) {
        int shift = (int)(next(&seed) % 10);
        uint64_t odd = (UINT64_C(1) << 53 | next(&seed) >> 11) * 2 + 1;
        for (int d = -1; d <= 1; d++) {
            char text[80];
            snprintf(text, sizeof text, "%" PRIu64, (odd << shift) + (uint64_t)d);
            assert_like_strtod(text);
            snprintf(text, sizeof text, "%" PRIu64 ".5",
                     (UINT64_C(1) << 52 | next(&seed) >> 12) + (uint64_t)d);
            assert_like_strtod(text);
        }
    }
}

static void a_decimal_comma_is_read_if_it_is_asked_for(void **state)
{
    (void)state;
    double value;
    assert_int_equal(table_number("-3,25", 5, ',', c_locale, &value), TABLE_NUMBER_OK);
    assert_true(value == -3.25);
    /* by strtod_l() */
    const char *text = "1,00000000000000011102230246251565404236316680908203126";
    assert_int_equal(table_number(text, strlen(text), ',', c_locale, &value), TABLE_NUMBER_OK);
    assert_true(value == 1 + 0x1p-52);
    assert_int_equal(table_number("3.25", 4, ',', c_locale, &value), TABLE_NUMBER_NONE);
    assert_int_equal(table_number("3,25", 4, '.', c_locale, &value), TABLE_NUMBER_NONE);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",       " ",        " 1",   "1 ",    "\t1",  "+",      "-",   ".",
        "-.",     "e5",       "1e",   "1e+",   "1e5.", "1.2.3",  "--1", "+-1",
        "1_000",  "1,000",    "0x10", "0x1p3", "inf",  "INF",    "nan", "NaN",
        "nan(1)", "1f",       "1d",   "1e5f",  "=1",   "=cmd()", "1;2", "\xEF\xBC\x91",
        "1\n",    "infinity", "0b1",  "1'000", "$1",   "1%",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = 7;
        if (table_number(cases[i], strlen(cases[i]), '.', c_locale, &value) != TABLE_NUMBER_NONE ||
            value != 7 || table_is_number(cases[i], strlen(cases[i]), '.'))
            fail_msg("\"%s\" is read as %g", cases[i], value);
    }
}

static void a_number_ends_with_its_size(void **state)
{
    (void)state;
    double value;
    assert_int_equal(table_number("12345", 3, '.', c_locale, &value), TABLE_NUMBER_OK);
    assert_true(value == 123);
}

static void a_number_of_a_thousand_digits_is_the_longest(void **state)
{
    (void)state;
    char text[TABLE_MOST_DIGITS + 2];
    memset(text, '1', sizeof text);
    double value;
    text[1] = '.';
    assert_int_equal(table_number(text, TABLE_MOST_DIGITS, '.', c_locale, &value), TABLE_NUMBER_OK);
    assert_true(value == 10.0 / 9);
    assert_int_equal(table_number(text, TABLE_MOST_DIGITS + 1, '.', c_locale, &value),
                     TABLE_NUMBER_NONE);
}

static void markers_of_missing_values_are_known(void **state)
{
    (void)state;
    static const char *const markers[] = {"",        "NA",   "na",  "NaN", "nan",  "null",
                                          "NULL",    "None", "N/A", "n/a", "#N/A", "nil",
                                          "Missing", "-",    "--",  "?",   ".",    "\\N"};
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        assert_true(table_is_missing(markers[i], strlen(markers[i]), NULL));
    static const char *const others[] = {"0", "nano", "n", "-1", "x", " ", "na ", "..", "missing!"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(table_is_missing(others[i], strlen(others[i]), NULL));
    assert_true(table_is_missing("-999", 4, "-999"));
    assert_false(table_is_missing("-99", 3, "-999"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hard_cases_are_rounded_correctly),
        cmocka_unit_test(doubles_are_read_as_they_were),
        cmocka_unit_test(random_digits_are_rounded_correctly),
        cmocka_unit_test(ties_are_rounded_to_even),
        cmocka_unit_test(a_decimal_comma_is_read_if_it_is_asked_for),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(a_number_ends_with_its_size),
        cmocka_unit_test(a_number_of_a_thousand_digits_is_the_longest),
        cmocka_unit_test(markers_of_missing_values_are_known),
    };
    return cmocka_run_group_tests(tests, open_locale, close_locale);
}
