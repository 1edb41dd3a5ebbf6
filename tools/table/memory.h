/* SPDX-License-Identifier: MIT */
/* Every allocation of tools/table and tools/report, also those of libcsv and zlib. */
#ifndef TOOLS_TABLE_MEMORY_H
#define TOOLS_TABLE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** n elements of `size` bytes, which are 0. @return NULL if there is no memory, or n < 0. */
void *table_allocate(int64_t n, size_t size);

/** As realloc(): also the form that libcsv takes. */
void *table_resize(void *memory, size_t size);

/** NULL is allowed. */
void table_release(void *memory);

/**
 * Make an array hold `needed` elements; it grows by half at least. New elements are not set.
 *
 * @return false if there is no memory: the array is unchanged.
 */
bool table_reserve(void **array, int64_t *capacity, int64_t needed, size_t size);

/** A copy of `size` bytes with a 0 after them. @return NULL if there is no memory. */
char *table_copy(const char *text, size_t size);

#endif
