/* SPDX-License-Identifier: MIT */
/*
 * lts_pool_run() starts a round by incrementing `round`; the round ends when all parts are done:
 * `busy` reaches zero. Both sides spin for a short time, since an update has several rounds of some
 * microseconds each; then they sleep on the condition variable.
 *
 * A thread takes a part by setting the part's `taken` from the last round's number to the present
 * one: its own part first, whose data may be in its cache, then whatever nobody has begun. So a
 * thread whose core has other work to do delays a round only if it is interrupted within a part.
 * A thread that comes late finds that its part is taken. A thread that takes a part knows that the
 * round has not ended, so `task` and `work` are those of the round.
 *
 * The thread that changes `round` or `busy` broadcasts only if `sleepers` is not 0. No wake-up is
 * lost: a sleeper increments `sleepers` before its last test of the condition, the other side
 * changes `round` or `busy` before it reads `sleepers`, and all four operations are sequentially
 * consistent, so at least one side sees the other's change.
 *
 * A forked child has no workers, and the mutex may be in a state that a worker left it in.
 * Therefore a pool has a mark of the process that opened it, and is opened again in a process
 * without the mark.
 */
#include "base/threads.h"

#include "base/cores.h"
#include "base/float_env.h"
#include "base/keep_errno.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/status.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

/* 2000 pauses are some 80 microseconds where a pause takes 40 ns, as on x86. */
enum { SPINS = 2000, MAX_THREADS = 1024 };

/* A part and the thread that takes it first. */
typedef struct worker {
    lts_pool *pool;
    int64_t part;
    pthread_t thread;           /**< not used by part 0, the caller's               */
    char gap[64];               /**< keeps `taken` of two workers off a cache line */
    atomic_uint_fast64_t taken; /**< number of the last round in which the part was taken */
} worker;

struct lts_pool {
    lts_process_mark process; /**< the process that has the workers     */
    int64_t n_thread;         /**< including the caller; 1: no workers  */
    worker *workers;          /**< [n_thread]                           */
    lts_task task;
    void *work;
    atomic_uint_fast64_t round;
    atomic_int_fast64_t busy;
    atomic_int_fast64_t started; /**< workers that run */
    atomic_bool ending;
    atomic_int_fast64_t sleepers;
    pthread_mutex_t mutex;
    pthread_cond_t changed; /**< of `round`, `busy`, `started` or `ending` */
};

lstm_status lts_threads_resolve(int64_t option, int64_t *n_thread)
{
    if (option == LSTM_ALL_CORES) {
        int64_t cores = lts_cores();
        *n_thread = cores > MAX_THREADS ? MAX_THREADS : cores;
        return LSTM_OK;
    }
    if (option < 0 || option > MAX_THREADS)
        return lts_fail(LSTM_E_ARGUMENT,
                        "n_threads is %lld, expected 1 .. %d, 0 for 1, or LSTM_ALL_CORES (-1)",
                        (long long)option, MAX_THREADS);
    *n_thread = option == 0 ? 1 : option;
    return LSTM_OK;
}

static inline void pause_a_little(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

typedef bool (*condition)(const lts_pool *pool, uint_fast64_t seen);

static bool new_round(const lts_pool *pool, uint_fast64_t seen)
{
    return atomic_load(&pool->round) != seen || atomic_load(&pool->ending);
}

static bool all_done(const lts_pool *pool, uint_fast64_t unused)
{
    (void)unused;
    return atomic_load(&pool->busy) == 0;
}

static bool all_started(const lts_pool *pool, uint_fast64_t n)
{
    return atomic_load(&pool->started) == (int_fast64_t)n;
}

static void wait_until(lts_pool *pool, condition holds, uint_fast64_t seen)
{
    for (int i = 0; i < SPINS; i++) {
        if (holds(pool, seen))
            return;
        pause_a_little();
    }
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1);
    while (!holds(pool, seen))
        pthread_cond_wait(&pool->changed, &pool->mutex);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->mutex);
}

static void wake_sleepers(lts_pool *pool)
{
    if (atomic_load(&pool->sleepers) == 0)
        return;
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
}

/* Do the parts of a round that nobody has begun, from part `first` on. */
static void take_parts(lts_pool *pool, int64_t first, uint_fast64_t round)
{
    for (int64_t i = 0; i < pool->n_thread; i++) {
        int64_t part = (first + i) % pool->n_thread;
        uint_fast64_t before = round - 1;
        if (atomic_load(&pool->workers[part].taken) != before ||
            !atomic_compare_exchange_strong(&pool->workers[part].taken, &before, round))
            continue;
        pool->task(pool->work, part, pool->n_thread);
        if (atomic_fetch_sub(&pool->busy, 1) == 1)
            wake_sleepers(pool);
    }
}

