/* SPDX-License-Identifier: MIT */
#include "report/memory.h"

#include <stdlib.h>

void *report_allocate(int64_t n, size_t size)
{
    if (n < 0 || (uint64_t)n > SIZE_MAX / size)
        return NULL;
    return calloc(n == 0 ? 1 : (size_t)n, size);
}

void *report_resize(void *memory, size_t size)
{
    return realloc(memory, size);
}

void report_release(void *memory)
{
    free(memory);
}
