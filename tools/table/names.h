/* SPDX-License-Identifier: MIT */
/* Unique names and their numbers: the series of a long table. */
#ifndef TOOLS_TABLE_NAMES_H
#define TOOLS_TABLE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Begins with all 0. Close it with table_names_close(). */
typedef struct table_names {
    char *text;      /* the names, each with a 0 behind it                       */
    int64_t *begins; /* [n] where a name begins in the text                      */
    int64_t *slots;  /* [n_slot] number of a name + 1; 0 = free                  */
    int64_t n, n_slot, n_text;
    int64_t text_capacity, begins_capacity;
} table_names;

/**
 * The number of a name, which is added if it is new. Names are numbered from 0 in the order in
 * which they come.
 *
 * @return -1 if there is no memory.
 */
int64_t table_names_number(table_names *names, const char *text, size_t size);

/** The name of a number, valid until the next is added. */
const char *table_names_text(const table_names *names, int64_t number);

void table_names_close(table_names *names);

/**
 * Whether a text can be a name of dataset.h: UTF-8 of 1 .. 255 bytes without control characters.
 *
 * @return NULL, or what is wrong with it, such as "is empty".
 */
const char *table_name_fault(const char *text, size_t size);

/** Whether a column of this name has the series ids of a long table: unique_id, item_id, series_id
    or ts_id, in any case. */
bool table_is_id_name(const char *text, size_t size);

/** Whether a text is a word of lower-case letters, in any case of its own (of ASCII, in any
    locale). */
bool table_is_word(const char *text, size_t size, const char *word);

#endif
