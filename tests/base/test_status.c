/* SPDX-License-Identifier: MIT */
#include "assert_status.h"

#include "base/status.h"

#include <limits.h>
#include <lstmts/library.h>
#include <lstmts/model.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>

/* A copy of the public values: a changed value or name would break compiled callers. */
static const struct {
    int value;
    const char *name;
} known[] = {
    {0, "LSTM_OK"},           {1, "LSTM_END"},           {2, "LSTM_STOPPED"},
    {-1, "LSTM_E_ARGUMENT"},  {-2, "LSTM_E_OPTIONS"},    {-3, "LSTM_E_SHAPE"},
    {-4, "LSTM_E_LIMIT"},     {-5, "LSTM_E_NAME"},       {-6, "LSTM_E_NOMEM"},
    {-7, "LSTM_E_NUMERIC"},   {-8, "LSTM_E_STALE"},      {-9, "LSTM_E_ORDER"},
    {-10, "LSTM_E_IO"},       {-11, "LSTM_E_TRUNC"},     {-12, "LSTM_E_FORMAT"},
    {-13, "LSTM_E_VERSION"},  {-14, "LSTM_E_DTYPE"},     {-15, "LSTM_E_MISMATCH"},
    {-16, "LSTM_E_CHECKSUM"}, {-17, "LSTM_E_LOCKED"},    {-18, "LSTM_E_DEVICE"},
    {3, "LSTM_RECOVERED"},    {4, "LSTM_OTHER_KERNELS"},
};
enum { N_KNOWN = sizeof known / sizeof known[0] };

static void values_and_names_of_released_statuses_never_change(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_KNOWN; i++)
        assert_string_equal(lstm_status_name((lstm_status)known[i].value), known[i].name);
#define COUNT(name, value, text) +1
    assert_int_equal(0 LSTM_STATUS_LIST(COUNT), N_KNOWN);
#undef COUNT
}

static void each_status_has_a_text_of_its_own(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_KNOWN; i++) {
        const char *text = lstm_status_text((lstm_status)known[i].value);
        assert_true(strlen(text) > 5);
        assert_string_not_equal(text, "unknown status");
        for (int j = 0; j < i; j++)
            assert_string_not_equal(text, lstm_status_text((lstm_status)known[j].value));
    }
}

static void a_number_that_is_no_status_is_named_so(void **fixture)
{
    (void)fixture;
    const int strange[] = {5, -19, 126, 127, -128, 1000, INT_MAX, INT_MIN};
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        assert_string_equal(lstm_status_name((lstm_status)strange[i]), "LSTM_?");
        assert_string_equal(lstm_status_text((lstm_status)strange[i]), "unknown status");
    }
}

static void success_does_not_clear_the_message(void **fixture)
{
    (void)fixture;
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL;
    options.n_input = 1;
    options.n_hidden = -77;
    assert_status(lstm_model_new(&model, &options), LSTM_E_ARGUMENT, "-77");
    options.n_hidden = 1;
    assert_ok(lstm_model_new(&model, &options));
    assert_non_null(strstr(lstm_last_error(), "-77"));
    lstm_model_free(model);
}

/* CMocka's assertions must run in the main thread: the other one only stores results. */
typedef struct thread_notes {
    char at_start[64];
    char after_failure[64];
} thread_notes;

static void *fail_in_another_thread(void *argument)
{
    thread_notes *notes = argument;
    snprintf(notes->at_start, sizeof notes->at_start, "%s", lstm_last_error());
    lts_fail(LSTM_E_SHAPE, "the other thread's %d", 2);
    snprintf(notes->after_failure, sizeof notes->after_failure, "%s", lstm_last_error());
    return NULL;
}

