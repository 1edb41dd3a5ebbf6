/* SPDX-License-Identifier: MIT */
/* The files that a run is to write, checked before it does any work. */
#ifndef TOOLS_COMMAND_OPTIONS_TARGETS_H
#define TOOLS_COMMAND_OPTIONS_TARGETS_H

#include "command/options/settings.h"

/**
 * Check that no file is written twice or is one that the run reads, and that each can be written.
 * Nothing is created.
 *
 * @return EXIT_OK; with a message EXIT_USAGE if two files are the same, EXIT_FAILED if one cannot be
 *         written
 */
int targets_check(const settings *set);

#endif
