/* SPDX-License-Identifier: MIT */
/* Static features of series: columns of a long table with one number for each series. */
#ifndef TOOLS_COMMAND_SOURCE_STATICS_H
#define TOOLS_COMMAND_SOURCE_STATICS_H

#include "table/types.h"

/** S series, n features. All 0 is none. Free it with statics_free(). */
typedef struct statics {
    int64_t n;
    char **names;      /**< [n] */
    lstm_real *values; /**< [S, n] */
} statics;

/**
 * Move columns out of a table.
 *
 * @param names  [n] of the columns
 * @return EXIT_OK; EXIT_FAILED with a message, also if a series has no number there or two.
 *         It must be freed in either case.
 */
int statics_take(statics *made, table_frame *frame, const char *const *names, int64_t n);

/** Set them in a data set with the series of the table. @return EXIT_OK; EXIT_FAILED */
int statics_set(const statics *made, lstm_dataset *data);

void statics_free(statics *made);

#endif
