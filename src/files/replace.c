/* SPDX-License-Identifier: MIT */
/*
 * Replacing a file through a temporary file. The writer holds a lock on the temporary file until it
 * is renamed or removed. A temporary file without a lock was left by a killed process and is stale.
 */
#include "base/keep_errno.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"
#include "files/io.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A file that is being written beside its target. */
typedef struct replacement {
    const char *path;   /* for messages                                            */
    const char *name;   /* the last part of the path                               */
    int folder;         /* descriptor of the folder of both files                  */
    mode_t mode;        /* of the new file                                         */
    bool by_umask;      /* no file is replaced: `mode` is unknown before creation  */
    char temporary[64]; /* name of the temporary file                              */
    int descriptor;     /* of the temporary file                                   */
    int guard;          /* a duplicate: holds the lock after `descriptor` closed   */
} replacement;

static const char temporary_start[] = ".lstmts-", temporary_end[] = ".tmp";

enum { TEMPORARY_MODE = 0600 };

static lstm_status open_folder(replacement *new_file, lts_location file)
{
    const char *name = file.name;
    const char *slash = strrchr(name, '/');
    *new_file = (replacement){
        .path = file.path, .name = slash == NULL ? name : slash + 1, .mode = TEMPORARY_MODE};
    char *folder = lts_strdup(slash == NULL ? "." : name);
    if (folder == NULL)
        return LSTM_E_NOMEM;
    if (slash != NULL)
        folder[slash - name + (slash == name)] = '\0';
    new_file->folder = lts_io_open(file.folder, folder, O_RDONLY | O_DIRECTORY, 0);
    lstm_status status = LSTM_OK;
    if (new_file->folder < 0)
        status = lts_fail_io("open the folder of", file.path, errno);
    lts_free(folder);
    return status;
}

/* Finds the mode of the new file, and refuses to replace what is not a regular file. */
static lstm_status look_at_target(replacement *new_file)
{
    struct stat info;
    if (lts_io_now()->status_at(new_file->folder, new_file->name, &info, AT_SYMLINK_NOFOLLOW) !=
        0) {
        new_file->by_umask = true;
        return errno == ENOENT ? LSTM_OK : lts_fail_io("look at", new_file->path, errno);
    }
    if (!S_ISREG(info.st_mode))
        return lts_fail_not_regular(new_file->path, info.st_mode);
    new_file->mode = info.st_mode & 07777;
    return LSTM_OK;
}

static bool is_temporary(const char *name)
{
    size_t length = strlen(name), start = sizeof temporary_start - 1,
           end = sizeof temporary_end - 1;
    return length > start + end && strncmp(name, temporary_start, start) == 0 &&
           strcmp(name + length - end, temporary_end) == 0;
}

/* On a file system without locks a stale file cannot be recognized, and nothing is removed. */
static void remove_if_stale(int folder, const char *name)
{
    struct stat info;
    int descriptor = lts_io_open(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0);
    if (descriptor < 0)
        return;
    if (lts_io_now()->status(descriptor, &info) == 0 && S_ISREG(info.st_mode) &&
        lts_io_lock(descriptor) == 0)
        lts_io_now()->unlink(folder, name, 0);
    lts_io_close(descriptor);
}

/* A file that cannot be removed must not prevent a save; the next call tries again. */
static void remove_stale_temporaries(int folder)
{
    const lts_io *io = lts_io_now();
    int descriptor = lts_io_open(folder, ".", O_RDONLY | O_DIRECTORY, 0);
    if (descriptor < 0)
        return;
    DIR *names = io->open_folder(descriptor);
    if (names == NULL) {
        lts_io_close(descriptor);
        return;
    }
    for (const struct dirent *entry; (entry = io->read_folder(names)) != NULL;)
        if (is_temporary(entry->d_name))
            remove_if_stale(folder, entry->d_name);
    io->close_folder(names);
}

/*
 * The umask can only be read from a new file's mode. Until the file is renamed, nobody else may
 * open it, and so lock it.
 */
static void take_umask(replacement *new_file, int descriptor)
{
    struct stat info;
    if (!new_file->by_umask || lts_io_now()->status(descriptor, &info) != 0)
        return;
    new_file->mode = info.st_mode & 07777;
    lts_io_now()->set_mode(descriptor, TEMPORARY_MODE); /* if it fails, the mode is right already */
}

/*
 * Returns false if another process locked the file first, or removed it as stale. This does not
 * wait for a lock, which its holder may never release.
 */
static bool lock_temporary(const replacement *new_file, int descriptor)
{
    struct stat info;
    int error = lts_io_lock(descriptor);
    if (error == EWOULDBLOCK) {
        lts_io_now()->unlink(new_file->folder, new_file->temporary, 0);
        return false;
    }
    if (error != 0)
        return true; /* no other process can lock it either */
    return lts_io_now()->status(descriptor, &info) != 0 || info.st_nlink > 0;
}

