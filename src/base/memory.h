/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_MEMORY_H
#define LTS_BASE_MEMORY_H

#include "base/real.h"
#include <lstmts/library.h>

/** Alignment of every block, in bytes: a cache line, and the widest vector. */
enum { LTS_ALIGNMENT = 64 };

/**
 * Allocate a zeroed block of count >= 0 elements of `size` bytes; free it with lts_free(). Returns
 * NULL, with the message set, if memory is exhausted or the size overflows; the caller then returns
 * LSTM_E_NOMEM.
 */
void *lts_alloc(int64_t count, size_t size);

/** Free a block of lts_alloc(). NULL is allowed. */
void lts_free(void *block);

/**
 * Replace a block of `used` elements by one of `count` >= used: copies them, zeroes the rest and
 * frees the old block, which may be NULL. Returns NULL, and leaves the old block, as lts_alloc().
 */
void *lts_grow(void *block, int64_t used, int64_t count, size_t size);

/** Copy a string. Ownership and errors as of lts_alloc(). */
char *lts_strdup(const char *text);

/** *product = a * b, both >= 0. Returns false, and leaves *product, if that overflows. */
bool lts_multiply(int64_t a, int64_t b, int64_t *product);

#endif