static void *run_worker(void *argument)
{
    LTS_FLOAT_SCOPE(); /* a new thread inherits its creator's environment */
    worker *self = argument;
    lts_pool *pool = self->pool;
    atomic_fetch_add(&pool->started, 1);
    wake_sleepers(pool);
    for (uint_fast64_t seen = 0;;) {
        wait_until(pool, new_round, seen);
        if (atomic_load(&pool->ending))
            return NULL;
        seen = atomic_load(&pool->round);
        take_parts(pool, self->part, seen);
    }
}

/*
 * The workers block all signals: a host's handlers run on the host's own threads. Their stacks have
 * the default size, which the host can set and which is large enough for its thread-local
 * variables. The library needs 128 KiB; the rest costs only address space.
 *
 * Returns when all run: a new thread asks the system for more than futex, which a host may have
 * forbidden by the time that the first round ends.
 */
static void start_workers(lts_pool *pool, int64_t n_thread)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int64_t i = 1; i < n_thread; i++) {
        worker *w = &pool->workers[i];
        w->pool = pool;
        w->part = i;
        if (pthread_create(&w->thread, NULL, run_worker, w) != 0)
            break;
        pool->n_thread++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    wait_until(pool, all_started, (uint_fast64_t)pool->n_thread - 1);
}

/* Starts at most n_thread - 1 workers: fewer if the system gives fewer. Also in a forked child. */
static void open_pool(lts_pool *pool, int64_t n_thread)
{
    LTS_KEEP_ERRNO();
    lts_process_mark_set(&pool->process);
    pool->n_thread = 1;
    atomic_init(&pool->round, 0);
    atomic_init(&pool->busy, 0);
    atomic_init(&pool->started, 0);
    atomic_init(&pool->ending, false);
    atomic_init(&pool->sleepers, 0);
    for (int64_t i = 0; i < n_thread; i++)
        atomic_init(&pool->workers[i].taken, 0);
    if (pthread_mutex_init(&pool->mutex, NULL) != 0)
        return;
    if (pthread_cond_init(&pool->changed, NULL) == 0) {
        start_workers(pool, n_thread);
        if (pool->n_thread > 1)
            return;
        pthread_cond_destroy(&pool->changed);
    }
    pthread_mutex_destroy(&pool->mutex);
}

lstm_status lts_pool_new(lts_pool **out, int64_t n_thread)
{
    *out = NULL;
    if (n_thread <= 1)
        return LSTM_OK;
    lts_pool *pool = lts_alloc(1, sizeof *pool);
    if (pool == NULL)
        return LSTM_E_NOMEM;
    pool->workers = lts_alloc(n_thread, sizeof *pool->workers);
    if (pool->workers == NULL) {
        lts_free(pool);
        return LSTM_E_NOMEM;
    }
    lts_process_mark_init(&pool->process);
    open_pool(pool, n_thread);
    *out = pool;
    return LSTM_OK;
}

static void close_pool(lts_pool *pool)
{
    if (pool->n_thread == 1 || !lts_process_mark_is_set(&pool->process))
        return;
    atomic_store(&pool->ending, true);
    wake_sleepers(pool);
    for (int64_t i = 1; i < pool->n_thread; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
}

void lts_pool_free(lts_pool *pool)
{
    if (pool == NULL)
        return;
    close_pool(pool);
    lts_process_mark_clear(&pool->process);
    lts_free(pool->workers);
    lts_free(pool);
}

int64_t lts_pool_size(const lts_pool *pool)
{
    return pool == NULL ? 1 : pool->n_thread;
}

void lts_pool_run(lts_pool *pool, lts_task task, void *work)
{
    if (pool == NULL) {
        task(work, 0, 1);
        return;
    }
    if (!lts_process_mark_is_set(&pool->process))
        open_pool(pool, pool->n_thread);
    pool->task = task;
    pool->work = work;
    atomic_store(&pool->busy, pool->n_thread);
    uint_fast64_t round = atomic_fetch_add(&pool->round, 1) + 1;
    wake_sleepers(pool);
    take_parts(pool, 0, round);
    wait_until(pool, all_done, 0);
}
