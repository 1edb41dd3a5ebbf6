/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* madvise(), MAP_ANONYMOUS; NOLINT(bugprone-reserved-identifier,cert-dcl*) */
#include "base/process.h"

#include "base/keep_errno.h"

#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

void lts_process_mark_init(lts_process_mark *mark)
{
    LTS_KEEP_ERRNO();
    *mark = (lts_process_mark){NULL, sysconf(_SC_PAGESIZE), 0};
#ifdef MADV_WIPEONFORK
    size_t size = (size_t)mark->page_size;
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED && madvise(page, size, MADV_WIPEONFORK) == 0)
        mark->page = page;
    else if (page != MAP_FAILED)
        munmap(page, size);
#endif
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
