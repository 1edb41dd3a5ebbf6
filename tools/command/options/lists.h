/* SPDX-License-Identifier: MIT */
/* Lists in values of options: "a,b,c". */
#ifndef TOOLS_COMMAND_OPTIONS_LISTS_H
#define TOOLS_COMMAND_OPTIONS_LISTS_H

#include <stdint.h>

enum { MOST_LEVELS = 16 };

/** The items of a list. Free it with list_free(). */
typedef struct list {
    char *text;
    const char **items; /**< [n] */
    int64_t n;
} list;

/** @param text  NULL = an empty list. @return EXIT_OK; EXIT_FAILED with a message */
int list_read(list *made, const char *text);

void list_free(list *made);

/**
 * Levels in percent, as "80,95", as shares in ascending order.
 *
 * @param[out] levels  [MOST_LEVELS]
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int list_levels(const char *text, double *levels, int64_t *n);

#endif
