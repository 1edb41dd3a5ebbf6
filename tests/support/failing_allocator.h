/* SPDX-License-Identifier: MIT */
/*
 * An allocator for lstm_set_allocator() that counts, and fails when told to.
 *
 *     failing_allocator memory;
 *     failing_allocator_install(&memory);      while no object of the library is alive
 *     failing_allocator_fail(&memory, 3, 1);   the third allocation from here fails, the others not
 *     ...
 *     failing_allocator_remove(&memory);       asserts that nothing is alive any more
 *
 * What it gives is filled with rubbish, so that nobody relies on fresh pages being zero. It serves
 * any number of threads, but only one of them may tell it to fail.
 */
#ifndef TESTS_FAILING_ALLOCATOR_H
#define TESTS_FAILING_ALLOCATOR_H

#include <lstmts/library.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct failing_allocator {
    atomic_int_fast64_t live;  /**< blocks given and not taken back                          */
    atomic_int_fast64_t bytes; /**< in them                                                  */
    atomic_int_fast64_t peak;  /**< most bytes there ever were at a time                     */
    atomic_int_fast64_t calls; /**< allocations asked for since install or ..._fail()        */
    int64_t first;             /**< number, from 1, of the first call that fails; 0 = none   */
    int64_t count;             /**< how many calls fail from there on; INT64_MAX = for ever  */
} failing_allocator;

void failing_allocator_install(failing_allocator *memory);
void failing_allocator_remove(failing_allocator *memory);

/** Count anew from here, and fail `count` calls beginning with number `first` (from 1; 0: none). */
void failing_allocator_fail(failing_allocator *memory, int64_t first, int64_t count);

/**
 * Counts an allocation that somebody else serves, such as another library's; whether it is to fail.
 */
bool failing_allocator_refuses(failing_allocator *memory);

/** A call under test. It must leave nothing allocated, whether it fails or not. */
typedef lstm_status (*failing_allocator_attempt)(void *context);

/**
 * Runs `attempt` with its first allocation failing, its second and so on, until it succeeds, each
 * time once alone and once for ever from there on. Asserts LSTM_E_NOMEM each time and that as many
 * blocks are alive after as before. Gives the number of allocations of a call that succeeds.
 */
int64_t failing_allocator_sweep(failing_allocator *memory, failing_allocator_attempt attempt,
                                void *context);

#endif
