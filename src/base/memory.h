/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_MEMORY_H
#define LTS_BASE_MEMORY_H

#include "base/real.h"
#include <lstmts/library.h>

/** What every block is aligned to: a cache line, and the widest vector. */
enum { LTS_ALIGNMENT = 64 };

/**
 * Zeroed room for count elements of `size` bytes, count >= 0; free with lts_free(). NULL if memory
 * or the size's range is exhausted; the sentence is then set, and the caller returns LSTM_E_NOMEM.
 */
void *lts_alloc(int64_t count, size_t size);

/** Takes back a block of lts_alloc(); NULL is fine. */
void lts_free(void *block);

/** A copy of a string; as lts_alloc(). */
char *lts_strdup(const char *text);

/**
 * *product = a * b, both >= 0. False if that overflows.
 */
bool lts_multiply(int64_t a, int64_t b, int64_t *product);

#endif
