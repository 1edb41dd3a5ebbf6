/* SPDX-License-Identifier: MIT */
/* Time that passes. */
#ifndef TOOLS_COMMAND_CONSOLE_CLOCK_H
#define TOOLS_COMMAND_CONSOLE_CLOCK_H

/** Seconds of a clock that is never set. */
double clock_seconds(void);

#endif
