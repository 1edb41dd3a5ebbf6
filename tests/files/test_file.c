/* SPDX-License-Identifier: MIT */
#include "failing_allocator.h"
#include "file_limit.h"
#include "io_fixture.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"
#include "files/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Reads a file whole; free the bytes with lts_free(). */
static lstm_status read_whole(const char *path, unsigned char **bytes, int64_t *size)
{
    lts_input input;
    LTS_TRY(lts_input_open(&input, lts_at_path(path)));
    unsigned char *whole = lts_alloc(input.size, 1);
    lstm_status status =
        whole == NULL ? LSTM_E_NOMEM : lts_input_read(&input, 0, whole, input.size);
    lts_input_close(&input);
    if (status < 0) {
        lts_free(whole);
        return status;
    }
    *bytes = whole;
    *size = input.size;
    return LSTM_OK;
}

static void refuse(const char *path, lstm_status status, const char *part)
{
    unsigned char *bytes = NULL;
    int64_t size = -7;
    assert_status(read_whole(path, &bytes, &size), status, part);
    assert_null(bytes);
    assert_int_equal(size, -7);
    if (status == LSTM_E_IO)
        assert_non_null(strstr(lstm_last_error(), path));
}

static void assert_reads(const char *name, const void *wanted, int64_t size)
{
    unsigned char *bytes = NULL;
    int64_t got = -1;
    assert_ok(read_whole(scratch(name), &bytes, &got));
    assert_int_equal(got, size);
    assert_memory_equal(bytes, wanted, (size_t)size);
    lts_free(bytes);
}

static lstm_status replace(const char *name, const char *text)
{
    const lts_chunk chunk = {text, (int64_t)strlen(text)};
    return lts_file_replace(lts_at_path(scratch(name)), &chunk, 1);
}

static void what_is_written_is_read_byte_for_byte(void **fixture)
{
    (void)fixture;
    enum { SIZE = 100003 };
    static unsigned char bytes[SIZE];
    for (int i = 0; i < SIZE; i++)
        bytes[i] = (unsigned char)((unsigned)i * (unsigned)i >> 3);
    const int64_t cuts[] = {0, 1, 1, 64, 5000, SIZE};
    for (int n = 0; n <= 5; n++) {
        lts_chunk chunks[5];
        for (int i = 0; i < n; i++)
            chunks[i] = (lts_chunk){bytes + cuts[i], cuts[i + 1] - cuts[i]};
        assert_ok(lts_file_replace(lts_at_path(scratch("a")), chunks, n));
        scratch_holds("a", bytes, (size_t)cuts[n]);
        assert_reads("a", bytes, cuts[n]);
    }
    assert_int_equal(scratch_entries(0), 1);
}

static void what_is_no_regular_file_is_refused_at_once(void **fixture)
{
    (void)fixture;
    refuse(scratch("none"), LSTM_E_IO, "No such file or directory");
    refuse("", LSTM_E_IO, "cannot open");
    refuse(scratch_folder, LSTM_E_IO, "is a folder");
    refuse("/dev/zero", LSTM_E_IO, "is a device");
    assert_int_equal(mkfifo(scratch("pipe"), 0666), 0);
    refuse(scratch("pipe"), LSTM_E_IO, "is a pipe");
    assert_int_equal(symlink("loop", scratch("loop")), 0);
    refuse(scratch("loop"), LSTM_E_IO, "symbolic links");
    assert_int_equal(symlink("none", scratch("dangling")), 0);
    refuse(scratch("dangling"), LSTM_E_IO, "No such file");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", scratch("socket"));
    int socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(socket_, (struct sockaddr *)&address, sizeof address), 0);
    refuse(scratch("socket"), LSTM_E_IO, "cannot open");
    close(socket_);
}

static void a_path_that_is_too_long_is_refused(void **fixture)
{
    (void)fixture;
    static char path[6000];
    unsigned char *bytes;
    int64_t size;
    memset(path, 'x', sizeof path - 1);
    assert_status(read_whole(path, &bytes, &size), LSTM_E_IO, "File name too long");
    assert_status(lts_file_replace(lts_at_path(path), NULL, 0), LSTM_E_IO, "File name too long");
    path[0] = path[5000] = '/';
    assert_status(lts_file_replace(lts_at_path(path), NULL, 0), LSTM_E_IO, "File name too long");
}

static void a_file_or_folder_without_permission_is_refused(void **fixture)
{
    (void)fixture;
    bool root = geteuid() == 0;
    const char *path = scratch_write("a", "old", 3);
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(chmod(scratch_folder, 0555), 0);
    if (root)
        assert_int_equal(seteuid(65534), 0);
    unsigned char *bytes;
    int64_t size;
    lstm_status read_status = read_whole(path, &bytes, &size);
    bool read_says_why = strstr(lstm_last_error(), "Permission denied") != NULL;
    lstm_status write_status = replace("a", "new");
    bool write_says_why = strstr(lstm_last_error(), "Permission denied") != NULL;
    if (root)
        assert_int_equal(seteuid(0), 0);
    chmod(scratch_folder, 0755);
    chmod(path, 0644);
    assert_int_equal(read_status, LSTM_E_IO);
    assert_int_equal(write_status, LSTM_E_IO);
    assert_true(read_says_why && write_says_why);
    scratch_holds("a", "old", 3);
}

