/* SPDX-License-Identifier: MIT */
/*
 * A limit of the size of files, beyond which a write fails with EFBIG (a full disk: ENOSPC).
 */
#ifndef TESTS_FILE_LIMIT_H
#define TESTS_FILE_LIMIT_H

#include "assert_status.h"

#include <signal.h>
#include <sys/resource.h>

/** Returns the previous limit. */
static inline rlim_t file_limit_set(rlim_t size)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = size;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    return before;
}

/** Restore the limit. Must be called before an assertion, which may write. */
static inline void file_limit_restore(rlim_t before)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = before;
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_DFL);
}

#endif
