/* SPDX-License-Identifier: MIT */
#include "table/memory.h"

#include <stdlib.h>
#include <string.h>

void *table_allocate(int64_t n, size_t size)
{
    if (n < 0 || (uint64_t)n > SIZE_MAX / size)
        return NULL;
    return calloc(n == 0 ? 1 : (size_t)n, size);
}

void *table_resize(void *memory, size_t size)
{
    return realloc(memory, size);
}

void table_release(void *memory)
{
    free(memory);
}

bool table_reserve(void **array, int64_t *capacity, int64_t needed, size_t size)
{
    if (needed <= *capacity)
        return true;
    if (needed > INT64_MAX / 2)
        return false;
    int64_t more = *capacity + *capacity / 2 + 16;
    if (more < needed)
        more = needed;
    if ((uint64_t)more > SIZE_MAX / size)
        return false;
    void *grown = table_resize(*array, (size_t)more * size);
    if (grown == NULL)
        return false;
    *array = grown;
    *capacity = more;
    return true;
}

char *table_copy(const char *text, size_t size)
{
    char *copy = table_allocate((int64_t)size + 1, 1);
    if (copy != NULL && size > 0)
        memcpy(copy, text, size);
    return copy;
}
