/* SPDX-License-Identifier: MIT */
#include "files/io.h"

#include "base/keep_errno.h"
#include "base/status.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Size of the largest write(); systems differ in how much one call can take. */
static const int64_t most_at_once = 1 << 30;

/* Descriptors 0 to 2 are the standard streams, whatever file they are opened for. */
enum { first_descriptor = 3 };

static int system_open(int folder, const char *name, int flags, mode_t mode)
{
    return openat(folder, name, flags, mode);
}

static int system_duplicate(int descriptor)
{
    return fcntl(descriptor, F_DUPFD_CLOEXEC, first_descriptor);
}

static int system_status(int descriptor, struct stat *info)
{
    return fstat(descriptor, info);
}

static int system_status_at(int folder, const char *name, struct stat *info, int flags)
{
    return fstatat(folder, name, info, flags);
}

const lts_io lts_io_system = {
    .open = system_open,
    .close = close,
    .duplicate = system_duplicate,
    .lock = flock,
    .status = system_status,
    .status_at = system_status_at,
    .read_at = pread,
    .write = write,
    .allocate = posix_fallocate,
    .truncate = ftruncate,
    .set_mode = fchmod,
    .sync = fsync,
    .rename = renameat,
    .unlink = unlinkat,
    .make_folder = mkdirat,
    .open_folder = fdopendir,
    .read_folder = readdir,
    .close_folder = closedir,
    .clock = clock_gettime,
};

/* Per thread, so that a test that makes calls fail does so only in its own thread. */
static _Thread_local const lts_io *in_use;

const lts_io *lts_io_now(void)
{
    return in_use == NULL ? &lts_io_system : in_use;
}

void lts_io_use(const lts_io *table)
{
    in_use = table;
}

lstm_status lts_fail_io(const char *operation, const char *path, int error)
{
    char text[128];
    if (strerror_r(error, text, sizeof text) != 0)
        snprintf(text, sizeof text, "error %d", error);
    lts_fail(LSTM_E_IO, "cannot %s %.300s: %s", operation, path, text);
    return lts_fail_by_system(LSTM_E_IO, error);
}

static int open_any(int folder, const char *name, int flags, mode_t mode)
{
    int descriptor;
    do
        descriptor = lts_io_now()->open(folder, name, flags | O_CLOEXEC | O_NOCTTY, mode);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

/* Whether a standard stream is closed, so that open() would return its number. */
static bool streams_are_closed(void)
{
    for (int stream = 0; stream < first_descriptor; stream++)
        if (fcntl(stream, F_GETFD) < 0)
            return true;
    return false;
}

/*
 * Opens a folder as each closed stream before the file is opened: a write to a folder fails as one
 * to a closed stream does. Opening the file first and moving its descriptor would leave a moment in
 * which another thread prints into it.
 */
static int open_above_streams(int folder, const char *name, int flags, mode_t mode)
{
    int fillers[first_descriptor], n = 0, descriptor = -1, error;
    while (n < first_descriptor) {
        int filler = open_any(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY, 0);
        if (filler < 0)
            break;
        fillers[n++] = filler;
        if (filler >= first_descriptor)
            break;
    }
    bool filled = n > 0 && (n == first_descriptor || fillers[n - 1] >= first_descriptor);
    if (filled)
        descriptor = open_any(folder, name, flags, mode);
    error = errno;
    while (n > 0)
        lts_io_close(fillers[--n]);
    errno = error;
    return descriptor;
}

int lts_io_open(int folder, const char *name, int flags, mode_t mode)
{
    int before = errno;
    int descriptor = streams_are_closed() ? open_above_streams(folder, name, flags, mode)
                                          : open_any(folder, name, flags, mode);
    if (descriptor >= 0)
        errno = before;
    return descriptor;
}

/* Not repeated after EINTR: the number could already be another thread's descriptor. */
int lts_io_close(int descriptor)
{
    LTS_KEEP_ERRNO();
    return lts_io_now()->close(descriptor) == 0 || errno == EINTR ? 0 : errno;
}

int lts_io_sync(int descriptor)
{
    LTS_KEEP_ERRNO();
    while (lts_io_now()->sync(descriptor) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

int lts_io_write(int descriptor, const void *bytes, int64_t size)
{
    LTS_KEEP_ERRNO();
    for (const char *at = bytes; size > 0;) {
        size_t part = (size_t)(size < most_at_once ? size : most_at_once);
        ssize_t n = lts_io_now()->write(descriptor, at, part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        at += n;
        size -= n;
    }
    return 0;
}

int lts_io_truncate(int descriptor, int64_t size)
{
    LTS_KEEP_ERRNO();
    while (lts_io_now()->truncate(descriptor, (off_t)size) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

int lts_io_allocate(int descriptor, int64_t size)
{
    LTS_KEEP_ERRNO();
    int error;
    do
        error = lts_io_now()->allocate(descriptor, 0, (off_t)size);
    while (error == EINTR);
    return error == EINVAL || error == EOPNOTSUPP || error == ENOSYS ? 0 : error;
}

int lts_io_lock(int descriptor)
{
    LTS_KEEP_ERRNO();
    while (lts_io_now()->lock(descriptor, LOCK_EX | LOCK_NB) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

bool lts_io_has_no_locks(int error)
{
    return error == ENOLCK || error == ENOSYS || error == EOPNOTSUPP || error == EINVAL;
}

static const char *kind(mode_t mode)
{
    return S_ISDIR(mode)    ? "a folder"
           : S_ISFIFO(mode) ? "a pipe"
           : S_ISLNK(mode)  ? "a symbolic link"
           : S_ISSOCK(mode) ? "a socket"
                            : "a device";
}

lstm_status lts_fail_not_regular(const char *path, mode_t mode)
{
    return lts_fail(LSTM_E_IO, "%.300s is %s, not a regular file", path, kind(mode));
}

lstm_status lts_io_regular_size(int descriptor, const char *path, int64_t *size)
{
    struct stat info;
    if (lts_io_now()->status(descriptor, &info) != 0)
        return lts_fail_io("look at", path, errno);
    if (!S_ISREG(info.st_mode))
        return lts_fail_not_regular(path, info.st_mode);
    *size = (int64_t)info.st_size;
    return LSTM_OK;
}
