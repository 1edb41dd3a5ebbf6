/* SPDX-License-Identifier: MIT */
/* Names of columns and series in CSV and JSON. */
#ifndef TOOLS_COMMAND_OUTPUT_NAME_H
#define TOOLS_COMMAND_OUTPUT_NAME_H

#include <stdio.h>

/** Write a cell: a name with an ending behind it, in quotes where a reader needs them. */
void name_csv(FILE *file, const char *name, const char *ending);

/** Write a string in quotes: a name, which is UTF-8 without control characters, and an ending. */
void name_json(FILE *file, const char *name, const char *ending);

#endif
