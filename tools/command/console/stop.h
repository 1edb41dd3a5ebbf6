/* SPDX-License-Identifier: MIT */
/* SIGINT and SIGTERM: the first one stops cleanly, the second one at once. The only global state of
   the command is in stop.c, as signal handlers need it. */
#ifndef TOOLS_COMMAND_CONSOLE_STOP_H
#define TOOLS_COMMAND_CONSOLE_STOP_H

#include <lstmts/forecaster.h>
#include <stdbool.h>

/** Install the handlers. */
void stop_watch(void);

/** The forecaster whose fit a signal cancels; NULL = none. It must be unset before it is freed. */
void stop_cancels(lstm_forecaster *forecaster);

/** Whether a signal came. */
bool stop_wanted(void);

/** End the process by the signal that came, so that a shell knows it. Returns if none came. */
void stop_now(void);

#endif
