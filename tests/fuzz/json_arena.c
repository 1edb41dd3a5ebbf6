/* SPDX-License-Identifier: MIT */
/*
 * An allocator for Jansson, whose hundreds of small blocks per file would take most of a run's time
 * under AddressSanitizer. In fifteen of sixteen runs they come from one arena, which is reset when
 * the last block is released: each run must release all. The bytes between blocks, and released
 * blocks, are poisoned, so that AddressSanitizer still detects accesses. In the sixteenth run the
 * blocks come from malloc().
 */
#include "fuzz.h"

#include "base/asan.h"

#include <jansson.h>

/* Before each block, poisoned, is its size. A block of at least PROBE_SIZE is only allocated to
 * check for memory (files/json_read.c) and stays poisoned. */
enum { ARENA_SIZE = 4 << 20, FRONT = 16, PROBE_SIZE = 16500 };

static _Alignas(16) unsigned char arena[ARENA_SIZE];
static size_t used;
static int64_t live, live_outside;
static bool by_malloc, always;

static void *allocate(size_t size)
{
    size_t step = FRONT + (size + 15) / 16 * 16;
    if (by_malloc || step > ARENA_SIZE - used) {
        void *block = malloc(size);
        live_outside += block != NULL;
        return block;
    }
    unsigned char *front = arena + used;
    ASAN_UNPOISON_MEMORY_REGION(front, size < PROBE_SIZE ? FRONT + size : FRONT);
    memcpy(front, &size, sizeof size);
    ASAN_POISON_MEMORY_REGION(front, FRONT);
    used += step;
    live++;
    return front + FRONT;
}

static void release(void *block)
{
    unsigned char *at = block;
    size_t size;
    if (at == NULL)
        return;
    if (at < arena || at >= arena + ARENA_SIZE) {
        live_outside--;
        free(block);
        return;
    }
    ASAN_UNPOISON_MEMORY_REGION(at - FRONT, FRONT);
    memcpy(&size, at - FRONT, sizeof size);
    ASAN_POISON_MEMORY_REGION(at - FRONT, size < PROBE_SIZE ? FRONT + size : FRONT);
    if (--live == 0)
        used = 0;
}

void fuzz_json_begin(const uint8_t *data, size_t size)
{
    static bool installed;
    if (!installed) {
        ASAN_POISON_MEMORY_REGION(arena, ARENA_SIZE);
        json_set_alloc_funcs(allocate, release);
        installed = true;
    }
    FUZZ_HOLDS(live == 0 && live_outside == 0);
    by_malloc = always || size == 0 || (data[size - 1] ^ data[size / 2]) % 16 == 0;
}

void fuzz_json_plain(void)
{
    always = true;
}