/* O_EXCL makes the name unique; the time in the name only makes a second attempt unlikely. */
static int open_new_temporary(replacement *new_file)
{
    enum { TRIES = 100 };
    for (int i = 0; i < TRIES; i++) {
        struct timespec now;
        lts_io_now()->clock(CLOCK_REALTIME, &now);
        snprintf(new_file->temporary, sizeof new_file->temporary, "%s%lld-%lld%09ld-%d%s",
                 temporary_start, (long long)getpid(), (long long)now.tv_sec, now.tv_nsec, i,
                 temporary_end);
        int descriptor = lts_io_open(new_file->folder, new_file->temporary,
                                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                                     new_file->by_umask ? 0666 : TEMPORARY_MODE);
        if (descriptor >= 0)
            take_umask(new_file, descriptor);
        if (descriptor >= 0 && lock_temporary(new_file, descriptor))
            return descriptor;
        if (descriptor >= 0)
            lts_io_close(descriptor);
        else if (errno != EEXIST)
            return -1;
    }
    errno = EEXIST;
    return -1;
}

static void abandon(const replacement *new_file)
{
    lts_io_now()->unlink(new_file->folder, new_file->temporary, 0);
    if (new_file->descriptor >= 0)
        lts_io_close(new_file->descriptor);
    if (new_file->guard >= 0)
        lts_io_close(new_file->guard);
}

static lstm_status create_temporary(replacement *new_file)
{
    new_file->guard = -1;
    new_file->descriptor = open_new_temporary(new_file);
    if (new_file->descriptor >= 0)
        new_file->guard = lts_io_now()->duplicate(new_file->descriptor);
    if (new_file->guard >= 0)
        return LSTM_OK;
    int error = errno;
    if (new_file->descriptor >= 0)
        abandon(new_file);
    return lts_fail_io("create a temporary file beside", new_file->path, error);
}

/* 0, or the system's error number. */
static int set_mode(const replacement *new_file)
{
    struct stat info;
    const lts_io *io = lts_io_now();
    if (io->status(new_file->descriptor, &info) == 0 && (info.st_mode & 07777) == new_file->mode)
        return 0;
    return io->set_mode(new_file->descriptor, new_file->mode) == 0 ? 0 : errno;
}

/* Writes, flushes and closes the temporary file; an error may be reported only by close(). */
static lstm_status write_temporary(replacement *new_file, const lts_chunk *chunks, int64_t n_chunk)
{
    const char *operation = "write";
    int error = 0;
    for (int64_t i = 0; i < n_chunk && error == 0; i++)
        error = lts_io_write(new_file->descriptor, chunks[i].bytes, chunks[i].size);
    if (error == 0) {
        operation = "set the mode of";
        error = set_mode(new_file);
    }
    if (error == 0) {
        operation = "flush to the disk";
        error = lts_io_sync(new_file->descriptor);
    }
    if (error == 0) {
        operation = "close";
        error = lts_io_close(new_file->descriptor);
        new_file->descriptor = -1;
    }
    return error == 0 ? LSTM_OK : lts_fail_io(operation, new_file->path, error);
}

static lstm_status replace_in_folder(replacement *new_file, const lts_chunk *chunks,
                                     int64_t n_chunk)
{
    LTS_TRY(look_at_target(new_file));
    remove_stale_temporaries(new_file->folder);
    LTS_TRY(create_temporary(new_file));
    lstm_status status = write_temporary(new_file, chunks, n_chunk);
    if (status >= 0 && lts_io_now()->rename(new_file->folder, new_file->temporary, new_file->folder,
                                            new_file->name) != 0)
        status = lts_fail_io("rename the new file to", new_file->path, errno);
    if (status < 0) {
        abandon(new_file);
        return status;
    }
    lts_io_close(new_file->guard);
    /* EINVAL: the file system cannot flush a folder. */
    int error = lts_io_sync(new_file->folder);
    if (error != 0 && error != EINVAL)
        return lts_fail_io("flush the folder of", new_file->path, error);
    return LSTM_OK;
}

lstm_status lts_file_replace(lts_location file, const lts_chunk *chunks, int64_t n_chunk)
{
    LTS_KEEP_ERRNO();
    replacement new_file;
    LTS_TRY(open_folder(&new_file, file));
    lstm_status status = replace_in_folder(&new_file, chunks, n_chunk);
    lts_io_close(new_file.folder);
    return status;
}

/* Recursive, so that all files exist at the same time: each is removed after the later ones. */
static lstm_status probe_space(const replacement *in, int64_t size, int64_t count)
{
    replacement new_file = *in;
    LTS_TRY(create_temporary(&new_file));
    lstm_status status = LSTM_OK;
    int error = size == 0 ? 0 : lts_io_allocate(new_file.descriptor, size);
    if (error != 0)
        status = lts_fail_io("reserve space in the folder of", in->path, error);
    else if (count > 1)
        status = probe_space(in, size, count - 1);
    abandon(&new_file);
    return status;
}

lstm_status lts_file_probe(lts_location file, int64_t size, int64_t count)
{
    LTS_KEEP_ERRNO();
    replacement new_file;
    LTS_TRY(open_folder(&new_file, file));
    remove_stale_temporaries(new_file.folder);
    lstm_status status =
        probe_space(&new_file, size, count < LTS_MAX_PROBE ? count : LTS_MAX_PROBE);
    lts_io_close(new_file.folder);
    return status;
}
