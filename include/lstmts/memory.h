/* SPDX-License-Identifier: MIT */
/**
 * @file memory.h
 * The allocator hook.
 */
#ifndef LSTMTS_MEMORY_H
#define LSTMTS_MEMORY_H

#include <lstmts/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where the library's memory comes from. */
typedef struct lstm_allocator {
    /** At least `size` bytes (size >= 1), aligned as by malloc, or NULL. */
    void *(*allocate)(size_t size, void *user);
    /** Takes back what `allocate` gave; never called with NULL. */
    void (*release)(void *block, void *user);
    void *user; /**< handed to both */
} lstm_allocator;

/**
 * Let all memory of the library's objects come from `allocator`. This is the library's only
 * process-wide setting. (Outside of it stay the JSON library, which has an allocator of its own,
 * the state of a checksum, and a page of each object that has threads.)
 *
 * Thread-safety: call it while no other thread is in the library.
 *
 * @param allocator  copied; its functions must be callable from any thread that uses the library.
 *                   They are called in the default floating-point environment, or the host's.
 *                   NULL goes back to malloc and free.
 * @return LSTM_OK; LSTM_E_ARGUMENT if one of its functions is NULL; LSTM_E_ORDER while any object
 *         of the library is alive, since it would be given back to the wrong allocator.
 * @since 0.1
 */
LSTM_API lstm_status lstm_set_allocator(const lstm_allocator *allocator);

#ifdef __cplusplus
}
#endif

#endif
