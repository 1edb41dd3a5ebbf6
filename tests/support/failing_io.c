/* SPDX-License-Identifier: MIT */
#include "failing_io.h"

#include "assert_status.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static failing_io io;

/* Whether a call of this kind must fail; then sets errno. */
static bool fails(io_kind kind)
{
    int64_t call = ++io.calls;
    int error = io.errors[kind];
    if (io.first > 0 && call >= io.first && call - io.first < io.count) {
        if (io.kill)
            kill(getpid(), SIGKILL);
        io.last_failed = kind;
        error = io.error;
    }
    if (error != 0)
        errno = error;
    return error != 0;
}

static bool fails_or_is_interrupted(io_kind kind)
{
    if (fails(kind))
        return true;
    if (!io.interrupted || io.waits++ % 2 != 0)
        return false;
    errno = EINTR;
    return true;
}

/* Records a successful call. Returns `result`. */
static int note(io_step step, int result)
{
    if (result == 0 && io.n_step++ < MAX_IO_STEP)
        io.steps[io.n_step - 1] = step;
    return result;
}

static int do_open(int folder, const char *name, int flags, mode_t mode)
{
    if (fails_or_is_interrupted(IO_OPEN))
        return -1;
    int descriptor = lts_io_system.open(folder, name, flags, mode);
    io.open += descriptor >= 0;
    return descriptor;
}

/* The descriptor is closed even on failure, as on Linux. */
static int do_close(int descriptor)
{
    int result = lts_io_system.close(descriptor);
    io.open -= result == 0;
    return fails_or_is_interrupted(IO_CLOSE) ? -1 : result;
}

static int do_duplicate(int descriptor)
{
    if (fails(IO_DUPLICATE))
        return -1;
    int copy = lts_io_system.duplicate(descriptor);
    io.open += copy >= 0;
    return copy;
}

static int do_lock(int descriptor, int operation)
{
    return fails_or_is_interrupted(IO_LOCK) ? -1 : lts_io_system.lock(descriptor, operation);
}

static int do_status(int descriptor, struct stat *info)
{
    return fails(IO_STATUS) ? -1 : lts_io_system.status(descriptor, info);
}

static int do_status_at(int folder, const char *name, struct stat *info, int flags)
{
    return fails(IO_STATUS_AT) ? -1 : lts_io_system.status_at(folder, name, info, flags);
}

static ssize_t do_read_at(int descriptor, void *bytes, size_t size, off_t offset)
{
    if (fails_or_is_interrupted(IO_READ_AT))
        return -1;
    return lts_io_system.read_at(descriptor, bytes, io.interrupted ? 1 : size, offset);
}

/* A failing write first writes half of its bytes, as on a full disk. */
static ssize_t do_write(int descriptor, const void *bytes, size_t size)
{
    if (fails_or_is_interrupted(IO_WRITE)) {
        int error = errno;
        if (error != EINTR && size > 1)
            (void)!lts_io_system.write(descriptor, bytes, size / 2);
        errno = error;
        return -1;
    }
    ssize_t written = lts_io_system.write(descriptor, bytes, io.interrupted ? 1 : size);
    note(STEP_WRITE, written > 0 ? 0 : -1);
    return written;
}

static int do_allocate(int descriptor, off_t offset, off_t size)
{
    if (fails_or_is_interrupted(IO_ALLOCATE))
        return errno;
    return lts_io_system.allocate(descriptor, offset, size);
}

static int do_truncate(int descriptor, off_t size)
{
    return fails_or_is_interrupted(IO_TRUNCATE) ? -1 : lts_io_system.truncate(descriptor, size);
}

static int do_set_mode(int descriptor, mode_t mode)
{
    return fails(IO_SET_MODE) ? -1 : lts_io_system.set_mode(descriptor, mode);
}

/* Only counted: no test cuts the power, and real flushes would dominate the tests' time. */
static int do_sync(int descriptor)
{
    struct stat info;
    if (fails_or_is_interrupted(IO_SYNC))
        return -1;
    assert_int_equal(fstat(descriptor, &info), 0);
    return note(S_ISDIR(info.st_mode) ? STEP_FLUSH_FOLDER : STEP_FLUSH_FILE, 0);
}

static int do_rename(int old_folder, const char *old_name, int new_folder, const char *new_name)
{
    if (fails(IO_RENAME))
        return -1;
    return note(STEP_RENAME, lts_io_system.rename(old_folder, old_name, new_folder, new_name));
}

static int do_unlink(int folder, const char *name, int flags)
{
    return fails(IO_UNLINK) ? -1 : lts_io_system.unlink(folder, name, flags);
}

static int do_make_folder(int folder, const char *name, mode_t mode)
{
    return fails(IO_MAKE_FOLDER) ? -1 : lts_io_system.make_folder(folder, name, mode);
}

static DIR *do_open_folder(int descriptor)
{
    return fails(IO_OPEN_FOLDER) ? NULL : lts_io_system.open_folder(descriptor);
}

static struct dirent *do_read_folder(DIR *folder)
{
    return fails(IO_READ_FOLDER) ? NULL : lts_io_system.read_folder(folder);
}

static int do_close_folder(DIR *folder)
{
    int result = lts_io_system.close_folder(folder);
    io.open -= result == 0;
    return result;
}

failing_io *failing_io_install(void)
{
    io = (failing_io){.table = {do_open, do_close, do_duplicate, do_lock, do_status, do_status_at,
                                do_read_at, do_write, do_allocate, do_truncate, do_set_mode,
                                do_sync, do_rename, do_unlink, do_make_folder, do_open_folder,
                                do_read_folder, do_close_folder, clock_gettime}};
    lts_io_use(&io.table);
    return &io;
}

void failing_io_remove(void)
{
    lts_io_use(NULL);
    assert_int_equal(io.open, 0);
}

void failing_io_fail(int64_t first, int64_t count, int error)
{
    io.first = first;
    io.count = count;
    io.error = error;
    io.calls = 0;
}
