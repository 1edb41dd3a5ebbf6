/* SPDX-License-Identifier: MIT */
/*
 * A function that succeeds must not change the host's errno, even if a system call inside it was
 * interrupted or failed harmlessly. Such a function begins with
 *
 *     LTS_KEEP_ERRNO();
 *
 * which lasts to the end of the enclosing block.
 */
#ifndef LTS_BASE_KEEP_ERRNO_H
#define LTS_BASE_KEEP_ERRNO_H

#include <errno.h>

static inline void lts_restore_errno(const int *before)
{
    errno = *before;
}

#define LTS_KEEP_ERRNO()                                                                           \
    __attribute__((cleanup(lts_restore_errno), unused)) const int lts_errno = errno

#endif
