/* SPDX-License-Identifier: MIT */
/*
 * A mark of the process that set it, which a forked child does not find set. To look asks the
 * system for nothing: the mark lies in a page that the kernel clears in children. Where it does not
 * know how, the process is asked for its number each time.
 */
#ifndef LTS_BASE_PROCESS_H
#define LTS_BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lts_process_mark {
    volatile char *page; /**< or NULL */
    int64_t page_size, number;
} lts_process_mark;

void lts_process_mark_init(lts_process_mark *mark);
void lts_process_mark_clear(lts_process_mark *mark);

/** The mark is of this process from now on. */
void lts_process_mark_set(lts_process_mark *mark);
bool lts_process_mark_is_set(const lts_process_mark *mark);

#endif
