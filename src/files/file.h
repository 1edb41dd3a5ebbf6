/* SPDX-License-Identifier: MIT */
/*
 * Files and folders: files are read in parts and replaced whole, folders are listed and locked. A
 * failed system call returns LSTM_E_IO; the message has the operation, the path and the system's
 * reason, so no caller reads errno.
 */
#ifndef LTS_FILES_FILE_H
#define LTS_FILES_FILE_H

#include "base/real.h"
#include <lstmts/status.h>

#include <stdbool.h>

/**
 * A file or folder: its name, relative to an open folder. A trainer keeps its folder open and works
 * in that, wherever it is moved and whatever the working directory is.
 */
typedef struct lts_location {
    int folder;       /**< descriptor, or AT_FDCWD                     */
    const char *name; /**< relative to `folder`                        */
    const char *path; /**< as the host knows the file, for messages    */
} lts_location;

/** The location of a path of the host. */
lts_location lts_at_path(const char *path);

/** A regular file that is open for reading. */
typedef struct lts_input {
    int descriptor;
    int64_t size; /**< when it was opened */
    const char *path;
} lts_input;

/**
 * Open a regular file. Anything else, such as a folder or a pipe, is LSTM_E_IO without waiting.
 * Close it with lts_input_close().
 */
lstm_status lts_input_open(lts_input *input, lts_location file);

/** Read `n` bytes at `offset`, which lie within its size. LSTM_E_TRUNC if the file has shrunk. */
lstm_status lts_input_read(const lts_input *input, int64_t offset, unsigned char *bytes, int64_t n);
void lts_input_close(lts_input *input);

/** Remove a file. Success if it does not exist. */
lstm_status lts_file_remove(lts_location file);

/** Create a folder, with the mode that the umask leaves of 0777. Success if it exists. */
lstm_status lts_folder_make(lts_location folder);

/** Whether two locations are the same existing file. */
bool lts_file_is_same(lts_location a, lts_location b);

/** Receives the name of a regular file in a folder. */
typedef lstm_status (*lts_name_fn)(const char *name, void *user);

/**
 * Call `see` for each regular file in a folder whose name begins with `start`, in no order, until
 * one call fails. Other files cost no system call.
 */
lstm_status lts_folder_list(lts_location folder, const char *start, lts_name_fn see, void *user);

/** A part of the contents of a file. */
typedef struct lts_chunk {
    const void *bytes;
    int64_t size;
} lts_chunk;

/**
 * Write a file atomically: write a temporary file in the same folder, flush it to the disk, rename
 * it. On failure the temporary file is removed and the old file is unchanged, except that the last
 * step, flushing the folder, can fail after the rename.
 *
 * Only a regular file is replaced. Anything else at that name, such as a device, a pipe or a
 * symbolic link, is LSTM_E_IO and left as it is. The new file has the mode of the replaced one or,
 * if there was none, what the umask leaves of 0666. The temporary file has mode 0600.
 *
 * A process that is killed during the call leaves its temporary file, on which nobody then holds a
 * lock. The next call for any file of the folder removes such files.
 */
lstm_status lts_file_replace(lts_location file, const lts_chunk *chunks, int64_t n_chunk);

/**
 * Check that `count` files of `size` bytes can be written to the folder of `file`: create as many
 * temporary files, but at most LTS_MAX_PROBE, reserve their space, and remove them.
 */
lstm_status lts_file_probe(lts_location file, int64_t size, int64_t count);

enum { LTS_MAX_PROBE = 8 };

/**
 * Create the lock file if it does not exist, with mode 0600, and lock it against other calls of
 * this function in any process, until lts_lock_release() or the end of the process. The file is not
 * removed: otherwise one process could hold a lock on the removed file and another on a new one.
 *
 * @param[out] lock  a descriptor; it holds no lock if the file system has no locks
 * @return LSTM_OK; LSTM_E_LOCKED; LSTM_E_IO.
 */
lstm_status lts_lock_take(int *lock, lts_location file);

/**
 * Check that the locked file is still the one in the folder. If somebody removed it, lock a new
 * one. LSTM_E_LOCKED if there is another, which somebody else created and may have locked;
 * LSTM_E_IO.
 */
lstm_status lts_lock_check(int *lock, lts_location file);

/** Does nothing for -1. */
void lts_lock_release(int lock);

#endif
