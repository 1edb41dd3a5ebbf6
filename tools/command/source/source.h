/* SPDX-License-Identifier: MIT */
/* The table of a run, and its data set. */
#ifndef TOOLS_COMMAND_SOURCE_SOURCE_H
#define TOOLS_COMMAND_SOURCE_SOURCE_H

#include "command/options/settings.h"
#include "table/table.h"

/** A table and what was made of it. Close it with source_close(). */
typedef struct source {
    table_frame *frame;
    lstm_dataset *data;
} source;

/** Read the table of the settings. With `verbose`, remarks of the reader are printed.
    @return EXIT_OK; EXIT_FAILED with a message */
int source_read(source *from, const settings *set);

/**
 * Find the roles of the columns by the options target, past and known.
 *
 * @param[out] roles  [n_column] lstm_role: LSTM_ROLE_BOTH of targets
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int source_roles(int64_t *roles, const table_frame *frame, const settings *set);

/**
 * Make the data set of a table that was read: roles, missing values by the option fill, static
 * features, which leave the table, and columns of the calendar. Last
 * rows that have values in known columns only become future rows.
 *
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int source_dataset(source *from, const settings *set);

/**
 * Make a data set of the table with the columns of a fitted forecaster, found by name
 * (source_fill.c). Last rows as in source_dataset().
 *
 * @param empty  of lstm_forecaster_frame(); series are added to it, and `from` owns it, also on
 *               failure
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int source_fill(source *from, lstm_dataset *empty);

/**
 * Whether known columns have `horizon` rows to come. Unless `quiet`, a note says if values are
 * missing there.
 *
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int source_check_future(const source *from, int64_t horizon, bool quiet);

void source_close(source *from);

#endif
