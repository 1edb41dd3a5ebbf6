/* SPDX-License-Identifier: MIT */
/* The defaults that a fit would take, and why. */
#ifndef TOOLS_COMMAND_STUDY_DEFAULTS_H
#define TOOLS_COMMAND_STUDY_DEFAULTS_H

#include "command/source/source.h"

/**
 * Print them to standard output. The season is that of a fit of simple methods alone, which takes
 * 0.3 s for 100,000 values; larger tables than MOST_COMPARED values have none.
 *
 * @param[in,out] from  a table that was read, without a data set, which it gets
 * @param season        rows by the calendar or the data, for the horizon where none is given; or 0
 * @return EXIT_OK, also where the table is too short for a fit; EXIT_FAILED with a message
 */
int defaults_print(source *from, const settings *set, int64_t season);

enum { MOST_COMPARED = 500000 };

#endif
