/* SPDX-License-Identifier: MIT */
#include "files/file.h"

#include "base/keep_errno.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/io.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

/* Size of the largest pread(); systems differ in how much one call can return. */
static const int64_t most_at_once = 1 << 30;

lts_location lts_at_path(const char *path)
{
    return (lts_location){AT_FDCWD, path, path};
}

lstm_status lts_input_open(lts_input *input, lts_location file)
{
    int64_t size;
    /* Non-blocking, so that opening a pipe without a writer returns; it is then rejected. */
    int descriptor = lts_io_open(file.folder, file.name, O_RDONLY | O_NONBLOCK, 0);
    if (descriptor < 0)
        return lts_fail_io("open", file.path, errno);
    lstm_status status = lts_io_regular_size(descriptor, file.path, &size);
    if (status < 0) {
        lts_io_close(descriptor);
        return status;
    }
    *input = (lts_input){descriptor, size, file.path};
    return LSTM_OK;
}

lstm_status lts_input_read(const lts_input *input, int64_t offset, unsigned char *bytes, int64_t n)
{
    LTS_KEEP_ERRNO();
    int64_t done = 0;
    while (done < n) {
        int64_t left = n - done;
        size_t part = (size_t)(left < most_at_once ? left : most_at_once);
        ssize_t got =
            lts_io_now()->read_at(input->descriptor, bytes + done, part, (off_t)(offset + done));
        if (got == 0)
            return lts_fail(LSTM_E_TRUNC, "%.300s shrank from %lld to %lld bytes while being read",
                            input->path, (long long)input->size, (long long)(offset + done));
        if (got > 0)
            done += got;
        else if (errno != EINTR)
            return lts_fail_io("read", input->path, errno);
    }
    return LSTM_OK;
}

void lts_input_close(lts_input *input)
{
    lts_io_close(input->descriptor);
}

lstm_status lts_file_remove(lts_location file)
{
    LTS_KEEP_ERRNO();
    if (lts_io_now()->unlink(file.folder, file.name, 0) != 0 && errno != ENOENT)
        return lts_fail_io("remove", file.path, errno);
    return LSTM_OK;
}

lstm_status lts_folder_make(lts_location folder)
{
    LTS_KEEP_ERRNO();
    struct stat info;
    const lts_io *io = lts_io_now();
    if (io->make_folder(folder.folder, folder.name, 0777) == 0)
        return LSTM_OK;
    int error = errno;
    if (error == EEXIST && io->status_at(folder.folder, folder.name, &info, 0) == 0 &&
        S_ISDIR(info.st_mode))
        return LSTM_OK;
    return lts_fail_io("create the folder", folder.path, error);
}

bool lts_file_is_same(lts_location a, lts_location b)
{
    LTS_KEEP_ERRNO();
    struct stat of_a, of_b;
    const lts_io *io = lts_io_now();
    return io->status_at(a.folder, a.name, &of_a, 0) == 0 &&
           io->status_at(b.folder, b.name, &of_b, 0) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

static lstm_status list(DIR *open_folder, int descriptor, lts_location folder, const char *start,
                        lts_name_fn see, void *user)
{
    LTS_KEEP_ERRNO();
    const lts_io *io = lts_io_now();
    const struct dirent *entry;
    struct stat info;
    while (errno = 0, (entry = io->read_folder(open_folder)) != NULL)
        if (strncmp(entry->d_name, start, strlen(start)) == 0 &&
            io->status_at(descriptor, entry->d_name, &info, 0) == 0 && S_ISREG(info.st_mode))
            LTS_TRY(see(entry->d_name, user));
    if (errno != 0)
        return lts_fail_io("list the folder", folder.path, errno);
    return LSTM_OK;
}

lstm_status lts_folder_list(lts_location folder, const char *start, lts_name_fn see, void *user)
{
    int descriptor = lts_io_open(folder.folder, folder.name, O_RDONLY | O_DIRECTORY, 0);
    if (descriptor < 0)
        return lts_fail_io("open the folder", folder.path, errno);
    DIR *open_folder = lts_io_now()->open_folder(descriptor);
    if (open_folder == NULL) {
        int error = errno;
        lts_io_close(descriptor);
        return lts_fail_io("list the folder", folder.path, error);
    }
    lstm_status status = list(open_folder, descriptor, folder, start, see, user);
    lts_io_now()->close_folder(open_folder); /* and with it the descriptor */
    return status;
}

enum { LOCK_MODE = 0600 };

/* A release before 0600 may have left a file that others can read, and lock. */
static void hide_lock_file(int descriptor, mode_t mode)
{
    if ((mode & 07777) != LOCK_MODE)
        lts_io_now()->set_mode(descriptor, LOCK_MODE); /* fails if it is not ours: no harm */
}

static lstm_status fail_locked(lts_location file)
{
    return lts_fail(LSTM_E_LOCKED, "another trainer, of this process or another, holds %.300s",
                    file.path);
}

static lstm_status lock(int descriptor, lts_location file)
{
    LTS_KEEP_ERRNO();
    struct stat info;
    if (lts_io_now()->status(descriptor, &info) != 0)
        return lts_fail_io("look at", file.path, errno);
    if (!S_ISREG(info.st_mode))
        return lts_fail_not_regular(file.path, info.st_mode);
    hide_lock_file(descriptor, info.st_mode);
    int error = lts_io_lock(descriptor);
    if (error == EWOULDBLOCK)
        return fail_locked(file);
    return error == 0 || lts_io_has_no_locks(error) ? LSTM_OK
                                                    : lts_fail_io("lock", file.path, error);
}

/* What became of a locked file. */
typedef enum lock_place { LOCK_KEPT, LOCK_REMOVED, LOCK_REPLACED } lock_place;

static lstm_status find_lock(int descriptor, lts_location file, lock_place *place)
{
    LTS_KEEP_ERRNO();
    struct stat ours, theirs;
    if (lts_io_now()->status(descriptor, &ours) != 0)
        return lts_fail_io("look at", file.path, errno);
    *place = LOCK_REMOVED;
    if (lts_io_now()->status_at(file.folder, file.name, &theirs, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? LSTM_OK : lts_fail_io("look at", file.path, errno);
    bool same = ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
    *place = same ? LOCK_KEPT : LOCK_REPLACED;
    return LSTM_OK;
}

/* The file can be removed between opening and locking it: that lock would keep nobody out. */
lstm_status lts_lock_take(int *out, lts_location file)
{
    int descriptor =
        lts_io_open(file.folder, file.name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, LOCK_MODE);
    if (descriptor < 0)
        return lts_fail_io("open", file.path, errno);
    lock_place place = LOCK_REMOVED;
    lstm_status status = lock(descriptor, file);
    if (status >= 0)
        status = find_lock(descriptor, file, &place);
    if (status >= 0 && place != LOCK_KEPT)
        status = fail_locked(file);
    if (status < 0) {
        lts_io_close(descriptor);
        return status;
    }
    *out = descriptor;
    return LSTM_OK;
}

lstm_status lts_lock_check(int *held, lts_location file)
{
    lock_place place = LOCK_REMOVED;
    int taken = -1;
    LTS_TRY(find_lock(*held, file, &place));
    if (place == LOCK_KEPT)
        return LSTM_OK;
    if (place == LOCK_REPLACED)
        return lts_fail(LSTM_E_LOCKED, "%.300s was replaced: another trainer may have the folder",
                        file.path);
    LTS_TRY(lts_lock_take(&taken, file));
    lts_lock_release(*held);
    *held = taken;
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
