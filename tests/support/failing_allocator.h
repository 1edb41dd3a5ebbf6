/* SPDX-License-Identifier: MIT */
/*
 * An allocator for lstm_set_allocator() that counts allocations and can be made to fail.
 *
 *     failing_allocator memory;
 *     failing_allocator_install(&memory);      while no object of the library exists
 *     failing_allocator_fail(&memory, 3, 1);   the third allocation from here fails, the others not
 *     ...
 *     failing_allocator_remove(&memory);       asserts that no block is left
 *
 * Its blocks are filled with garbage, so that no code relies on zeroed pages. Any number of threads
 * may allocate, but only one may call failing_allocator_fail().
 */
#ifndef TESTS_FAILING_ALLOCATOR_H
#define TESTS_FAILING_ALLOCATOR_H

#include <lstmts/library.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct failing_allocator {
    atomic_int_fast64_t live;  /**< blocks allocated and not freed                           */
    atomic_int_fast64_t bytes; /**< in these blocks                                          */
    atomic_int_fast64_t peak;  /**< maximum of `bytes`                                       */
    atomic_int_fast64_t calls; /**< allocations since install or ..._fail()                  */
    int64_t first;             /**< number, from 1, of the first call that fails; 0 = none   */
    int64_t count;             /**< how many calls fail from there on; INT64_MAX = for ever  */
} failing_allocator;

void failing_allocator_install(failing_allocator *memory);
void failing_allocator_remove(failing_allocator *memory);

/** Restart counting, and fail `count` calls beginning with number `first` (from 1; 0: none). */
void failing_allocator_fail(failing_allocator *memory, int64_t first, int64_t count);

/**
 * Count an allocation made elsewhere, such as in another library. Returns whether it must fail.
 */
bool failing_allocator_refuses(failing_allocator *memory);

/** A call under test. It must leave nothing allocated, whether it fails or not. */
typedef lstm_status (*failing_allocator_attempt)(void *context);

/**
 * Run `attempt` with its first allocation failing, its second and so on (TEST_NEXT()) until it succeeds: each time once with only this allocation failing and once with all later ones
 * failing too. Asserts LSTM_E_NOMEM and that no block is leaked. Returns the number of allocations of
 * a successful call.
 */
int64_t failing_allocator_sweep(failing_allocator *memory, failing_allocator_attempt attempt,
                                void *context);

#endif
