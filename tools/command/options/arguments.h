/* SPDX-License-Identifier: MIT */
/* Arguments of a command to settings, and its help. */
#ifndef TOOLS_COMMAND_OPTIONS_ARGUMENTS_H
#define TOOLS_COMMAND_OPTIONS_ARGUMENTS_H

#include "command/options/commands.h"

/**
 * Read the arguments of a command. argv[0] is the name of the command.
 *
 * @return EXIT_OK; EXIT_USAGE or EXIT_FAILED with a message on standard error.
 */
int arguments_read(settings *set, const command *cmd, int argc, char **argv);

/** Print the help of a command to standard output. */
void arguments_help(const command *cmd);

#endif
