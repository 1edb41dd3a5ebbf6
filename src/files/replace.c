/* SPDX-License-Identifier: MIT */
/*
 * Replacing a file, and what belongs to it: temporaries. Each is locked by its writer from its
 * creation to its end under another name, and so one that nobody has locked was left by a process
 * that died, and is removed.
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
    const char *path;
    const char *name;   /* the last part of the path                                    */
    int folder;         /* where both files lie                                         */
    char temporary[64]; /* the temporary's name                                         */
    int descriptor;     /* of the temporary                                             */
    int guard;          /* another, which keeps its lock when the first has been closed */
} replacement;

static const char temporary_start[] = ".lstmts-", temporary_end[] = ".tmp";

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
    new_file->folder = lts_io_open(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    lstm_status status = LSTM_OK;
    if (new_file->folder < 0)
        status = lts_fail_io("open the folder of", path, errno);
    lts_free(folder);
    return status;
}

static bool is_temporary(const char *name)
{
    size_t length = strlen(name), start = sizeof temporary_start - 1,
           end = sizeof temporary_end - 1;
    return length > start + end && strncmp(name, temporary_start, start) == 0 &&
           strcmp(name + length - end, temporary_end) == 0;
}

/* Where locks are unknown, nobody can tell who is alive, and nothing is removed. */
static void remove_if_stale(int folder, const char *name)
{
    struct stat info;
    int descriptor = lts_io_open(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0);
    if (descriptor < 0)
        return;
    if (lts_io_now()->status(descriptor, &info) == 0 && S_ISREG(info.st_mode) &&
        lts_io_lock(descriptor, false) == 0)
        lts_io_now()->unlink(folder, name, 0);
    lts_io_close(descriptor);
}

/* What cannot be removed is no reason not to save: it is tried again with the next one. */
static void sweep(int folder)
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

/* Whether the temporary is ours: a sweep that came between its making and its lock has removed it.
 */
static bool lock_temporary(int descriptor)
{
    struct stat info;
    int error = lts_io_lock(descriptor, true);
    if (error != 0)
        return true; /* nobody else can lock it either */
    return lts_io_now()->status(descriptor, &info) != 0 || info.st_nlink > 0;
}

/* O_EXCL decides who has a name; the time only makes a second try unlikely. */
static int create(replacement *new_file)
{
    enum { TRIES = 100 };
    for (int i = 0; i < TRIES; i++) {
        struct timespec now;
        lts_io_now()->clock(CLOCK_REALTIME, &now);
        snprintf(new_file->temporary, sizeof new_file->temporary, "%s%lld-%lld%09ld-%d%s",
                 temporary_start, (long long)getpid(), (long long)now.tv_sec, now.tv_nsec, i,
                 temporary_end);
        int descriptor = lts_io_open(new_file->folder, new_file->temporary,
                                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
        if (descriptor >= 0 && lock_temporary(descriptor))
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
    new_file->descriptor = create(new_file);
    if (new_file->descriptor >= 0)
        new_file->guard = lts_io_now()->duplicate(new_file->descriptor);
    if (new_file->guard >= 0)
        return LSTM_OK;
    int error = errno;
    if (new_file->descriptor >= 0)
        abandon(new_file);
    return lts_fail_io("create a temporary file beside", new_file->path, error);
}

/* Fills the temporary, flushes it to the disk and closes it: close() may be the first to tell. */
static lstm_status fill(replacement *new_file, const lts_chunk *chunks, int64_t n_chunk)
{
    const char *operation = "write";
    int error = 0;
    for (int64_t i = 0; i < n_chunk && error == 0; i++)
        error = lts_io_write(new_file->descriptor, chunks[i].bytes, chunks[i].size);
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
    sweep(new_file->folder);
    LTS_TRY(create_temporary(new_file));
    lstm_status status = fill(new_file, chunks, n_chunk);
    if (status >= 0 && lts_io_now()->rename(new_file->folder, new_file->temporary, new_file->folder,
                                            new_file->name) != 0)
        status = lts_fail_io("rename the new file to", new_file->path, errno);
    if (status < 0) {
        abandon(new_file);
        return status;
    }
    lts_io_close(new_file->guard);
    /* Some file systems cannot flush a folder, and say so with EINVAL. */
    int error = lts_io_sync(new_file->folder);
    if (error != 0 && error != EINVAL)
        return lts_fail_io("flush the folder of", new_file->path, error);
    return LSTM_OK;
}

lstm_status lts_file_replace(const char *path, const lts_chunk *chunks, int64_t n_chunk)
{
    LTS_KEEP_ERRNO();
    replacement new_file = {.path = path};
    LTS_TRY(open_folder(&new_file));
    lstm_status status = replace_in_folder(&new_file, chunks, n_chunk);
    lts_io_close(new_file.folder);
    return status;
}

/* All exist at the same time, since each is removed only after those that follow it. */
static lstm_status probe(const replacement *in, int64_t size, int64_t count)
{
    replacement new_file = *in;
    LTS_TRY(create_temporary(&new_file));
    lstm_status status = LSTM_OK;
    int error = size == 0 ? 0 : lts_io_allocate(new_file.descriptor, size);
    if (error != 0)
        status = lts_fail_io("reserve space in the folder of", in->path, error);
    else if (count > 1)
        status = probe(in, size, count - 1);
    abandon(&new_file);
    return status;
}

lstm_status lts_file_probe(const char *path, int64_t size, int64_t count)
{
    LTS_KEEP_ERRNO();
    replacement new_file = {.path = path};
    LTS_TRY(open_folder(&new_file));
    sweep(new_file.folder);
    lstm_status status = probe(&new_file, size, count < LTS_MAX_PROBE ? count : LTS_MAX_PROBE);
    lts_io_close(new_file.folder);
    return status;
}
