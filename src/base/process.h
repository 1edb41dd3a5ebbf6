/* SPDX-License-Identifier: MIT */
/*
 * A mark that is set in the process that set it, and not in a forked child. Reading it needs no
 * system call: the mark lies in a page that the kernel clears in children. On kernels without that
 * feature, the process number is compared each time.
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

/** Set the mark in this process. */
void lts_process_mark_set(lts_process_mark *mark);
bool lts_process_mark_is_set(const lts_process_mark *mark);

#endif
