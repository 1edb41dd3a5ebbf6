/* SPDX-License-Identifier: MIT */
/*
 * Memory for the JSON library, whose hundreds of small blocks per file are what a run under ASan
 * takes most of its time for. In fifteen runs of sixteen they come from one arena, that is empty
 * again when the last of them is released: each run must release all. Between them lies poison, as
 * in them after their release, so that ASan still sees the library read or write there. In the
 * sixteenth run they are malloc's.
 */
#include "fuzz.h"

#include "base/asan.h"

#include <jansson.h>

/* In front of each block, poisoned, is its size. A block that is only asked for, to see whether there
 * would be memory, stays poisoned: it is large, and nobody is to touch it. */
enum { ROOM = 4 << 20, FRONT = 16, ONLY_ASKED_FOR = 16500 };

static _Alignas(16) unsigned char arena[ROOM];
static size_t used;
static int64_t live, live_outside;
static bool by_malloc, always;

static void *allocate(size_t size)
{
    size_t step = FRONT + (size + 15) / 16 * 16;
    if (by_malloc || step > ROOM - used) {
        void *block = malloc(size);
        live_outside += block != NULL;
        return block;
    }
    unsigned char *front = arena + used;
    ASAN_UNPOISON_MEMORY_REGION(front, size < ONLY_ASKED_FOR ? FRONT + size : FRONT);
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
    if (at < arena || at >= arena + ROOM) {
        live_outside--;
        free(block);
        return;
    }
    ASAN_UNPOISON_MEMORY_REGION(at - FRONT, FRONT);
    memcpy(&size, at - FRONT, sizeof size);
    ASAN_POISON_MEMORY_REGION(at - FRONT, size < ONLY_ASKED_FOR ? FRONT + size : FRONT);
    if (--live == 0)
        used = 0;
}

void fuzz_json_begin(const uint8_t *data, size_t size)
{
    static bool installed;
    if (!installed) {
        ASAN_POISON_MEMORY_REGION(arena, ROOM);
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
