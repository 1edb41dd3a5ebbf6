/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "report/text.h"
#include "scratch.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_text(report_text *text, const char *expected)
{
    assert_false(text->failed);
    assert_string_equal(text->bytes, expected);
    assert_int_equal(text->length, strlen(expected));
    report_text_free(text);
}

static void data_become_text_of_html(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"plain", "plain"},
        {"<b a=\"1\" c='2'>&amp;", "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;"},
        {"tab\tline\n", "tab\tline\n"},
        {"\x01\x1B\x7F\r", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x99\x82", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x99\x82"},
        {"\xC2\x85", "\xEF\xBF\xBD"},                             /* a control character */
        {"\xEF\xBF\xBF", "\xEF\xBF\xBD"},                         /* no character of XML */
        {"\xFF\xC3", "\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* cut off             */
        {"\xC0\xBC", "\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* '<' in two bytes    */
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* a surrogate         */
        {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        report_text text = {0};
        report_add_escaped(&text, cases[i][0]);
        assert_text(&text, cases[i][1]);
    }
    report_text text = {0};
    report_add_escaped(&text, NULL);
    assert_int_equal(text.length, 0);
}

static void data_become_strings_of_json_in_a_script(void **state)
{
    (void)state;
    report_text text = {0};
    report_add_json(&text, "</script>&\"\\'\n\x01\xFF\xC3\xA4");
    assert_text(&text, "\"\\u003c/script\\u003e\\u0026\\u0022\\u005c\\u0027\\u000a"
                       "\xEF\xBF\xBD"
                       "\xEF\xBF\xBD\xC3\xA4\"");
}

static void numbers_have_the_digits_that_are_asked_for(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text, *json;
    } cases[] = {
        {0, "0", "0"},
        {-0.0, "0", "0"},
        {1.23456, "1.235", "1.235"},
        {123456, "123456", "123456"},
        {-2.5e-7, "-2.5e-07", "-2.5e-07"},
        {1e300, "1e+300", "1e+300"},
        {NAN, "\xE2\x80\x93", "null"},
        {INFINITY, "\xE2\x80\x93", "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        report_text text = {0};
        report_add_number(&text, cases[i].value, 4);
        assert_text(&text, cases[i].text);
        report_add_json_number(&text, cases[i].value, 4);
        assert_text(&text, cases[i].json);
    }
}

/* Creates the locale, since few machines have one. */
static void numbers_have_a_decimal_point_in_any_locale(void **state)
{
    (void)state;
    static const char *const languages[] = {"de_DE", "ps_AF"}; /* a comma, and two bytes */
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        char command[600], name[40];
        report_text text = {0};
        snprintf(name, sizeof name, "%s.UTF-8", languages[i]);
        snprintf(command, sizeof command, "localedef -i %s -f UTF-8 '%s'", languages[i],
                 scratch(name));
        if (system(command) != 0)
            fail_msg("%s failed: on Debian it needs the package locales", command);
        assert_int_equal(setenv("LOCPATH", scratch_folder, 1), 0);
        assert_non_null(setlocale(LC_ALL, name));
        assert_string_not_equal(localeconv()->decimal_point, ".");
        report_add_number(&text, -0.5, 4);
        report_add_fixed(&text, 12.25, 2);
        assert_text(&text, "-0.512.25");
        setlocale(LC_ALL, "C");
        snprintf(command, sizeof command, "rm -r '%s'", scratch(name));
        assert_int_equal(system(command), 0);
    }
}

static void a_long_text_is_complete(void **state)
{
    (void)state;
    report_text text = {0};
    for (int i = 0; i < 10000; i++)
        report_addf(&text, "%04d", i);
    assert_int_equal(text.length, 40000);
    for (int i = 0; i < 10000; i += 77) {
        char number[16];
        snprintf(number, sizeof number, "%04d", i);
        assert_memory_equal(text.bytes + 4 * i, number, 4);
    }
    report_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_become_text_of_html),
        cmocka_unit_test(data_become_strings_of_json_in_a_script),
        cmocka_unit_test(numbers_have_the_digits_that_are_asked_for),
        cmocka_unit_test(numbers_have_a_decimal_point_in_any_locale),
        cmocka_unit_test(a_long_text_is_complete),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
