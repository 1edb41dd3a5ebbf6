/* SPDX-License-Identifier: MIT */
/*
 * Files and folders as the library uses them: files are read whole and replaced whole, folders
 * listed and locked. What the operating system refuses is LSTM_E_IO, with operation, path and
 * reason in the sentence; no caller looks at errno.
 */
#ifndef LTS_FILES_FILE_H
#define LTS_FILES_FILE_H

#include "base/real.h"
#include <lstmts/status.h>

/**
 * Read a regular file. Anything else, a folder or a pipe for instance, is refused at once.
 *
 * @param[out] bytes  lts_free() it; aligned to LTS_ALIGNMENT.
 * @return LSTM_OK; LSTM_E_IO; LSTM_E_TRUNC if the file shrinks meanwhile; LSTM_E_NOMEM.
 */
lstm_status lts_file_read(const char *path, unsigned char **bytes, int64_t *size);

/** Remove a file; one that is not there is fine. */
lstm_status lts_file_remove(const char *path);

/** Sees the name of each regular file in a folder. */
typedef lstm_status (*lts_name_fn)(const char *name, void *user);

/** Call `see` for each regular file in a folder, until it fails, in no order. */
lstm_status lts_folder_list(const char *folder, lts_name_fn see, void *user);

/** A part of what is to be written. */
typedef struct lts_chunk {
    const void *bytes;
    int64_t size;
} lts_chunk;

/**
 * Write a file that appears whole or not at all: a temporary in the same folder, flushed to the
 * disk, renamed to `path`. On failure the temporary is gone and what was at `path` is as before;
 * only if flushing the folder fails, which comes last, the new file may be there already. A
 * symbolic link at `path` is replaced, not followed.
 *
 * A process that is killed meanwhile leaves its temporary behind; the next call for any file of the
 * folder removes it. It is known by nobody holding a lock on it.
 */
lstm_status lts_file_replace(const char *path, const lts_chunk *chunks, int64_t n_chunk);

/**
 * Whether `count` files of `size` bytes could be written to the folder of `path`, at most
 * LTS_MAX_PROBE of them: as many temporaries are made, given room, and removed.
 */
lstm_status lts_file_probe(const char *path, int64_t size, int64_t count);

enum { LTS_MAX_PROBE = 8 };

/**
 * Make the file at `path` if need be, and lock it against other calls of this in any process. The
 * lock ends with lts_lock_release() or the process. The file stays: were it removed, somebody could
 * hold a lock on the file that is gone and somebody else on its successor.
 *
 * @param[out] lock  a descriptor, which holds no lock on a file system that has none
 * @return LSTM_OK; LSTM_E_LOCKED; LSTM_E_IO.
 */
lstm_status lts_lock_take(int *lock, const char *path);

/** Also for -1. */
void lts_lock_release(int lock);

#endif
