/* SPDX-License-Identifier: MIT */
/*
 * Files and folders: files are read whole and replaced whole, folders are listed and locked. A
 * failed system call returns LSTM_E_IO; the message has the operation, the path and the system's
 * reason, so no caller reads errno.
 */
#ifndef LTS_FILES_FILE_H
#define LTS_FILES_FILE_H

#include "base/real.h"
#include <lstmts/status.h>

/**
 * Read a regular file. Anything else, such as a folder or a pipe, is LSTM_E_IO without waiting.
 *
 * @param[out] bytes  free with lts_free(); aligned to LTS_ALIGNMENT
 * @return LSTM_OK; LSTM_E_IO; LSTM_E_TRUNC if the file shrinks during the call; LSTM_E_NOMEM.
 */
lstm_status lts_file_read(const char *path, unsigned char **bytes, int64_t *size);

/** Remove a file. Success if it does not exist. */
lstm_status lts_file_remove(const char *path);

/** Receives the name of a regular file in a folder. */
typedef lstm_status (*lts_name_fn)(const char *name, void *user);

/** Call `see` for each regular file in a folder, in no order, until one call fails. */
lstm_status lts_folder_list(const char *folder, lts_name_fn see, void *user);

/** A part of the contents of a file. */
typedef struct lts_chunk {
    const void *bytes;
    int64_t size;
} lts_chunk;

/**
 * Write a file atomically: write a temporary file in the same folder, flush it to the disk, rename
 * it to `path`. On failure the temporary file is removed and `path` is unchanged, except that the
 * last step, flushing the folder, can fail after the rename. A symbolic link at `path` is replaced,
 * not followed.
 *
 * A process that is killed during the call leaves its temporary file, on which nobody then holds a
 * lock. The next call for any file of the folder removes such files.
 */
lstm_status lts_file_replace(const char *path, const lts_chunk *chunks, int64_t n_chunk);

/**
 * Check that `count` files of `size` bytes can be written to the folder of `path`: create as many
 * temporary files, but at most LTS_MAX_PROBE, reserve their space, and remove them.
 */
lstm_status lts_file_probe(const char *path, int64_t size, int64_t count);

enum { LTS_MAX_PROBE = 8 };

/**
 * Create the file at `path` if it does not exist, and lock it against other calls of this function
 * in any process, until lts_lock_release() or the end of the process. The file is not removed:
 * otherwise one process could hold a lock on the removed file and another on a new one.
 *
 * @param[out] lock  a descriptor; it holds no lock if the file system has no locks
 * @return LSTM_OK; LSTM_E_LOCKED; LSTM_E_IO.
 */
lstm_status lts_lock_take(int *lock, const char *path);

/** Does nothing for -1. */
void lts_lock_release(int lock);

#endif