static void short_and_interrupted_calls_are_gone_on_with(void **fixture)
{
    (void)fixture;
    io->interrupted = true;
    assert_ok(replace("a", "a line of text"));
    assert_true(io->waits >= 2 * 14);
    io->waits = 0;
    assert_reads("a", "a line of text", 14);
    assert_true(io->waits >= 2 * 14);
}

/* The first three bytes one by one, then nothing. */
static ssize_t read_of_a_shrinking_file(int descriptor, void *bytes, size_t size, off_t offset)
{
    static int left = 3;
    (void)size;
    return left-- > 0 ? lts_io_system.read_at(descriptor, bytes, 1, offset) : 0;
}

static void a_file_that_shrinks_while_it_is_read_is_truncated(void **fixture)
{
    (void)fixture;
    scratch_write("a", "0123456789", 10);
    io->table.read_at = read_of_a_shrinking_file;
    refuse(scratch("a"), LSTM_E_TRUNC, "shrank from 10 to 3 bytes");
}

static lstm_status count_name(const char *name, void *user)
{
    (void)name;
    ++*(int64_t *)user;
    return LSTM_OK;
}

/* A time of 32 bits, and with it stat(), overflows 2^31 seconds after 1970. */
static void a_file_dated_beyond_2038_is_read_listed_and_replaced(void **fixture)
{
    (void)fixture;
    const struct timespec times[2] = {{INT64_C(1) << 32, 0}, {INT64_C(1) << 32, 0}};
    struct stat info;
    scratch_write("a", "old", 3);
    assert_int_equal(utimensat(AT_FDCWD, scratch("a"), times, 0), 0);
    assert_int_equal(utimensat(AT_FDCWD, scratch_folder, times, 0), 0);
    assert_int_equal(stat(scratch("a"), &info), 0);
    assert_true(info.st_mtime > INT32_MAX);
    assert_reads("a", "old", 3);
    int64_t n = 0;
    assert_ok(lts_folder_list(lts_at_path(scratch_folder), "", count_name, &n));
    assert_int_equal(n, 1);
    assert_ok(replace("a", "new"));
    scratch_holds("a", "new", 3);
}

/* The standard streams are closed while a file is opened in each way: none becomes one of them. */
static void no_file_becomes_a_standard_stream(void **fixture)
{
    (void)fixture;
    int saved[3], lock = -1, lowest = 99;
    lts_log *log = NULL;
    lts_input input = {.descriptor = -1};
    scratch_write("a", "old", 3);
    fflush(NULL);
    for (int i = 0; i < 3; i++)
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 3);
    for (int i = 0; i < 3; i++)
        close(i);
    lstm_status statuses[] = {
        lts_lock_take(&lock, lts_at_path(scratch("lock"))),
        lts_log_open(&log, lts_at_path(scratch("log"))),
        lts_input_open(&input, lts_at_path(scratch("a"))),
        replace("a", "new"),
    };
    for (int i = 2; i >= 0; i--)
        lowest = fcntl(i, F_GETFD) >= 0 ? i : lowest;
    for (int i = 0; i < 3; i++)
        dup2(saved[i], i);
    for (int i = 0; i < 3; i++)
        close(saved[i]);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        assert_ok(statuses[i]);
    assert_int_equal(lowest, 99);
    assert_true(lock >= 3 && input.descriptor >= 3);
    scratch_holds("a", "new", 3);
    lts_lock_release(lock);
    lts_input_close(&input);
    assert_ok(lts_log_close(log));
}

static lstm_status read_it(void *context)
{
    unsigned char *bytes = NULL;
    int64_t size;
    lstm_status status = read_whole(context, &bytes, &size);
    assert_int_equal(bytes == NULL, status != LSTM_OK);
    lts_free(bytes);
    return status;
}

static lstm_status replace_it(void *context)
{
    const lts_chunk chunk = {"new", 3};
    return lts_file_replace(lts_at_path(context), &chunk, 1);
}

static void out_of_memory_at_any_allocation_is_reported(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    char path[512];
    snprintf(path, sizeof path, "%s", scratch_write("a", "old", 3));
    failing_allocator_install(&memory);
    assert_true(failing_allocator_sweep(&memory, read_it, path) >= 1);
    assert_true(failing_allocator_sweep(&memory, replace_it, path) >= 1);
    failing_allocator_remove(&memory);
    assert_int_equal(scratch_entries(0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read_byte_for_byte),
        TEST(what_is_no_regular_file_is_refused_at_once),
        TEST(a_path_that_is_too_long_is_refused),
        TEST(a_file_or_folder_without_permission_is_refused),
        TEST(short_and_interrupted_calls_are_gone_on_with),
        TEST(a_file_that_shrinks_while_it_is_read_is_truncated),
        TEST(a_file_dated_beyond_2038_is_read_listed_and_replaced),
        TEST(no_file_becomes_a_standard_stream),
        TEST(out_of_memory_at_any_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
