/* SPDX-License-Identifier: MIT */
/*
 * A mark that is set in the process that set it, and not in a forked child; and a lock that is free
 * in a forked child, whichever thread held it. Neither needs a system call: both lie in a page that
 * the kernel clears in children. On kernels without that feature, the process number is compared
 * each time.
 */
#ifndef LTS_BASE_PROCESS_H
#define LTS_BASE_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct lts_process_mark {
    volatile char *page; /**< or NULL */
    int64_t page_size, number;
} lts_process_mark;

void lts_process_mark_init(lts_process_mark *mark);
void lts_process_mark_clear(lts_process_mark *mark);

/** Set the mark in this process. */
void lts_process_mark_set(lts_process_mark *mark);
bool lts_process_mark_is_set(const lts_process_mark *mark);

/** All 0 before lts_process_lock_init(). */
typedef struct lts_process_lock {
    _Atomic(atomic_int *) holder; /**< in a cleared page: 0 or 1. Else `number`         */
    atomic_int number;            /**< the process that holds the lock, or 0            */
} lts_process_lock;

/** May be called again, and by several threads at once. The page is never unmapped. */
void lts_process_lock_init(lts_process_lock *lock);

/** A waiting thread yields first, then sleeps, so that one of high priority lets the holder run. */
void lts_process_lock_take(lts_process_lock *lock);
void lts_process_lock_release(lts_process_lock *lock);

#endif
