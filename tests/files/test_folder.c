/* SPDX-License-Identifier: MIT */
/*
 * Temporary files that other processes left or still write, reserved disk space, locks, and the
 * list of a folder.
 */
#include "io_fixture.h"

#include "files/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/file.h>

static lstm_status replace(const char *name, const char *text)
{
    const lts_chunk chunk = {text, (int64_t)strlen(text)};
    return lts_file_replace(lts_at_path(scratch(name)), &chunk, 1);
}

/* A temporary file of a process that was killed while it wrote. */
static const char stale[] = ".lstmts-77-1700000000000000000-0.tmp";

static void what_a_killed_process_left_is_removed_by_the_next_save(void **fixture)
{
    (void)fixture;
    scratch_write(stale, "half", 4);
    scratch_write(".lstmts-.tmp", "half", 4);
    scratch_write(".lstmts-lock", "", 0);
    scratch_write("lstmts-1.tmp", "another's", 9);
    scratch_write(".lstmts-1.tmp~", "another's", 9);
    assert_int_equal(mkdir(scratch(".lstmts-1-1-1.tmp"), 0777), 0);
    assert_int_equal(symlink("a", scratch(".lstmts-1-1-2.tmp")), 0);
    assert_int_equal(mkfifo(scratch(".lstmts-1-1-3.tmp"), 0666), 0);
    lstm_status status = replace("a", "new");
    rmdir(scratch(".lstmts-1-1-1.tmp"));
    assert_ok(status);
    assert_int_not_equal(access(scratch(stale), F_OK), 0);
    assert_int_equal(access(scratch("lstmts-1.tmp"), F_OK), 0);
    assert_int_equal(scratch_entries(0), 7); /* all others, and "a" */
}

static void what_a_living_process_writes_is_left_alone(void **fixture)
{
    (void)fixture;
    int descriptor = open(scratch(stale), O_RDWR | O_CREAT, 0666);
    assert_int_equal(flock(descriptor, LOCK_EX), 0);
    assert_ok(replace("a", "new"));
    assert_int_equal(access(scratch(stale), F_OK), 0);
    close(descriptor); /* as the process's end does */
    assert_ok(replace("a", "newer"));
    assert_int_not_equal(access(scratch(stale), F_OK), 0);
}

/* A save during whose rename another process saves. */
static int (*plain_rename)(int, const char *, int, const char *);

static int rename_after_a_sweep(int old_folder, const char *old_name, int new_folder,
                                const char *new_name)
{
    io->table.rename = plain_rename;
    assert_ok(replace("other", "text"));
    return plain_rename(old_folder, old_name, new_folder, new_name);
}

static void a_save_survives_another_one_that_sweeps(void **fixture)
{
    (void)fixture;
    plain_rename = io->table.rename;
    io->table.rename = rename_after_a_sweep;
    assert_ok(replace("a", "new"));
    scratch_holds("a", "new", 3);
    scratch_holds("other", "text", 4);
    assert_int_equal(scratch_entries(0), 2);
}

/* If another process removes the temporary file before it is locked, a new one is created. */
static int (*plain_lock)(int, int);

static int lock_after_a_sweep(int descriptor, int operation)
{
    io->table.lock = plain_lock;
    assert_ok(replace("other", "text"));
    return plain_lock(descriptor, operation);
}

static void a_temporary_that_was_swept_before_its_lock_is_made_again(void **fixture)
{
    (void)fixture;
    plain_lock = io->table.lock;
    io->table.lock = lock_after_a_sweep;
    assert_ok(replace("a", "new"));
    scratch_holds("a", "new", 3);
    scratch_holds("other", "text", 4);
    assert_int_equal(scratch_entries(0), 2);
}

static void without_locks_files_are_saved_and_nothing_is_swept(void **fixture)
{
    (void)fixture;
    int lock = -1;
    scratch_write(stale, "half", 4);
    io->errors[IO_LOCK] = ENOLCK;
    assert_ok(replace("a", "new"));
    assert_int_equal(access(scratch(stale), F_OK), 0);
    assert_ok(lts_lock_take(&lock, lts_at_path(scratch("lock"))));
    lts_lock_release(lock);
}

