/* SPDX-License-Identifier: MIT */
/* The history of a training, from its log (lstmts/trainer.h). */
#ifndef TOOLS_COMMAND_SOURCE_HISTORY_H
#define TOOLS_COMMAND_SOURCE_HISTORY_H

#include <jansson.h>

/**
 * Read a log: {"lines", "updates", "seconds", "loss", "validation", "rollbacks"}. Of loss and
 * validation there are the first, last and least value and the update of the least one; what the
 * log does not have is left out. A last line without an end, as a killed run leaves it, is not read.
 *
 * @param[out] made  json_decref() frees it
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int history_read(json_t **made, const char *path);

#endif
