/* SPDX-License-Identifier: MIT */
/* Columns of the calendar, and days from a file. */
#ifndef TOOLS_COMMAND_SOURCE_CALENDAR_H
#define TOOLS_COMMAND_SOURCE_CALENDAR_H

#include "command/options/settings.h"
#include <lstmts/dataset.h>

/** Add the columns of the options calendar and holidays. @return EXIT_OK; EXIT_FAILED */
int calendar_add(lstm_dataset *data, const settings *set);

#endif