static void a_probe_says_what_a_save_would_and_leaves_nothing(void **fixture)
{
    (void)fixture;
    scratch_write(stale, "half", 4);
    assert_ok(lts_file_probe(lts_at_path(scratch("a")), 100000, 3));
    assert_ok(lts_file_probe(lts_at_path(scratch("a")), 0, 1));
    assert_ok(lts_file_probe(lts_at_path(scratch("a")), 1, 1000000));
    assert_status(lts_file_probe(lts_at_path(scratch("none/a")), 1, 1), LSTM_E_IO, "No such file");
    io->errors[IO_ALLOCATE] = ENOSPC;
    assert_status(lts_file_probe(lts_at_path(scratch("a")), 1, 2), LSTM_E_IO,
                  "cannot reserve space in the folder");
    io->errors[IO_ALLOCATE] = EOPNOTSUPP; /* unknown: not a failure */
    assert_ok(lts_file_probe(lts_at_path(scratch("a")), 1, 2));
    io->errors[IO_ALLOCATE] = 0;
    io->interrupted = true;
    assert_ok(lts_file_probe(lts_at_path(scratch("a")), 1, 2));
    assert_int_equal(scratch_entries(0), 0);
}

/* Errors that mean that a file system has no locks, or cannot reserve space. */
static void what_a_file_system_cannot_do_is_no_failure(void **fixture)
{
    (void)fixture;
    static const int lacks[] = {ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL};
    for (int i = 0; i < 4; i++) {
        int lock = -1;
        io->errors[IO_LOCK] = lacks[i];
        assert_ok(lts_lock_take(&lock, lts_at_path(scratch("lock"))));
        io->errors[IO_LOCK] = 0;
        lts_lock_release(lock);
        io->errors[IO_ALLOCATE] = lacks[i] == ENOLCK ? 0 : lacks[i];
        assert_ok(lts_file_probe(lts_at_path(scratch("a")), 1, 2));
        io->errors[IO_ALLOCATE] = 0;
    }
    int lock = -1;
    io->errors[IO_LOCK] = EIO;
    assert_status(lts_lock_take(&lock, lts_at_path(scratch("lock"))), LSTM_E_IO, "cannot lock");
    assert_int_equal(lock, -1);
}

static int (*plain_sync)(int);

static int sync_files_alone(int descriptor)
{
    struct stat info;
    assert_int_equal(fstat(descriptor, &info), 0);
    errno = EINVAL;
    return S_ISDIR(info.st_mode) ? -1 : plain_sync(descriptor);
}

static void a_folder_that_cannot_be_flushed_is_no_failure(void **fixture)
{
    (void)fixture;
    plain_sync = io->table.sync;
    io->table.sync = sync_files_alone;
    assert_ok(replace("a", "new"));
    scratch_holds("a", "new", 3);
}

static void a_temporary_that_cannot_be_looked_at_is_left_alone(void **fixture)
{
    (void)fixture;
    scratch_write(stale, "half", 4);
    io->errors[IO_STATUS] = EIO;
    assert_ok(replace("a", "new"));
    assert_int_equal(access(scratch(stale), F_OK), 0);
}

/* All names that are tried exist. */
static int (*plain_open)(int, const char *, int, mode_t);
static int tries;

static int open_what_is_there(int folder, const char *name, int flags, mode_t mode)
{
    if ((flags & O_EXCL) == 0)
        return plain_open(folder, name, flags, mode);
    tries++;
    errno = EEXIST;
    return -1;
}

static void a_temporary_whose_names_are_all_taken_is_a_failure(void **fixture)
{
    (void)fixture;
    tries = 0;
    plain_open = io->table.open;
    io->table.open = open_what_is_there;
    assert_status(replace("a", "new"), LSTM_E_IO, "File exists");
    assert_in_range(tries, 2, 1000);
    assert_int_equal(scratch_entries(0), 0);
}

static void an_error_that_the_system_has_no_words_for_has_its_number(void **fixture)
{
    (void)fixture;
    assert_status(lts_fail_io("read", "a", 987654), LSTM_E_IO, "cannot read a: ");
    assert_non_null(strstr(lstm_last_error(), "987654"));
}

static void a_lock_is_held_once_in_and_between_processes(void **fixture)
{
    (void)fixture;
    int first = -1, second = -1;
    assert_ok(lts_lock_take(&first, lts_at_path(scratch("lock"))));
    assert_status(lts_lock_take(&second, lts_at_path(scratch("lock"))), LSTM_E_LOCKED,
                  scratch("lock"));
    assert_int_equal(second, -1);
    lts_lock_release(first);
    assert_ok(lts_lock_take(&second, lts_at_path(scratch("lock"))));
    lts_lock_release(second);
    lts_lock_release(-1);
    assert_int_equal(symlink("lock", scratch("link")), 0);
    assert_status(lts_lock_take(&second, lts_at_path(scratch("link"))), LSTM_E_IO, "cannot open");
    assert_status(lts_lock_take(&second, lts_at_path(scratch("none/lock"))), LSTM_E_IO,
                  "No such file");
    assert_int_equal(mkfifo(scratch("pipe"), 0666), 0);
    assert_status(lts_lock_take(&second, lts_at_path(scratch("pipe"))), LSTM_E_IO, "is a pipe");
}

