/* SPDX-License-Identifier: MIT */
/*
 * A pool of threads, owned by one object. The number of parts alone determines the work of each
 * part, and no sum crosses parts, so results do not depend on timing.
 *
 * A thread begins with its own part and then takes parts that no other has begun, so a thread whose
 * core has other work to do does not hold up the rest.
 *
 * A run allocates nothing. A waiting thread spins for some tens of microseconds, then sleeps on a
 * mutex and a condition variable, whose only system call is futex. A pool of one thread (NULL)
 * takes no lock and makes no system call.
 */
#ifndef LTS_BASE_THREADS_H
#define LTS_BASE_THREADS_H

#include "base/real.h"
#include <lstmts/status.h>

typedef struct lts_pool lts_pool;

/** Do part `part` of `n_part` of `work`. */
typedef void (*lts_task)(void *work, int64_t part, int64_t n_part);

/**
 * The number of threads of an option n_threads: 0 is 1, LSTM_ALL_CORES lts_cores().
 * LSTM_E_ARGUMENT unless it is one of these or 1 .. 1024.
 */
lstm_status lts_threads_resolve(int64_t option, int64_t *n_thread);

/**
 * A pool of n_thread threads, including the caller. With 1 no thread is created and *pool is NULL,
 * which lts_pool_run() and lts_pool_free() accept. The pool has fewer threads if the system gives
 * fewer. LSTM_E_NOMEM.
 */
lstm_status lts_pool_new(lts_pool **pool, int64_t n_thread);
void lts_pool_free(lts_pool *pool);

/** Number of threads, 1 for NULL. */
int64_t lts_pool_size(const lts_pool *pool);

/**
 * Run all parts of a task, each in any of the threads, and return when all are done. The first run
 * in a forked child starts new threads, perhaps fewer.
 */
void lts_pool_run(lts_pool *pool, lts_task task, void *work);

/** The first of `n` items that belong to `part`; the items end where part + 1 begins. */
static inline int64_t lts_part_begin(int64_t n, int64_t part, int64_t n_part)
{
    return n / n_part * part + (part < n % n_part ? part : n % n_part);
}

#endif
