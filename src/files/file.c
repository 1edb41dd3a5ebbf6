/* SPDX-License-Identifier: MIT */
#include "files/file.h"

#include "base/keep_errno.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/io.h"

#include <fcntl.h>
#include <sys/file.h>

/* Size of the largest read(); systems differ in how much one call can return. */
static const int64_t most_at_once = 1 << 30;

static lstm_status read_all(int descriptor, const char *path, unsigned char *bytes, int64_t size)
{
    LTS_KEEP_ERRNO();
    int64_t done = 0;
    while (done < size) {
        int64_t left = size - done;
        size_t part = (size_t)(left < most_at_once ? left : most_at_once);
        ssize_t n = lts_io_now()->read(descriptor, bytes + done, part);
        if (n == 0)
            return lts_fail(LSTM_E_TRUNC, "%.300s shrank from %lld to %lld bytes while being read",
                            path, (long long)size, (long long)done);
        if (n > 0)
            done += n;
        else if (errno != EINTR)
            return lts_fail_io("read", path, errno);
    }
    return LSTM_OK;
}

static lstm_status read_open_file(int descriptor, const char *path, unsigned char **bytes,
                                  int64_t *size)
{
    int64_t n;
    LTS_TRY(lts_io_regular_size(descriptor, path, &n));
    unsigned char *buffer = lts_alloc(n, 1);
    if (buffer == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = read_all(descriptor, path, buffer, n);
    if (status < 0) {
        lts_free(buffer);
        return status;
    }
    *bytes = buffer;
    *size = n;
    return LSTM_OK;
}

lstm_status lts_file_read(const char *path, unsigned char **bytes, int64_t *size)
{
    /* Non-blocking, so that opening a pipe without a writer returns; it is then rejected. */
    int descriptor = lts_io_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
    if (descriptor < 0)
        return lts_fail_io("open", path, errno);
    lstm_status status = read_open_file(descriptor, path, bytes, size);
    lts_io_close(descriptor);
    return status;
}

lstm_status lts_file_remove(const char *path)
{
    LTS_KEEP_ERRNO();
    if (lts_io_now()->unlink(AT_FDCWD, path, 0) != 0 && errno != ENOENT)
        return lts_fail_io("remove", path, errno);
    return LSTM_OK;
}

static lstm_status list(DIR *open_folder, int descriptor, const char *folder, lts_name_fn see,
                        void *user)
{
    LTS_KEEP_ERRNO();
    const lts_io *io = lts_io_now();
    const struct dirent *entry;
    struct stat info;
    while (errno = 0, (entry = io->read_folder(open_folder)) != NULL)
        if (io->status_at(descriptor, entry->d_name, &info) == 0 && S_ISREG(info.st_mode))
            LTS_TRY(see(entry->d_name, user));
    if (errno != 0)
        return lts_fail_io("list the folder", folder, errno);
    return LSTM_OK;
}

lstm_status lts_folder_list(const char *folder, lts_name_fn see, void *user)
{
    int descriptor = lts_io_open(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    if (descriptor < 0)
        return lts_fail_io("open the folder", folder, errno);
    DIR *open_folder = lts_io_now()->open_folder(descriptor);
    if (open_folder == NULL) {
        int error = errno;
        lts_io_close(descriptor);
        return lts_fail_io("list the folder", folder, error);
    }
    lstm_status status = list(open_folder, descriptor, folder, see, user);
    lts_io_now()->close_folder(open_folder); /* and with it the descriptor */
    return status;
}

static lstm_status lock(int descriptor, const char *path)
{
    int64_t size;
    LTS_TRY(lts_io_regular_size(descriptor, path, &size));
    int error = lts_io_lock(descriptor, false);
    if (error == EWOULDBLOCK)
        return lts_fail(LSTM_E_LOCKED, "another trainer, of this process or another, holds %.300s",
                        path);
    return error == 0 || lts_io_has_no_locks(error) ? LSTM_OK : lts_fail_io("lock", path, error);
}

lstm_status lts_lock_take(int *out, const char *path)
{
    int descriptor = lts_io_open(AT_FDCWD, path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (descriptor < 0)
        return lts_fail_io("open", path, errno);
    lstm_status status = lock(descriptor, path);
    if (status < 0) {
        lts_io_close(descriptor);
        return status;
    }
    *out = descriptor;
    return LSTM_OK;
}

/* Closing alone would not unlock: a child of the host may have inherited the descriptor. */
void lts_lock_release(int descriptor)
{
    LTS_KEEP_ERRNO();
    if (descriptor < 0)
        return;
    lts_io_now()->lock(descriptor, LOCK_UN);
    lts_io_close(descriptor);
}
