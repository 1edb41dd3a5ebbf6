/* SPDX-License-Identifier: MIT */
/* A file that is replaced is old or new, never half, and keeps what its owner has set. */
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

static lstm_status replace(const char *name, const char *text)
{
    const lts_chunk chunk = {text, (int64_t)strlen(text)};
    return lts_file_replace(lts_at_path(scratch(name)), &chunk, 1);
}

static void a_new_file_has_the_mode_that_the_umask_leaves(void **fixture)
{
    (void)fixture;
    struct stat info;
    mode_t before = umask(027);
    lstm_status status = replace("a", "text");
    umask(before);
    assert_ok(status);
    assert_int_equal(stat(scratch("a"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0640);
}

static ssize_t (*works)(int, const void *, size_t);

static ssize_t write_nothing(int descriptor, const void *bytes, size_t size)
{
    (void)descriptor;
    (void)bytes;
    (void)size;
    return 0;
}

/* Asserts that a save fails and changes nothing. */
static void fails_and_changes_nothing(const char *part)
{
    assert_status(replace("a", "new and longer"), LSTM_E_IO, part);
    assert_non_null(strstr(lstm_last_error(), scratch("a")));
    memset(io->errors, 0, sizeof io->errors);
    io->table.write = works;
    scratch_holds("a", "old", 3);
    assert_int_equal(scratch_entries(0), 1);
}

static void a_failure_at_any_step_leaves_the_old_file_and_no_temporary(void **fixture)
{
    (void)fixture;
    scratch_write("a", "old", 3);
    works = io->table.write;
    io->errors[IO_WRITE] = ENOSPC;
    fails_and_changes_nothing("cannot write");
    io->errors[IO_SYNC] = EIO;
    fails_and_changes_nothing("cannot flush");
    io->errors[IO_CLOSE] = EIO;
    fails_and_changes_nothing("cannot close");
    io->errors[IO_RENAME] = EXDEV;
    fails_and_changes_nothing("cannot rename");
    io->table.write = write_nothing;
    fails_and_changes_nothing("cannot write");
}

static int sync_file_only(int descriptor)
{
    struct stat info;
    assert_int_equal(fstat(descriptor, &info), 0);
    errno = EIO;
    return S_ISDIR(info.st_mode) ? -1 : 0;
}

/*
 * After a power cut the disk has only flushed data: contents must be flushed before the rename, and
 * the rename before the call returns.
 */
static void a_new_file_is_flushed_then_renamed_then_its_folder_is_flushed(void **fixture)
{
    (void)fixture;
    int64_t i = 0;
    scratch_write("a", "old", 3);
    assert_ok(replace("a", "new and longer"));
    while (i < io->n_step && io->steps[i] == STEP_WRITE)
        i++;
    assert_true(i > 0);
    assert_int_equal(io->n_step, i + 3);
    assert_int_equal(io->steps[i], STEP_FLUSH_FILE);
    assert_int_equal(io->steps[i + 1], STEP_RENAME);
    assert_int_equal(io->steps[i + 2], STEP_FLUSH_FOLDER);
}

/* The new file exists and is complete, but a power cut may undo the rename: this is a failure. */
static void a_folder_that_cannot_be_flushed_is_an_error(void **fixture)
{
    (void)fixture;
    io->table.sync = sync_file_only;
    assert_status(replace("a", "new"), LSTM_E_IO, "cannot flush the folder of");
    scratch_holds("a", "new", 3);
}

static void a_file_beyond_the_size_limit_leaves_the_old_one(void **fixture)
{
    (void)fixture;
    scratch_write("a", "old", 3);
    rlim_t before = file_limit_set(8);
    lstm_status status = replace("a", "new and longer");
    bool says_why = strstr(lstm_last_error(), "File too large") != NULL;
    file_limit_restore(before);
    assert_int_equal(status, LSTM_E_IO);
    assert_true(says_why);
    scratch_holds("a", "old", 3);
    assert_int_equal(scratch_entries(0), 1);
}

static void a_target_that_cannot_be_replaced_is_refused(void **fixture)
{
    (void)fixture;
    assert_status(replace("none/a", "text"), LSTM_E_IO, "No such file or directory");
    assert_status(replace("", "text"), LSTM_E_IO, "cannot rename");
    assert_int_equal(scratch_entries(0), 0);
    assert_int_equal(mkdir(scratch("folder"), 0777), 0);
    lstm_status status = replace("folder", "text");
    int entries = scratch_entries(0);
    rmdir(scratch("folder"));
    assert_int_equal(status, LSTM_E_IO);
    assert_int_equal(entries, 1);
    scratch_write("file", "x", 1);
    assert_status(replace("file/a", "text"), LSTM_E_IO, "Not a directory");
    assert_int_equal(scratch_entries(0), 1);
}

/* The target is kept, and so is what it points to. */
static void keeps(const char *name, mode_t kind, const char *what)
{
    struct stat before, after;
    char part[80];
    snprintf(part, sizeof part, "is %s, not a regular file", what);
    assert_int_equal(lstat(scratch(name), &before), 0);
    assert_status(replace(name, "new"), LSTM_E_IO, part);
    assert_int_equal(lstat(scratch(name), &after), 0);
    assert_int_equal(after.st_mode & S_IFMT, kind);
    assert_int_equal(after.st_ino, before.st_ino);
}

static void what_is_no_regular_file_is_not_replaced(void **fixture)
{
    (void)fixture;
    scratch_write("target", "old", 3);
    assert_int_equal(symlink("target", scratch("link")), 0);
    keeps("link", S_IFLNK, "a symbolic link");
    scratch_holds("target", "old", 3);
    assert_int_equal(symlink("/dev/null", scratch("null")), 0);
    keeps("null", S_IFLNK, "a symbolic link");
    assert_int_equal(symlink("none", scratch("dangling")), 0);
    keeps("dangling", S_IFLNK, "a symbolic link");
    assert_int_equal(mkfifo(scratch("pipe"), 0666), 0);
    keeps("pipe", S_IFIFO, "a pipe");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", scratch("socket"));
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    keeps("socket", S_IFSOCK, "a socket");
    close(listener);
    assert_int_equal(scratch_temporaries(scratch_folder), 0);
}

static void a_replaced_file_keeps_its_mode(void **fixture)
{
    (void)fixture;
    static const mode_t modes[] = {0600, 0640, 0444, 0666, 0755};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct stat info;
        assert_int_equal(chmod(scratch_write("a", "old", 3), modes[i]), 0);
        assert_ok(replace("a", "new"));
        assert_int_equal(stat(scratch("a"), &info), 0);
        assert_int_equal(info.st_mode & 07777, modes[i]);
        scratch_holds("a", "new", 3);
        assert_int_equal(unlink(scratch("a")), 0);
    }
}

/* The modes with which temporaries are seen before they are renamed. */
static mode_t mode_before_chmod;

static ssize_t write_after_a_look(int descriptor, const void *bytes, size_t size)
{
    struct stat info;
    assert_int_equal(fstat(descriptor, &info), 0);
    mode_before_chmod = info.st_mode & 07777;
    return lts_io_system.write(descriptor, bytes, size);
}

static void nobody_else_can_open_a_temporary(void **fixture)
{
    (void)fixture;
    struct stat info;
    io->table.write = write_after_a_look;
    mode_t before = umask(022);
    lstm_status status = replace("a", "new");
    umask(before);
    assert_ok(status);
    assert_int_equal(mode_before_chmod, 0600);
    assert_int_equal(stat(scratch("a"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0644);
    mode_before_chmod = 0;
    assert_ok(replace("a", "newer"));
    assert_int_equal(mode_before_chmod, 0600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_file_has_the_mode_that_the_umask_leaves),
        TEST(a_failure_at_any_step_leaves_the_old_file_and_no_temporary),
        TEST(a_new_file_is_flushed_then_renamed_then_its_folder_is_flushed),
        TEST(a_folder_that_cannot_be_flushed_is_an_error),
        TEST(a_file_beyond_the_size_limit_leaves_the_old_one),
        TEST(a_target_that_cannot_be_replaced_is_refused),
        TEST(what_is_no_regular_file_is_not_replaced),
        TEST(a_replaced_file_keeps_its_mode),
        TEST(nobody_else_can_open_a_temporary),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
