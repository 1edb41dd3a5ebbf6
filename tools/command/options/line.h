/* SPDX-License-Identifier: MIT */
/* Command lines that make a run again, or resume it. */
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

/** The line that resumes a run in a folder; as line_write(). */
char *line_resume(const settings *set);

#endif
