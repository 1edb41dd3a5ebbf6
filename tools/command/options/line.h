/* SPDX-License-Identifier: MIT */
/* The command line that makes a run again. */
#ifndef TOOLS_COMMAND_OPTIONS_LINE_H
#define TOOLS_COMMAND_OPTIONS_LINE_H

#include "command/options/settings.h"

/**
 * The command with the options that differ from their defaults, those of a recipe included, in a
 * form that shells read.
 *
 * @return the line, which free() frees; NULL with a message if there is no memory
 */
char *line_write(const settings *set);

#endif
