/* SPDX-License-Identifier: MIT */
/*
 * The system calls for files and the clock. Calls interrupted by a signal are repeated, short
 * writes are continued, and descriptors are closed in programs that the host executes.
 *
 * The calls go through a table, so that a test can replace them by failures, interruptions, kills
 * and a clock of its own.
 */
#ifndef LTS_FILES_IO_H
#define LTS_FILES_IO_H

#include "base/real.h"
#include <lstmts/status.h>

#include <dirent.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

/** The POSIX calls. `allocate` is posix_fallocate(), which returns an error number. */
typedef struct lts_io {
    int (*open)(int folder, const char *name, int flags, mode_t mode);
    int (*close)(int descriptor);
    int (*duplicate)(int descriptor);           /**< to a number of 3 or more */
    int (*lock)(int descriptor, int operation); /**< flock() */
    int (*status)(int descriptor, struct stat *info);
    int (*status_at)(int folder, const char *name, struct stat *info, int flags);
    ssize_t (*read_at)(int descriptor, void *bytes, size_t size, off_t offset);
    ssize_t (*write)(int descriptor, const void *bytes, size_t size);
    int (*allocate)(int descriptor, off_t offset, off_t size);
    int (*truncate)(int descriptor, off_t size);
    int (*set_mode)(int descriptor, mode_t mode);
    int (*sync)(int descriptor);
    int (*rename)(int old_folder, const char *old_name, int new_folder, const char *new_name);
    int (*unlink)(int folder, const char *name, int flags);
    int (*make_folder)(int folder, const char *name, mode_t mode);
    DIR *(*open_folder)(int descriptor);
    struct dirent *(*read_folder)(DIR *folder);
    int (*close_folder)(DIR *folder);
    int (*clock)(clockid_t clock, struct timespec *now); /**< clock_gettime() */
} lts_io;

/** The operating system's. */
extern const lts_io lts_io_system;

/** The table in use in this thread. */
const lts_io *lts_io_now(void);

/** For tests: use another table in this thread; NULL = the operating system's. */
void lts_io_use(const lts_io *table);

/**
 * Returns a descriptor, or -1 with errno set. The descriptor is never 0, 1 or 2, even if the host
 * closed these: what others print would land in the file.
 */
int lts_io_open(int folder, const char *name, int flags, mode_t mode);

/* The following return 0 or the system's error number. */

/** The descriptor is closed even on failure. */
int lts_io_close(int descriptor);
int lts_io_sync(int descriptor);
int lts_io_write(int descriptor, const void *bytes, int64_t size);
int lts_io_truncate(int descriptor, int64_t size);
/** Reserve disk space for the first `size` bytes. 0 also if the file system does not support it. */
int lts_io_allocate(int descriptor, int64_t size);

/**
 * Lock an open file exclusively, without waiting: EWOULDBLOCK if another holder exists. The lock
 * belongs to the open file description: duplicated and inherited descriptors share it, and it
 * ends when the last of them is closed.
 *
 * flock() and not fcntl(): a lock of fcntl() does not exclude a second trainer in the same process,
 * and is lost when anything in the process closes the same file. F_OFD_SETLK, which has neither
 * flaw, exists only on Linux.
 */
int lts_io_lock(int descriptor);

/** Whether an error of lts_io_lock() means that the file system has no locks. */
bool lts_io_has_no_locks(int error);

/** The size of an open file. LSTM_E_IO if it is not a regular file. */
lstm_status lts_io_regular_size(int descriptor, const char *path, int64_t *size);

/** Set the message "<path> is a folder, not a regular file", or what it is; return LSTM_E_IO. */
lstm_status lts_fail_not_regular(const char *path, mode_t mode);

/** Set the message "cannot <operation> <path>: <the system's reason>"; return LSTM_E_IO. */
lstm_status lts_fail_io(const char *operation, const char *path, int error);

#endif
