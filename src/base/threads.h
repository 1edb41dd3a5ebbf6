/* SPDX-License-Identifier: MIT */
/*
 * A few threads that one object owns and runs parts of its work on. Which part does what is fixed
 * by the parts' number alone, and nothing is summed across parts, so results do not depend on
 * timing.
 *
 * A pool of its own allocates nothing in a run. Who waits looks for some tens of microseconds, then
 * sleeps: for that, and to wake a sleeper, a run takes the pool's mutex and condition, which ask
 * the system for futex and for nothing else. A pool of one thread (NULL) takes no lock and asks for
 * nothing.
 */
#ifndef LTS_BASE_THREADS_H
#define LTS_BASE_THREADS_H

#include "base/real.h"
#include <lstmts/status.h>

typedef struct lts_pool lts_pool;

/** Part `part` of `n_part` of some work. */
typedef void (*lts_task)(void *work, int64_t part, int64_t n_part);

/**
 * Turn an option n_threads into a number: 0 is 1, LSTM_ALL_CORES the number of processors.
 * LSTM_E_ARGUMENT if it is neither these nor 1 .. 1024.
 */
lstm_status lts_threads_resolve(int64_t option, int64_t *n_thread);

/**
 * A pool of n_thread threads, the caller's among them. With 1 no thread is made and *pool is NULL,
 * which lts_pool_run() and lts_pool_free() take. If the system gives fewer threads, the pool has
 * fewer. LSTM_E_NOMEM.
 */
lstm_status lts_pool_new(lts_pool **pool, int64_t n_thread);
void lts_pool_free(lts_pool *pool);

/** Number of threads, 1 for NULL. */
int64_t lts_pool_size(const lts_pool *pool);

/**
 * Runs all parts of a task, the caller taking part 0, and returns when all are done. At its first
 * run in a forked child, the pool gets new threads, perhaps fewer.
 */
void lts_pool_run(lts_pool *pool, lts_task task, void *work);

/** The first of `n` items that belong to `part`; the items end where part + 1 begins. */
static inline int64_t lts_part_begin(int64_t n, int64_t part, int64_t n_part)
{
    return n / n_part * part + (part < n % n_part ? part : n % n_part);
}

#endif
