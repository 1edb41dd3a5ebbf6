/* SPDX-License-Identifier: MIT */
/* What a run of the command was told: the values of its options. */
#ifndef TOOLS_COMMAND_OPTIONS_SETTINGS_H
#define TOOLS_COMMAND_OPTIONS_SETTINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/** Exit codes. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/** As `season`: chosen from the data; there is none. */
enum { SEASON_AUTO = 0, SEASON_NONE = -1 };

/** Values of options; text is borrowed from the arguments or from `recipe`. NULL, 0 and false are
    the defaults. options.c describes each field. */
typedef struct settings {
    const char *command; /**< its name                                                           */
    const char *data;    /**< the table; "-" is standard input                                   */
    const char *saved;   /**< the file of a saved forecaster, where it is an argument            */

    int64_t horizon, season, seed, jobs, every, networks, updates, max_seconds;
    const char *levels, *device, *use, *by, *series, *start;

    const char *targets, *known, *past, *statics, *calendar, *holidays, *columns, *time_column,
        *time_format, *id_column;
    const char *delimiter, *decimal, *missing, *fill, *duplicates;
    bool no_header;

    const char *format, *output, *report, *plot, *model, *folder, *recipe_file, *config;
    bool resume, quiet, verbose, help;

    json_t *recipe; /**< the recipe that was read; owns text of it */
} settings;

#endif
