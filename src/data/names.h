/* SPDX-License-Identifier: MIT */
/* Unique names and their numbers, 0 .. n-1 in the order in which they were added. */
#ifndef LTS_DATA_NAMES_H
#define LTS_DATA_NAMES_H

#include "base/real.h"
#include <lstmts/status.h>

/** Maximum length of a name in bytes. */
enum { LTS_NAME_BYTES = 255 };

/** All 0 at first. */
typedef struct lts_names {
    int64_t n, capacity;
    int64_t *first; /**< [capacity] position of each name in `text` */
    char *text;     /**< all names, each with its final 0          */
    int64_t text_used, text_size;
    int64_t *slots; /**< [n_slot] a hash table: number + 1, or 0   */
    int64_t n_slot; /**< a power of two, or 0                      */
} lts_names;

void lts_names_clear(lts_names *names);

/**
 * Add a name; NULL = its number in decimal.
 *
 * @param kind  what is named, for messages, such as "column".
 * @return LSTM_OK; LSTM_E_ARGUMENT unless the name is new, UTF-8 without control characters, and
 *         has 1 .. 255 bytes; LSTM_E_NOMEM. On failure the names are unchanged.
 */
lstm_status lts_names_add(lts_names *names, const char *kind, const char *name);

/** The number of a name, or -1. */
int64_t lts_names_find(const lts_names *names, const char *name);

/** The name with a number of 0 .. n-1; valid until the next name is added. */
const char *lts_names_get(const lts_names *names, int64_t i);

#endif
