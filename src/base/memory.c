/* SPDX-License-Identifier: MIT */
/*
 * Every allocation of the library. A block has one extra cache line before the caller's data. The
 * last two words of that line (struct front) hold the size and the start of the allocator's block.
 *
 * Alignment leaves unused bytes on both sides of the data. They belong to the allocator's block, so
 * AddressSanitizer would not detect an access to them. Its builds poison these bytes.
 */
#include "base/memory.h"

#include "base/asan.h"
#include "base/keep_errno.h"
#include "base/status.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static void *allocate_by_calloc(size_t size, void *user)
{
    (void)user;
    return calloc(size, 1); /* fresh pages are already zero, so calloc() does not touch them */
}

static void release_by_free(void *block, void *user)
{
    (void)user;
    free(block);
}

/* The process-wide setting of lstm_set_allocator(). It may change only while live_blocks is 0. */
static lstm_allocator allocator = {allocate_by_calloc, release_by_free, NULL};
static atomic_int_fast64_t live_blocks;

lstm_status lstm_set_allocator(const lstm_allocator *new_allocator)
{
    static const lstm_allocator by_calloc = {allocate_by_calloc, release_by_free, NULL};
    if (new_allocator == NULL)
        new_allocator = &by_calloc;
    if (new_allocator->allocate == NULL || new_allocator->release == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "allocator has no %s function",
                        new_allocator->allocate == NULL ? "allocate" : "release");
    long long live = (long long)atomic_load(&live_blocks);
    if (live != 0)
        return lts_fail(LSTM_E_ORDER, "the allocator cannot change while %lld blocks are in use",
                        live);
    allocator = *new_allocator;
    return LSTM_OK;
}

bool lts_multiply(int64_t a, int64_t b, int64_t *product)
{
    if (b != 0 && a > INT64_MAX / b)
        return false;
    *product = a * b;
    return true;
}

/* The line before the data, and moving the data to the next multiple of LTS_ALIGNMENT. */
static const size_t overhead = 2 * (size_t)LTS_ALIGNMENT;

/* Stored directly before the data. */
typedef struct front {
    size_t total; /* size of the allocator's block */
    void *raw;    /* start of the allocator's block */
} front;

static void poison_padding(char *raw, size_t total, char *block, size_t bytes)
{
    ASAN_POISON_MEMORY_REGION(raw, (size_t)(block - raw) - sizeof(front));
    ASAN_POISON_MEMORY_REGION(block + bytes, (size_t)(raw + total - block) - bytes);
}

void *lts_alloc(int64_t count, size_t size)
{
    LTS_KEEP_ERRNO();
    int64_t bytes;
    if (!lts_multiply(count, (int64_t)size, &bytes) || bytes > PTRDIFF_MAX - (int64_t)overhead) {
        lts_fail(LSTM_E_NOMEM, "out of memory: %lld elements of %zu bytes", (long long)count, size);
        return NULL;
    }
    /* at least one byte: a pointer to an empty block would point past its memory, and a search for
       leaks would take the block for lost */
    size_t total = (size_t)(bytes > 0 ? bytes : 1) + overhead;
    char *raw = allocator.allocate(total, allocator.user);
    if (raw == NULL) {
        lts_fail(LSTM_E_NOMEM, "out of memory: %lld bytes", (long long)bytes);
        return NULL;
    }
    atomic_fetch_add(&live_blocks, 1);
    uintptr_t start = (uintptr_t)raw;
    size_t shift = overhead - (size_t)(start % LTS_ALIGNMENT);
    char *block = raw + shift;
    ((front *)(void *)block)[-1] = (front){total, raw};
    if (allocator.allocate != allocate_by_calloc)
        memset(block, 0, (size_t)bytes);
    poison_padding(raw, total, block, (size_t)bytes);
    return block;
}

void lts_free(void *block)
{
    if (block == NULL)
        return;
    front block_front = ((front *)block)[-1];
    ASAN_UNPOISON_MEMORY_REGION(block_front.raw, block_front.total);
    allocator.release(block_front.raw, allocator.user);
    atomic_fetch_sub(&live_blocks, 1);
}

void *lts_grow(void *block, int64_t used, int64_t count, size_t size)
{
    void *larger = lts_alloc(count, size);
    if (larger == NULL)
        return NULL;
    if (used > 0)
        memcpy(larger, block, (size_t)used * size);
    lts_free(block);
    return larger;
}

char *lts_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = lts_alloc((int64_t)size, 1);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}
