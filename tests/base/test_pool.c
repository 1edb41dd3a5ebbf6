/* SPDX-License-Identifier: MIT */
/* A pool of threads: each part of each round is done once, whoever does it. */
#include "assert_status.h"

#include "base/threads.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { MOST = 64, N_ROUND = 2000 };

/* What the parts of all rounds have done. `plain` is not atomic: a part must see what the round
   before wrote, in whichever thread that was. */
typedef struct tally {
    int64_t n_part, round;
    int64_t plain[MOST];
    atomic_int_fast64_t wrong;
} tally;

static void count_part(void *work, int64_t part, int64_t n_part)
{
    tally *t = work;
    if (n_part != t->n_part || part < 0 || part >= n_part || t->plain[part] != t->round)
        atomic_fetch_add(&t->wrong, 1);
    else
        t->plain[part]++;
}

static void each_part_of_each_round_is_done_once(void **fixture)
{
    (void)fixture;
    const int64_t n_threads[] = {1, 2, 3, 7, MOST};
    for (size_t i = 0; i < sizeof n_threads / sizeof n_threads[0]; i++) {
        lts_pool *pool;
        assert_ok(lts_pool_new(&pool, n_threads[i]));
        tally t = {.n_part = lts_pool_size(pool)};
        for (; t.round < N_ROUND; t.round++)
            lts_pool_run(pool, count_part, &t);
        assert_int_equal(atomic_load(&t.wrong), 0);
        for (int64_t part = 0; part < t.n_part; part++)
            assert_int_equal(t.plain[part], N_ROUND);
        lts_pool_free(pool);
    }
}

/*
 * Takes the place of the C library's: a thread that sleeps stays asleep as long as `held`, as one
 * whose core has other work to do. To return without a signal is allowed.
 */
static atomic_bool held;
static atomic_int_fast64_t asleep;

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    (void)condition;
    pthread_mutex_unlock(mutex);
    atomic_fetch_add(&asleep, 1);
    do
        sched_yield();
    while (atomic_load(&held));
    atomic_fetch_sub(&asleep, 1);
    return pthread_mutex_lock(mutex);
}

static void note_thread(void *work, int64_t part, int64_t n_part)
{
    (void)n_part;
    ((pthread_t *)work)[part] = pthread_self();
}

static void the_caller_does_the_parts_of_threads_that_do_not_run(void **fixture)
{
    (void)fixture;
    lts_pool *pool;
    pthread_t by[4];
    assert_ok(lts_pool_new(&pool, 4));
    assert_int_equal(lts_pool_size(pool), 4);
    atomic_store(&held, true);
    while (atomic_load(&asleep) < 3)
        sched_yield();
    for (int64_t round = 0; round < 10; round++) {
        memset(by, 0, sizeof by);
        lts_pool_run(pool, note_thread, by);
        for (int64_t part = 0; part < 4; part++)
            assert_true(pthread_equal(by[part], pthread_self()));
    }
    atomic_store(&held, false);
    tally t = {.n_part = 4};
    for (; t.round < N_ROUND; t.round++)
        lts_pool_run(pool, count_part, &t);
    assert_int_equal(atomic_load(&t.wrong), 0);
    lts_pool_free(pool);
}

static void parts_divide_items_without_a_gap(void **fixture)
{
    (void)fixture;
    for (int64_t n = 0; n < 20; n++)
        for (int64_t n_part = 1; n_part < 9; n_part++) {
            assert_int_equal(lts_part_begin(n, 0, n_part), 0);
            assert_int_equal(lts_part_begin(n, n_part, n_part), n);
            for (int64_t part = 0; part < n_part; part++) {
                int64_t items =
                    lts_part_begin(n, part + 1, n_part) - lts_part_begin(n, part, n_part);
                assert_true(items == n / n_part || items == n / n_part + 1);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_of_each_round_is_done_once),
        cmocka_unit_test(the_caller_does_the_parts_of_threads_that_do_not_run),
        cmocka_unit_test(parts_divide_items_without_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
