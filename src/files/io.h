/* SPDX-License-Identifier: MIT */
/*
 * The system calls with which the library works on files and reads the clock, and what all their
 * users want of them: that a signal interrupts none, that a short write is gone on with, that
 * nothing is inherited by a program that the host executes.
 *
 * They go through a table, so that a test can put failures, interruptions and kills in their place,
 * and a time of its own.
 */
#ifndef LTS_FILES_IO_H
#define LTS_FILES_IO_H

#include "base/real.h"
#include <lstmts/status.h>

#include <dirent.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

/** The calls as POSIX has them, but for `allocate`, which gives posix_fallocate's error number. */
typedef struct lts_io {
    int (*open)(int folder, const char *name, int flags, mode_t mode);
    int (*close)(int descriptor);
    int (*duplicate)(int descriptor);
    int (*lock)(int descriptor, int operation); /**< flock() */
    int (*status)(int descriptor, struct stat *info);
    int (*status_at)(int folder, const char *name, struct stat *info);
    ssize_t (*read)(int descriptor, void *bytes, size_t size);
    ssize_t (*read_at)(int descriptor, void *bytes, size_t size, off_t offset);
    ssize_t (*write)(int descriptor, const void *bytes, size_t size);
    int (*allocate)(int descriptor, off_t offset, off_t size);
    int (*truncate)(int descriptor, off_t size);
    int (*sync)(int descriptor);
    int (*rename)(int old_folder, const char *old_name, int new_folder, const char *new_name);
    int (*unlink)(int folder, const char *name, int flags);
    DIR *(*open_folder)(int descriptor);
    struct dirent *(*read_folder)(DIR *folder);
    int (*close_folder)(DIR *folder);
    int (*clock)(clockid_t clock, struct timespec *now); /**< clock_gettime() */
} lts_io;

/** The operating system's. */
extern const lts_io lts_io_system;

/** The table that the library uses in this thread. */
const lts_io *lts_io_now(void);

/** For tests: use another in this thread; NULL = the operating system's. */
void lts_io_use(const lts_io *table);

/** A descriptor, or -1 and errno. */
int lts_io_open(int folder, const char *name, int flags, mode_t mode);

/* These give 0 or the system's error number. */

/** The descriptor is gone, whatever this says. */
int lts_io_close(int descriptor);
int lts_io_sync(int descriptor);
int lts_io_write(int descriptor, const void *bytes, int64_t size);
int lts_io_truncate(int descriptor, int64_t size);
/** Reserve room for the first `size` bytes. 0 also where the file system cannot say. */
int lts_io_allocate(int descriptor, int64_t size);

/**
 * Lock an open file against everybody else who locks it. With `wait` false EWOULDBLOCK tells that
 * somebody else holds it. The lock belongs to the open file: descriptors that were duplicated or
 * inherited share it, and it ends with the last of them, so at the latest with the process.
 *
 * flock() and not fcntl(): a lock of fcntl() would not keep two trainers of one process apart, and
 * would be lost as soon as anything in the process closes the same file. Its variant without these
 * two flaws, F_OFD_SETLK, is Linux's alone.
 */
int lts_io_lock(int descriptor, bool wait);

/** Whether an error of lts_io_lock() only says that this file system has no locks. */
bool lts_io_has_no_locks(int error);

/** The size of an open file. LSTM_E_IO if it is no regular one. */
lstm_status lts_io_regular_size(int descriptor, const char *path, int64_t *size);

/** Sets the sentence "cannot <operation> <path>: <text of the system's error>". */
lstm_status lts_fail_io(const char *operation, const char *path, int error);

#endif
