/* SPDX-License-Identifier: MIT */
/*
 * System calls for lts_io_use() that are counted and can be made to fail, in the thread that
 * installs them.
 *
 *     failing_io *io = failing_io_install();
 *     io->errors[IO_WRITE] = ENOSPC;           every write fails
 *     io->interrupted = true;                  every other call is interrupted, and moves one byte
 *     failing_io_fail(3, 1, EIO);              the third call from here fails, the others not
 *     ...
 *     failing_io_remove();                     asserts that no descriptor was leaked
 */
#ifndef TESTS_FAILING_IO_H
#define TESTS_FAILING_IO_H

#include "files/io.h"

typedef enum io_kind {
    IO_OPEN,
    IO_CLOSE,
    IO_DUPLICATE,
    IO_LOCK,
    IO_STATUS,
    IO_STATUS_AT,
    IO_READ_AT,
    IO_WRITE,
    IO_ALLOCATE,
    IO_TRUNCATE,
    IO_SET_MODE,
    IO_SYNC,
    IO_RENAME,
    IO_UNLINK,
    IO_MAKE_FOLDER,
    IO_OPEN_FOLDER,
    IO_READ_FOLDER,
    N_IO_KIND,
} io_kind;

/** Successful calls whose order matters for a power cut. */
typedef enum io_step {
    STEP_WRITE,
    STEP_FLUSH_FILE,
    STEP_FLUSH_FOLDER,
    STEP_RENAME,
} io_step;

enum { MAX_IO_STEP = 64 };

typedef struct failing_io {
    lts_io table;          /**< in use; a test may put functions of its own into it           */
    int errors[N_IO_KIND]; /**< error of each kind; 0 = success                               */
    bool interrupted;      /**< EINTR every other time, where POSIX allows it; one byte a call */
    bool kill;             /**< instead of failing, end the process by SIGKILL                */
    int64_t calls;         /**< since installation or failing_io_fail()                       */
    int64_t first, count;  /**< as in failing_io_fail()                                       */
    int error;             /**< of these calls                                                */
    int64_t open;          /**< descriptors                                                   */
    int64_t waits;         /**< calls that could be interrupted, while `interrupted`          */
    io_kind last_failed;   /**< kind of the last call that failed by its number               */
    int64_t n_step;        /**< since installation; beyond MAX_IO_STEP they are only counted  */
    io_step steps[MAX_IO_STEP];
} failing_io;

failing_io *failing_io_install(void);
void failing_io_remove(void);

/** Restart counting, and fail `count` calls beginning with number `first` (from 1; 0: none). */
void failing_io_fail(int64_t first, int64_t count, int error);

#endif
