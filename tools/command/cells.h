/* SPDX-License-Identifier: MIT */
/* Rows of numbers, line by line: the input of a filter. */
#ifndef TOOLS_COMMAND_CELLS_H
#define TOOLS_COMMAND_CELLS_H

#include "command/options/settings.h"
#include <locale.h>
#include <lstmts/dataset.h>

/** Which cell of a line is which column. Close it with cells_close(). */
typedef struct cells {
    const lstm_dataset *frame; /**< its C stored columns are read; borrowed              */
    int64_t width;             /**< C                                                    */
    int64_t *columns;          /**< [n_cell] the column of a cell; -1 = it is skipped     */
    int64_t n_cell;
    char delimiter, decimal; /**< 0 = not known yet                                       */
    const char *missing;     /**< one more marker of missing values; borrowed                */
    const char *id;          /**< the option id, or NULL; borrowed                           */
    bool needs_id;           /**< whether it must be there                                   */
    int64_t id_cell;         /**< that has the name of the series; -1 = none                 */
    char *series;            /**< the name; NULL = it is not known yet                       */
    locale_t locale;
} cells;

/** Cells in the order of the columns, by the options delimiter, decimal, missing and id. What they
    do not give is detected: the delimiter in the first line, the decimal mark in the first number
    that has one.
    @param series  the name of the series whose rows they are; NULL = that of the first row
    @return EXIT_OK; EXIT_FAILED with a message. It must be closed in either case. */
int cells_open(cells *made, const lstm_dataset *frame, const char *series, const settings *set);

void cells_close(cells *made);

/**
 * Find the delimiter in the first line: the one of , ; tab | with which most of its cells are names
 * of columns, numbers, times or missing, and there is one for each column. Only between other
 * delimiters than a comma may numbers have a decimal comma.
 *
 * Take the line as the header, if it names a column. Other names are skipped, but that of the
 * option id, or one that a long table has (table_is_id_name()): its cells name the series. If the
 * line is no header, and has one cell more than columns, a single time among them is skipped, also
 * in later lines.
 *
 * @return 1 = it is the header; 0 = it is none; -1 with a message = a column is missing or twice,
 *         or that of the option id is missing where no table has it
 */
int cells_header(cells *made, const char *line);

/**
 * Read a line, which changes: for each column a number or a marker of a missing value, as in tables
 * (table/text/number.h). A row of another series is refused.
 *
 * @param number     of the line, from 1, for messages
 * @param[out] row   [C]; NaN = missing
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int cells_read(cells *made, char *line, int64_t number, lstm_real *row);

#endif
