/* SPDX-License-Identifier: MIT */
/* Days from a file: a date in each row of a CSV, beside which other cells may be. */
#ifndef TOOLS_COMMAND_SOURCE_DAYS_H
#define TOOLS_COMMAND_SOURCE_DAYS_H

#include <stdint.h>

/** Free them with days_free(). */
typedef struct days {
    int64_t *times; /**< [n] seconds since 1970 of a moment of each day */
    int64_t n, capacity;
} days;

/**
 * Read a file. The first row may be a header; rows that begin with # are comments.
 *
 * @return EXIT_OK; EXIT_FAILED with a message. They must be freed in either case.
 */
int days_read(days *all, const char *path);

void days_free(days *all);

#endif
