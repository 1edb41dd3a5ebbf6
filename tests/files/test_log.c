/* SPDX-License-Identifier: MIT */
#include "failing_allocator.h"
#include "file_limit.h"
#include "io_fixture.h"

#include "files/log.h"

#include <errno.h>

static void a_log_grows_by_lines_and_is_cut_back(void **fixture)
{
    (void)fixture;
    lts_log *log;
    int64_t size;
    assert_ok(lts_log_open(&log, lts_at_path(scratch("log"))));
    assert_ok(lts_log_write(log, "one"));
    assert_ok(lts_log_write(log, ""));
    scratch_holds("log", "one\n\n", 5);
    assert_ok(lts_log_write(log, "and a longer line than before"));
    assert_ok(lts_log_size(log, &size));
    assert_int_equal(size, 35);
    assert_int_equal(lts_log_line_start(log), 5);
    assert_ok(lts_log_truncate(log, 5));
    assert_ok(lts_log_write(log, "two"));
    assert_ok(lts_log_close(log));
    assert_ok(lts_log_open(&log, lts_at_path(scratch("log"))));
    assert_ok(lts_log_size(log, &size));
    assert_int_equal(size, 9);
    assert_ok(lts_log_write(log, "three"));
    assert_int_equal(lts_log_line_start(log), 9);
    assert_ok(lts_log_close(log));
    scratch_holds("log", "one\n\ntwo\nthree\n", 15);
    assert_ok(lts_log_close(NULL));
}

static void a_log_is_not_made_longer_by_cutting(void **fixture)
{
    (void)fixture;
    lts_log *log;
    assert_ok(lts_log_open(&log, lts_at_path(scratch("log"))));
    assert_ok(lts_log_write(log, "one"));
    assert_status(lts_log_truncate(log, 5), LSTM_E_TRUNC, "has 4 bytes, 5 were to be kept");
    assert_ok(lts_log_close(log));
    scratch_holds("log", "one\n", 4);
}

static void a_line_is_written_by_one_call_and_in_pieces_if_need_be(void **fixture)
{
    (void)fixture;
    lts_log *log;
    assert_ok(lts_log_open(&log, lts_at_path(scratch("log"))));
    io->interrupted = true;
    assert_ok(lts_log_write(log, "one"));
    assert_int_equal(io->waits, 8);
    assert_ok(lts_log_close(log));
    scratch_holds("log", "one\n", 4);
}

static void a_line_that_fails_is_taken_back(void **fixture)
{
    (void)fixture;
    lts_log *log;
    assert_ok(lts_log_open(&log, lts_at_path(scratch("log"))));
    assert_ok(lts_log_write(log, "one"));
    rlim_t before = file_limit_set(6);
    lstm_status status = lts_log_write(log, "a line");
    file_limit_restore(before);
    assert_int_equal(status, LSTM_E_IO);
    scratch_holds("log", "one\n", 4);
    assert_ok(lts_log_write(log, "two"));
    assert_ok(lts_log_close(log));
    scratch_holds("log", "one\ntwo\n", 8);
}

static void half_a_line_that_cannot_be_taken_back_is_cut_before_the_next(void **fixture)
{
    (void)fixture;
    lts_log *log;
    int64_t size;
    assert_ok(lts_log_open(&log, lts_at_path(scratch("log"))));
    assert_ok(lts_log_write(log, "one"));
    failing_io_fail(2, INT64_MAX, EIO); /* the write, after reading the size, and the truncation */
    assert_status(lts_log_write(log, "half"), LSTM_E_IO, "cannot write to");
    failing_io_fail(1, INT64_MAX, EIO);
    assert_status(lts_log_write(log, "half"), LSTM_E_IO, "cannot truncate");
    assert_ok(lts_log_size(log, &size));
    assert_int_equal(size, 4);
    failing_io_fail(0, 0, 0);
    scratch_holds("log", "one\nha", 6);
    assert_ok(lts_log_write(log, "two"));
    scratch_holds("log", "one\ntwo\n", 8);
    failing_io_fail(2, INT64_MAX, EIO);
    assert_status(lts_log_write(log, "half"), LSTM_E_IO, "cannot write to");
    failing_io_fail(0, 0, 0);
    assert_ok(lts_log_close(log));
    scratch_holds("log", "one\ntwo\n", 8);
}

