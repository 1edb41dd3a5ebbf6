/* SPDX-License-Identifier: MIT */
/* The commands. Each is in a file of its own, cmd_<name>.c. */
#ifndef TOOLS_COMMAND_OPTIONS_COMMANDS_H
#define TOOLS_COMMAND_OPTIONS_COMMANDS_H

#include "command/options/settings.h"

/** A command: what help says of it, and what it does. */
typedef struct command {
    const char *name;
    int of;                /**< its bit in options.h                                             */
    const char *arguments; /**< "DATA", "MODEL", "MODEL DATA", ... or ""                         */
    const char *summary;
    const char *example;
    int (*run)(const settings *set); /**< returns the exit code                                  */
} command;

/** Forecast a table: fit, judge, forecast. */
int cmd_forecast(const settings *set);

/** Fit and judge as cmd_forecast(), and save the forecaster. */
int cmd_train(const settings *set);

/** Forecast a table by a saved forecaster. */
int cmd_predict(const settings *set);

/** Fit and judge as cmd_forecast(), and write the errors. */
int cmd_backtest(const settings *set);

/** Fit and judge as cmd_forecast(), and write a report. */
int cmd_report(const settings *set);

/** Forecast after each row of standard input. */
int cmd_step(const settings *set);

/** Say what a table holds. */
int cmd_describe(const settings *set);

/** Say what a file of the library holds. */
int cmd_inspect(const settings *set);

/** Say how fast this machine is. */
int cmd_bench(const settings *set);

#endif
