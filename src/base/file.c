/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include "base/memory.h"
#include "base/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The most that one read() or write() is asked for; systems differ in what they take at a time. */
static const int64_t most_at_once = 1 << 30;

lstm_status lts_fail_io(const char *operation, const char *path, int error)
{
    char text[128];
    if (strerror_r(error, text, sizeof text) != 0)
        snprintf(text, sizeof text, "error %d", error);
    return lts_fail(LSTM_E_IO, "cannot %s %.300s: %s", operation, path, text);
}

/* open() that a signal does not interrupt. */
static int open_at(int folder, const char *name, int flags, mode_t mode)
{
    int descriptor;
    do
        descriptor = openat(folder, name, flags | O_CLOEXEC | O_NOCTTY, mode);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

/* Whatever close() says, the descriptor is gone: a second close could hit another thread's file. */
static int close_once(int descriptor)
{
    return close(descriptor) == 0 || errno == EINTR ? 0 : errno;
}

static int sync_to_disk(int descriptor)
{
    while (fsync(descriptor) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

/* The size of an open file, which must be a regular one. */
static lstm_status regular_size(int descriptor, const char *path, int64_t *size)
{
    struct stat info;
    if (fstat(descriptor, &info) != 0)
        return lts_fail_io("look at", path, errno);
    if (!S_ISREG(info.st_mode))
        return lts_fail(LSTM_E_IO, "%.300s is %s, not a regular file", path,
                        S_ISDIR(info.st_mode)    ? "a folder"
                        : S_ISFIFO(info.st_mode) ? "a pipe"
                                                 : "a device");
    *size = (int64_t)info.st_size;
    return LSTM_OK;
}

static lstm_status read_all(int descriptor, const char *path, unsigned char *bytes, int64_t size)
{
    int64_t done = 0;
    while (done < size) {
        int64_t left = size - done;
        ssize_t n =
            read(descriptor, bytes + done, (size_t)(left < most_at_once ? left : most_at_once));
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
    LTS_TRY(regular_size(descriptor, path, &n));
    unsigned char *room = lts_alloc(n, 1);
    if (room == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = read_all(descriptor, path, room, n);
    if (status < 0) {
        lts_free(room);
        return status;
    }
    *bytes = room;
    *size = n;
    return LSTM_OK;
}

lstm_status lts_file_read(const char *path, unsigned char **bytes, int64_t *size)
{
    /* Non-blocking, so that opening a pipe without a writer returns, and can be refused. */
    int descriptor = open_at(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
    if (descriptor < 0)
        return lts_fail_io("open", path, errno);
    lstm_status status = read_open_file(descriptor, path, bytes, size);
    close_once(descriptor);
    return status;
}

static int write_all(int descriptor, const char *bytes, int64_t size)
{
    while (size > 0) {
        ssize_t n = write(descriptor, bytes, (size_t)(size < most_at_once ? size : most_at_once));
        if (n < 0 && errno != EINTR)
            return errno;
        if (n > 0) {
            bytes += n;
            size -= n;
        }
    }
    return 0;
}

/* A file that is being replaced. */
typedef struct replacement {
    const char *path;
    const char *name;   /* the last part of the path */
    int folder;         /* where both files lie      */
    char temporary[64]; /* the temporary's name      */
} replacement;

static lstm_status open_folder(replacement *new_file)
{
    const char *path = new_file->path;
    const char *slash = strrchr(path, '/');
    new_file->name = slash == NULL ? path : slash + 1;
    char *folder = lts_strdup(slash == NULL ? "." : path);
    if (folder == NULL)
        return LSTM_E_NOMEM;
    if (slash != NULL)
        folder[slash - path + (slash == path)] = '\0';
    new_file->folder = open_at(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    lstm_status status = LSTM_OK;
    if (new_file->folder < 0)
        status = lts_fail_io("open the folder of", path, errno);
    lts_free(folder);
    return status;
}

/* O_EXCL decides who has a name; the time only makes a second try unlikely. */
static int create_temporary(replacement *new_file)
{
    enum { TRIES = 100 };
    int descriptor = -1;
    for (int i = 0; i < TRIES && descriptor < 0; i++) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        snprintf(new_file->temporary, sizeof new_file->temporary, ".lstmts-%lld-%lld%09ld-%d.tmp",
                 (long long)getpid(), (long long)now.tv_sec, now.tv_nsec, i);
        descriptor = open_at(new_file->folder, new_file->temporary,
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
        if (descriptor < 0 && errno != EEXIST)
            break;
    }
    return descriptor;
}

/* Fills the temporary, flushes it to the disk and closes it. */
static lstm_status fill(int descriptor, const char *path, const lts_chunk *chunks, int64_t n_chunk)
{
    int error = 0;
    for (int64_t i = 0; i < n_chunk && error == 0; i++)
        error = write_all(descriptor, chunks[i].bytes, chunks[i].size);
    const char *operation = "write";
    if (error == 0) {
        operation = "flush to the disk";
        error = sync_to_disk(descriptor);
    }
    int close_error = close_once(descriptor);
    if (error == 0) {
        operation = "close";
        error = close_error;
    }
    return error == 0 ? LSTM_OK : lts_fail_io(operation, path, error);
}

static lstm_status replace_in_folder(replacement *new_file, const lts_chunk *chunks,
                                     int64_t n_chunk)
{
    int descriptor = create_temporary(new_file);
    if (descriptor < 0)
        return lts_fail_io("create a temporary file beside", new_file->path, errno);
    lstm_status status = fill(descriptor, new_file->path, chunks, n_chunk);
    if (status >= 0 &&
        renameat(new_file->folder, new_file->temporary, new_file->folder, new_file->name) != 0)
        status = lts_fail_io("rename the new file to", new_file->path, errno);
    if (status < 0) {
        unlinkat(new_file->folder, new_file->temporary, 0);
        return status;
    }
    /* Some file systems cannot flush a folder, and say so with EINVAL. */
    int error = sync_to_disk(new_file->folder);
    if (error != 0 && error != EINVAL)
        return lts_fail_io("flush the folder of", new_file->path, error);
    return LSTM_OK;
}

lstm_status lts_file_replace(const char *path, const lts_chunk *chunks, int64_t n_chunk)
{
    replacement new_file = {.path = path};
    LTS_TRY(open_folder(&new_file));
    lstm_status status = replace_in_folder(&new_file, chunks, n_chunk);
    close_once(new_file.folder);
    return status;
}

struct lts_log {
    char *path;
    int descriptor;
    char *line; /* the line being written, with its end */
    size_t room;
};

lstm_status lts_log_open(lts_log **out, const char *path)
{
    int64_t size;
    lts_log *log = lts_alloc(1, sizeof *log);
    if (log == NULL)
        return LSTM_E_NOMEM;
    log->descriptor = -1;
    log->path = lts_strdup(path);
    lstm_status status = LSTM_E_NOMEM;
    if (log->path != NULL) {
        log->descriptor = open_at(AT_FDCWD, path, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK, 0666);
        status = log->descriptor < 0 ? lts_fail_io("open", path, errno)
                                     : regular_size(log->descriptor, path, &size);
    }
    if (status < 0) {
        lts_log_close(log);
        return status;
    }
    *out = log;
    return LSTM_OK;
}

static lstm_status make_room(lts_log *log, size_t size)
{
    if (size <= log->room)
        return LSTM_OK;
    char *line = lts_alloc((int64_t)(2 * size), 1);
    if (line == NULL)
        return LSTM_E_NOMEM;
    lts_free(log->line);
    log->line = line;
    log->room = 2 * size;
    return LSTM_OK;
}

lstm_status lts_log_write(lts_log *log, const char *line)
{
    int64_t before;
    size_t length = strlen(line);
    LTS_TRY(make_room(log, length + 1));
    LTS_TRY(lts_log_size(log, &before));
    memcpy(log->line, line, length);
    log->line[length] = '\n';
    int error = write_all(log->descriptor, log->line, (int64_t)length + 1);
    if (error == 0)
        return LSTM_OK;
    /* If this fails too, there is nothing better to say than why the line could not be written. */
    (void)!ftruncate(log->descriptor, (off_t)before);
    return lts_fail_io("write to", log->path, error);
}

lstm_status lts_log_size(const lts_log *log, int64_t *size)
{
    return regular_size(log->descriptor, log->path, size);
}

bool lts_log_holds(const lts_log *log, int64_t offset, const char *text)
{
    char bytes[256];
    size_t length = strlen(text), done = 0;
    while (done < length) {
        size_t part = length - done < sizeof bytes ? length - done : sizeof bytes;
        ssize_t got = pread(log->descriptor, bytes, part, (off_t)offset + (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || memcmp(bytes, text + done, (size_t)got) != 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

lstm_status lts_log_truncate(lts_log *log, int64_t size)
{
    int64_t now;
    LTS_TRY(lts_log_size(log, &now));
    if (now < size)
        return lts_fail(LSTM_E_TRUNC, "%.300s has %lld bytes, %lld were to be kept", log->path,
                        (long long)now, (long long)size);
    while (ftruncate(log->descriptor, (off_t)size) != 0)
        if (errno != EINTR)
            return lts_fail_io("cut", log->path, errno);
    return LSTM_OK;
}

lstm_status lts_log_close(lts_log *log)
{
    if (log == NULL)
        return LSTM_OK;
    int error = log->descriptor < 0 ? 0 : close_once(log->descriptor);
    lstm_status status = error == 0 ? LSTM_OK : lts_fail_io("close", log->path, error);
    lts_free(log->path);
    lts_free(log->line);
    lts_free(log);
    return status;
}
