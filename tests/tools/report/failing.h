/* SPDX-License-Identifier: MIT */
/* Allocations of tools/report that fail: the linker redirects calloc() and realloc() to the
   functions here. Include it once in a program. */
#ifndef TESTS_TOOLS_REPORT_FAILING_H
#define TESTS_TOOLS_REPORT_FAILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static int64_t calls, failing = INT64_MAX; /* numbers of the present and of the failing call */

void *__wrap_calloc(size_t n, size_t size)
{
    return ++calls == failing ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return ++calls == failing ? NULL : __real_realloc(memory, size);
}

/** Let call `number` from now on fail. */
static inline void fail_at(int64_t number)
{
    calls = 0;
    failing = number;
}

#endif