static lstm_status count_name(const char *name, void *user)
{
    (void)name;
    return --*(int *)user < 0 ? LSTM_E_LIMIT : LSTM_OK;
}

static void the_regular_files_of_a_folder_are_listed(void **fixture)
{
    (void)fixture;
    int left = 3;
    scratch_write("a", "", 0);
    scratch_write("b", "", 0);
    scratch_write(".c", "", 0);
    assert_int_equal(mkdir(scratch("d"), 0777), 0);
    lstm_status status = lts_folder_list(lts_at_path(scratch_folder), "", count_name, &left);
    left = 2;
    lstm_status ended = lts_folder_list(lts_at_path(scratch_folder), "", count_name, &left);
    rmdir(scratch("d"));
    assert_int_equal(status, LSTM_OK);
    assert_int_equal(ended, LSTM_E_LIMIT);
    assert_status(lts_folder_list(lts_at_path(scratch("none")), "", count_name, &left), LSTM_E_IO,
                  "No such file");
    assert_status(lts_folder_list(lts_at_path(scratch("a")), "", count_name, &left), LSTM_E_IO,
                  "Not a directory");
}

/* Of a folder of 1,000 others, those of the name asked for are looked at alone. */
static void other_files_cost_no_system_call(void **fixture)
{
    (void)fixture;
    int left = 3;
    for (int i = 0; i < 1000; i++) {
        char name[20];
        snprintf(name, sizeof name, "other%d", i);
        scratch_write(name, "", 0);
    }
    scratch_write("mine1", "", 0);
    scratch_write("mine2", "", 0);
    io->table.read_folder = lts_io_system.read_folder; /* is not counted */
    io->calls = 0;
    assert_ok(lts_folder_list(lts_at_path(scratch_folder), "mine", count_name, &left));
    assert_int_equal(left, 1);
    assert_in_range(io->calls, 3, 10);
}

/* Somebody locks each temporary as soon as it is there, and keeps the lock. */
static int holders[200], n_holder, holder_limit;

static int open_and_let_lock(int folder, const char *name, int flags, mode_t mode)
{
    int descriptor = plain_open(folder, name, flags, mode);
    if ((flags & O_EXCL) != 0 && descriptor >= 0 && n_holder < holder_limit) {
        int holder = openat(folder, name, O_RDONLY | O_CLOEXEC);
        assert_true(holder >= 0 && flock(holder, LOCK_SH | LOCK_NB) == 0);
        holders[n_holder++] = holder;
    }
    return descriptor;
}

static void a_lock_on_a_temporary_does_not_hold_a_save(void **fixture)
{
    (void)fixture;
    plain_open = io->table.open;
    io->table.open = open_and_let_lock;
    for (int way = 0; way < 2; way++) {
        n_holder = 0;
        holder_limit = way == 0 ? 5 : 200;
        lstm_status status = replace("a", "new");
        for (int i = 0; i < n_holder; i++)
            close(holders[i]);
        assert_int_equal(status, way == 0 ? LSTM_OK : LSTM_E_IO);
        assert_int_equal(scratch_entries(0), 1);
    }
    scratch_holds("a", "new", 3);
}

static void a_file_is_removed_and_one_that_is_not_there_is_fine(void **fixture)
{
    (void)fixture;
    scratch_write("a", "", 0);
    assert_ok(lts_file_remove(lts_at_path(scratch("a"))));
    assert_ok(lts_file_remove(lts_at_path(scratch("a"))));
    assert_int_equal(scratch_entries(0), 0);
    assert_status(lts_file_remove(lts_at_path(scratch_folder)), LSTM_E_IO, "cannot remove");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_killed_process_left_is_removed_by_the_next_save),
        TEST(what_a_living_process_writes_is_left_alone),
        TEST(a_save_survives_another_one_that_sweeps),
        TEST(a_temporary_that_was_swept_before_its_lock_is_made_again),
        TEST(without_locks_files_are_saved_and_nothing_is_swept),
        TEST(a_probe_says_what_a_save_would_and_leaves_nothing),
        TEST(what_a_file_system_cannot_do_is_no_failure),
        TEST(a_folder_that_cannot_be_flushed_is_no_failure),
        TEST(a_temporary_that_cannot_be_looked_at_is_left_alone),
        TEST(a_temporary_whose_names_are_all_taken_is_a_failure),
        TEST(an_error_that_the_system_has_no_words_for_has_its_number),
        TEST(a_lock_is_held_once_in_and_between_processes),
        TEST(the_regular_files_of_a_folder_are_listed),
        TEST(other_files_cost_no_system_call),
        TEST(a_lock_on_a_temporary_does_not_hold_a_save),
        TEST(a_file_is_removed_and_one_that_is_not_there_is_fine),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
