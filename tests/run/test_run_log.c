/* SPDX-License-Identifier: MIT */
/* The log of a run, its position in a checkpoint, and returning to that. */
#include "run/run_log.h"
#include "training.h"

#include <stdlib.h>

typedef struct logged {
    char path[64];
    lts_run_folder folder;
    lts_run_log log;
} logged;

static void begin(logged *x)
{
    *x = (logged){0};
    make_folder(x->path);
    lts_run_folder_init(&x->folder);
    assert_ok(lts_run_folder_open(&x->folder, x->path));
    assert_ok(lts_run_log_open(&x->log, &x->folder));
}

static void end(logged *x)
{
    lts_run_log_close(&x->log, &x->folder);
    lts_run_folder_close(&x->folder);
    remove_folder(x->path);
}

static void assert_holds(const logged *x, const char *wanted)
{
    char *text = read_text(x->path, "log.jsonl");
    assert_string_equal(text, wanted);
    free(text);
}

static void a_position_is_that_of_the_last_line(void **fixture)
{
    (void)fixture;
    logged x;
    lts_log_position at;
    begin(&x);
    assert_ok(lts_run_log_position(&x.log, &at));
    assert_int_equal(at.size, 0);
    assert_string_equal(at.line_head, "");
    assert_ok(lts_run_log_write(&x.log, "{\"a\":1}"));
    assert_ok(lts_run_log_write(&x.log, "{\"b\":2}"));
    assert_ok(lts_run_log_position(&x.log, &at));
    assert_int_equal(at.size, 16);
    assert_int_equal(at.line_start, 8);
    assert_string_equal(at.line_head, "{\"b\":2}");
    assert_holds(&x, "{\"a\":1}\n{\"b\":2}\n");
    assert_ok(lts_run_log_empty(&x.log));
    assert_holds(&x, "");
    end(&x);
}

static void a_return_takes_later_lines_back(void **fixture)
{
    (void)fixture;
    logged x;
    lts_log_position at;
    bool beyond;
    begin(&x);
    assert_ok(lts_run_log_write(&x.log, "{\"a\":1}"));
    assert_ok(lts_run_log_position(&x.log, &at));
    char head[LTS_LINE_HEAD];
    at.line_head = memcpy(head, at.line_head, sizeof head);
    assert_ok(lts_run_log_is_beyond(&x.log, &at, &beyond));
    assert_false(beyond);
    assert_ok(lts_run_log_write(&x.log, "{\"b\":2}"));
    lts_run_log_note_rollback(&x.log, 2, "why");
    assert_ok(lts_run_log_is_beyond(&x.log, &at, &beyond));
    assert_true(beyond);
    lts_run_log_return(&x.log, &at, beyond);
    assert_false(x.log.rollback.active);
    assert_holds(&x, "{\"a\":1}\n");
    assert_ok(lts_run_log_write(&x.log, "{\"c\":3}"));
    assert_holds(&x, "{\"a\":1}\n{\"c\":3}\n");
    end(&x);
}

static void the_log_of_another_run_is_not_recognized(void **fixture)
{
    (void)fixture;
    static const lts_log_position
        others
            [] =
                {
                    {8, 0, "{\"x\":1}"},  {8, 1, "{\"a\":1}"},   {8, 0, ""},
                    {16, 0, "{\"a\":1}"}, {8, 100, "{\"a\":1}"}, {0, 0, "{\"a\":1}"},
                    {3, 0, "{\"a"}, /* a cut to nothing, or within a line */
                    {12, 8, "{\"b\""},    {16, 9, "\"b\":2"},
                };
    logged x;
    begin(&x);
    assert_ok(lts_run_log_write(&x.log, "{\"a\":1}"));
    assert_ok(lts_run_log_write(&x.log, "{\"b\":2}"));
    assert_ok(lts_run_log_write(&x.log, "{\"c\":3}"));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        bool beyond = true;
        assert_ok(lts_run_log_is_beyond(&x.log, &others[i], &beyond));
        assert_false(beyond);
    }
    end(&x);
}

static void a_run_without_files_has_none(void **fixture)
{
    (void)fixture;
    lts_run_folder folder;
    lts_run_log log = {0};
    lts_log_position at;
    bool beyond = true;
    lts_run_folder_init(&folder);
    assert_ok(lts_run_folder_check(&folder));
    assert_ok(lts_run_log_write(&log, "{}"));
    assert_ok(lts_run_log_empty(&log));
    assert_ok(lts_run_log_position(&log, &at));
    assert_int_equal(at.size, 0);
    assert_ok(lts_run_log_is_beyond(&log, &(lts_log_position){8, 0, "{\"a\":1}"}, &beyond));
    assert_false(beyond);
    lts_run_log_close(&log, &folder);
    lts_run_folder_close(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_position_is_that_of_the_last_line),
        cmocka_unit_test(a_return_takes_later_lines_back),
        cmocka_unit_test(the_log_of_another_run_is_not_recognized),
        cmocka_unit_test(a_run_without_files_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
