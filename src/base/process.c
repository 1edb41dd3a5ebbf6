/* SPDX-License-Identifier: MIT */
/* madvise(), MAP_ANONYMOUS. NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl*) */
#define _DEFAULT_SOURCE
#include "base/process.h"

#include "base/keep_errno.h"

#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* A page that the kernel clears in forked children, or NULL. */
static void *cleared_page(int64_t size)
{
#ifdef MADV_WIPEONFORK
    void *page =
        mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED && madvise(page, (size_t)size, MADV_WIPEONFORK) == 0)
        return page;
    if (page != MAP_FAILED)
        munmap(page, (size_t)size);
#endif
    (void)size;
    return NULL;
}

void lts_process_mark_init(lts_process_mark *mark)
{
    LTS_KEEP_ERRNO();
    int64_t size = sysconf(_SC_PAGESIZE);
    *mark = (lts_process_mark){cleared_page(size), size, 0};
    lts_process_mark_set(mark);
}

void lts_process_mark_clear(lts_process_mark *mark)
{
    if (mark->page != NULL)
        munmap((void *)(uintptr_t)mark->page, (size_t)mark->page_size);
    mark->page = NULL;
}

void lts_process_mark_set(lts_process_mark *mark)
{
    if (mark->page != NULL)
        *mark->page = 1;
    else
        mark->number = getpid();
}

bool lts_process_mark_is_set(const lts_process_mark *mark)
{
    return mark->page != NULL ? *mark->page != 0 : mark->number == getpid();
}

void lts_process_lock_init(lts_process_lock *lock)
{
    LTS_KEEP_ERRNO();
    if (atomic_load(&lock->holder) != NULL)
        return;
    int64_t size = sysconf(_SC_PAGESIZE);
    atomic_int *page = cleared_page(size), *none = NULL;
    atomic_int *holder = page != NULL ? page : &lock->number;
    if (!atomic_compare_exchange_strong(&lock->holder, &none, holder) && page != NULL)
        munmap(page, (size_t)size); /* another thread was first */
}

static void wait_for_holder(int *turns)
{
    const struct timespec pause = {0, 50000};
    if (++*turns < 100)
        sched_yield();
    else
        nanosleep(&pause, NULL);
}

void lts_process_lock_take(lts_process_lock *lock)
{
    atomic_int *holder = atomic_load_explicit(&lock->holder, memory_order_relaxed);
    int self = holder == &lock->number ? getpid() : 1, turns = 0;
    for (;;) {
        int found = 0;
        if (atomic_compare_exchange_strong(holder, &found, self))
            return;
        /* without the page, another number is that of a parent */
        if (found != self && atomic_compare_exchange_strong(holder, &found, self))
            return;
        wait_for_holder(&turns);
    }
}

void lts_process_lock_release(lts_process_lock *lock)
{
    atomic_store(atomic_load_explicit(&lock->holder, memory_order_relaxed), 0);
}
