/* SPDX-License-Identifier: MIT */
#include "failing_allocator.h"

#include "assert_status.h"
#include "effort.h"

#include <stdlib.h>

/* Bytes before each block, which hold its size; a multiple of malloc's alignment. */
enum { FRONT = 16 };

bool failing_allocator_refuses(failing_allocator *memory)
{
    int64_t call = atomic_fetch_add(&memory->calls, 1) + 1;
    return memory->first > 0 && call >= memory->first && call - memory->first < memory->count;
}

static void *allocate(size_t size, void *user)
{
    failing_allocator *memory = user;
    assert_true(size >= 1);
    if (failing_allocator_refuses(memory))
        return NULL;
    unsigned char *block = malloc(size + FRONT);
    if (block == NULL)
        return NULL;
    memcpy(block, &size, sizeof size);
    memset(block + FRONT, 0xA5, size);
    atomic_fetch_add(&memory->live, 1);
    int64_t bytes = atomic_fetch_add(&memory->bytes, (int64_t)size) + (int64_t)size;
    if (bytes > atomic_load(&memory->peak))
        atomic_store(&memory->peak, bytes);
    return block + FRONT;
}

static void release(void *block, void *user)
{
    failing_allocator *memory = user;
    assert_non_null(block);
    size_t size;
    unsigned char *start = (unsigned char *)block - FRONT;
    memcpy(&size, start, sizeof size);
    atomic_fetch_sub(&memory->bytes, (int64_t)size);
    atomic_fetch_sub(&memory->live, 1);
    free(start);
}

void failing_allocator_install(failing_allocator *memory)
{
    memset(memory, 0, sizeof *memory);
    lstm_allocator allocator = {allocate, release, memory};
    assert_ok(lstm_set_allocator(&allocator));
}

void failing_allocator_remove(failing_allocator *memory)
{
    assert_int_equal(atomic_load(&memory->live), 0);
    assert_int_equal(atomic_load(&memory->bytes), 0);
    assert_ok(lstm_set_allocator(NULL));
}

void failing_allocator_fail(failing_allocator *memory, int64_t first, int64_t count)
{
    memory->first = first;
    memory->count = count;
    atomic_store(&memory->calls, 0);
}

int64_t failing_allocator_sweep(failing_allocator *memory, failing_allocator_attempt attempt,
                                void *context)
{
    failing_allocator_fail(memory, 0, 0);
    int64_t live = atomic_load(&memory->live);
    assert_ok(attempt(context));
    assert_int_equal(atomic_load(&memory->live), live);
    int64_t needed = atomic_load(&memory->calls);
    for (int64_t first = 1; first <= needed; first = TEST_NEXT(first))
        for (int once = 0; once <= 1; once++) {
            failing_allocator_fail(memory, first, once ? 1 : INT64_MAX);
            assert_status(attempt(context), LSTM_E_NOMEM, "memory");
            assert_int_equal(atomic_load(&memory->live), live);
        }
    failing_allocator_fail(memory, 0, 0);
    assert_ok(attempt(context));
    return needed;
}
