/* SPDX-License-Identifier: MIT */
/* Every allocation of tools/report. */
#ifndef TOOLS_REPORT_MEMORY_H
#define TOOLS_REPORT_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/** n elements of `size` bytes, which are 0. @return NULL if there is no memory, or n < 0. */
void *report_allocate(int64_t n, size_t size);

/** As realloc(). */
void *report_resize(void *memory, size_t size);

/** NULL is allowed. */
void report_release(void *memory);

#endif
