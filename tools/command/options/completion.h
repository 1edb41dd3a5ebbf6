/* SPDX-License-Identifier: MIT */
/* Completion of command lines, from the tables of commands and options. */
#ifndef TOOLS_COMMAND_OPTIONS_COMPLETION_H
#define TOOLS_COMMAND_OPTIONS_COMPLETION_H

#include "command/options/commands.h"

/**
 * Print the script of a shell to standard output.
 *
 * @param shell  "bash", "zsh" or "fish"; NULL and others are wrong use
 * @return EXIT_OK; EXIT_USAGE with a message
 */
int completion_print(const char *shell, const command *commands, int n);

/** Print the help of the command to standard output. */
void completion_help(void);

#endif
