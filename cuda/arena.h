/* SPDX-License-Identifier: MIT */
/* One allocation cut into arrays: laid out once to be measured, and once more over memory. */
#ifndef LTS_CUDA_ARENA_H
#define LTS_CUDA_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct lts_arena {
    char *memory;  /**< NULL: only measured                                            */
    int64_t bytes; /**< taken so far; INT64_MAX once it is more than can be said        */
} lts_arena;

/** The next rows * columns elements of `size` bytes, aligned to 256 bytes; NULL if only measured. */
static inline void *lts_arena_take(lts_arena *arena, int64_t rows, int64_t columns, size_t size)
{
    int64_t bytes, end;
    if (__builtin_mul_overflow(rows, columns, &bytes) ||
        __builtin_mul_overflow(bytes, (int64_t)size, &bytes) ||
        __builtin_add_overflow(bytes, 255, &bytes) ||
        __builtin_add_overflow(arena->bytes, bytes / 256 * 256, &end)) {
        arena->bytes = INT64_MAX;
        return NULL;
    }
    void *taken = arena->memory == NULL ? NULL : arena->memory + arena->bytes;
    arena->bytes = end;
    return taken;
}

#endif