static bool holds(const lts_log *log, int64_t offset, const char *text)
{
    bool yes;
    assert_ok(lts_log_matches(log, offset, text, &yes));
    return yes;
}

/* As after a power cut. Only a line that existed when the log was opened is terminated. */
static void half_a_line_that_was_there_gets_an_end(void **fixture)
{
    (void)fixture;
    static const struct {
        const char *before, *after;
    } logs[] = {{"", "next\n"}, {"one\n", "one\nnext\n"}, {"one\nha", "one\nha\nnext\n"}};
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        lts_log *log;
        scratch_write("log", logs[i].before, strlen(logs[i].before));
        assert_ok(lts_log_open(&log, lts_at_path(scratch("log"))));
        assert_ok(lts_log_terminate_line(log));
        assert_ok(lts_log_terminate_line(log));
        assert_ok(lts_log_write(log, "next"));
        assert_ok(lts_log_close(log));
        scratch_holds("log", logs[i].after, strlen(logs[i].after));
    }
}

static void a_log_is_known_again_by_what_it_holds(void **fixture)
{
    (void)fixture;
    lts_log *log;
    bool yes;
    assert_ok(lts_log_open(&log, lts_at_path(scratch("log"))));
    assert_ok(lts_log_write(log, "one"));
    assert_ok(lts_log_write(log, "two"));
    assert_true(holds(log, 4, "two"));
    assert_true(holds(log, 0, "one"));
    assert_false(holds(log, 4, "twa"));
    assert_false(holds(log, 5, "two"));
    assert_false(holds(log, 4, "two and more than there is"));
    io->interrupted = true;
    assert_true(holds(log, 4, "two"));
    assert_true(io->waits > 0);
    io->interrupted = false;
    io->errors[IO_READ_AT] = EIO;
    assert_status(lts_log_matches(log, 4, "two", &yes), LSTM_E_IO, "cannot read");
    io->errors[IO_READ_AT] = 0;
    assert_ok(lts_log_close(log));
}

static void a_log_that_is_no_regular_file_is_refused(void **fixture)
{
    (void)fixture;
    lts_log *log = NULL;
    assert_status(lts_log_open(&log, lts_at_path(scratch_folder)), LSTM_E_IO, "Is a directory");
    assert_status(lts_log_open(&log, lts_at_path(scratch("none/log"))), LSTM_E_IO, "No such file");
    assert_status(lts_log_open(&log, lts_at_path("/dev/null")), LSTM_E_IO, "is a device");
    assert_int_equal(mkfifo(scratch("pipe"), 0666), 0);
    assert_status(lts_log_open(&log, lts_at_path(scratch("pipe"))), LSTM_E_IO, "is a pipe");
    scratch_write("victim", "kept", 4);
    assert_int_equal(symlink("victim", scratch("link")), 0);
    assert_status(lts_log_open(&log, lts_at_path(scratch("link"))), LSTM_E_IO, "symbolic links");
    assert_int_equal(link(scratch_write("other", "theirs\n", 7), scratch("hard")), 0);
    assert_status(lts_log_open(&log, lts_at_path(scratch("hard"))), LSTM_E_IO, "has 2 names");
    scratch_holds("other", "theirs\n", 7);
    scratch_holds("victim", "kept", 4);
    assert_null(log);
}

static lstm_status log_to_it(void *context)
{
    lts_log *log = NULL;
    lstm_status status = lts_log_open(&log, lts_at_path(context));
    if (status == LSTM_OK)
        status = lts_log_write(log, "line");
    assert_ok(lts_log_close(log));
    return status;
}

static void out_of_memory_at_any_allocation_is_reported(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    char path[512];
    snprintf(path, sizeof path, "%s", scratch("log"));
    failing_allocator_install(&memory);
    assert_true(failing_allocator_sweep(&memory, log_to_it, path) >= 3);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_log_grows_by_lines_and_is_cut_back),
        TEST(a_log_is_not_made_longer_by_cutting),
        TEST(a_line_is_written_by_one_call_and_in_pieces_if_need_be),
        TEST(a_line_that_fails_is_taken_back),
        TEST(half_a_line_that_cannot_be_taken_back_is_cut_before_the_next),
        TEST(half_a_line_that_was_there_gets_an_end),
        TEST(a_log_is_known_again_by_what_it_holds),
        TEST(a_log_that_is_no_regular_file_is_refused),
        TEST(out_of_memory_at_any_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