static void each_thread_has_its_own_message_and_starts_with_none(void **fixture)
{
    (void)fixture;
    thread_notes notes = {"untouched", "untouched"};
    pthread_t thread;
    lts_fail(LSTM_E_SHAPE, "this thread's %d", 1);
    assert_int_equal(pthread_create(&thread, NULL, fail_in_another_thread, &notes), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_string_equal(notes.at_start, "");
    assert_string_equal(notes.after_failure, "the other thread's 2");
    assert_string_equal(lstm_last_error(), "this thread's 1");
}

static void a_failure_gives_its_status_back_with_its_values_in_the_message(void **fixture)
{
    (void)fixture;
    assert_int_equal(lts_fail(LSTM_E_LIMIT, "%s is %lld", "n_row", -5LL), LSTM_E_LIMIT);
    assert_string_equal(lstm_last_error(), "n_row is -5");
}

static void a_message_that_is_too_long_is_cut_and_terminated(void **fixture)
{
    (void)fixture;
    char huge[5000];
    memset(huge, 'x', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    lts_fail(LSTM_E_NAME, "name %s", huge);
    size_t length = strlen(lstm_last_error());
    assert_true(length >= 100 && length < sizeof huge);
    assert_memory_equal(lstm_last_error(), "name xxx", 8);
    lts_fail(LSTM_E_NAME, "short");
    assert_string_equal(lstm_last_error(), "short");
}

/* A name from a hostile file must not control a terminal. */
static void a_message_has_no_control_characters(void **fixture)
{
    (void)fixture;
    static const struct {
        const char *name, *shown;
    } cases[] = {
        {"\x1b[2J\x1b]0;title\a", "?[2J?]0;title?"},
        {"two\r\nlines\tand\vmore\b", "two??lines?and?more?"},
        {"\x7f \x01 \x1f", "? ? ?"},
        {"\xc2\x9b"
         "31m \xc2\x80 \xc2\x9f",
         "??31m ?? ??"},
        {"\xc3\x9b \xc2\xa0 \xe2\x82\x80 \xf0\x9f\x98\x80",
         "\xc3\x9b \xc2\xa0 \xe2\x82\x80 \xf0\x9f\x98\x80"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lts_fail(LSTM_E_NAME, "%s", cases[i].name);
        assert_string_equal(lstm_last_error(), cases[i].shown);
    }
}

/* A name may be no UTF-8, and a precision or the end of the buffer may cut a character. */
static void a_message_is_utf_8(void **fixture)
{
    (void)fixture;
    static const struct {
        const char *name, *shown;
    } cases[] = {
        {"\xff lone \x80", "? lone ?"},
        {"cut \xe2\x82", "cut ??"},
        {"cut \xf0\x9f\x98", "cut ???"},
        {"too long \xc0\xaf \xe0\x80\xaf", "too long ?? ???"},
        {"surrogate \xed\xa0\x80", "surrogate ???"},
        {"beyond \xf4\x90\x80\x80 \xf5\x80\x80\x80", "beyond ???? ????"},
        {"whole \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
         "whole \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lts_fail(LSTM_E_NAME, "%s", cases[i].name);
        assert_string_equal(lstm_last_error(), cases[i].shown);
    }
    char longest[3 * 400 + 1] = "";
    for (int i = 0; i < 400; i++)
        memcpy(longest + 3 * i, "\xe2\x82\xac", 4);
    for (int first = 0; first < 3; first++) {
        lts_fail(LSTM_E_NAME, "%.*s%s", first, "abc", longest);
        const char *shown = lstm_last_error() + first;
        size_t length = strlen(shown), whole = length - length % 3;
        assert_memory_equal(shown, longest, whole);
        assert_true(strspn(shown + whole, "?") == length - whole);
    }
}

static void a_nan_has_no_sign_in_a_message(void **fixture)
{
    (void)fixture;
    lts_fail(LSTM_E_NUMERIC, "x is %g, y is %g: my-nan, -nano, %g", -NAN, NAN, -NAN);
    assert_string_equal(lstm_last_error(), "x is nan, y is nan: my-nan, -nano, nan");
}

static void the_running_release_is_the_one_of_the_headers(void **fixture)
{
    (void)fixture;
    char text[64];
    snprintf(text, sizeof text, "%d.%d.%d", LSTM_VERSION_MAJOR, LSTM_VERSION_MINOR,
             LSTM_VERSION_PATCH);
    assert_string_equal(LSTM_VERSION_STRING, text);
    assert_string_equal(lstm_version(), text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_names_of_released_statuses_never_change),
        cmocka_unit_test(each_status_has_a_text_of_its_own),
        cmocka_unit_test(a_number_that_is_no_status_is_named_so),
        cmocka_unit_test(success_does_not_clear_the_message),
        cmocka_unit_test(each_thread_has_its_own_message_and_starts_with_none),
        cmocka_unit_test(a_failure_gives_its_status_back_with_its_values_in_the_message),
        cmocka_unit_test(a_message_that_is_too_long_is_cut_and_terminated),
        cmocka_unit_test(a_message_has_no_control_characters),
        cmocka_unit_test(a_message_is_utf_8),
        cmocka_unit_test(a_nan_has_no_sign_in_a_message),
        cmocka_unit_test(the_running_release_is_the_one_of_the_headers),
    };
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
