/* SPDX-License-Identifier: MIT */
/* The options of all commands: one table for arguments, help, recipes and completion. */
#ifndef TOOLS_COMMAND_OPTIONS_OPTIONS_H
#define TOOLS_COMMAND_OPTIONS_OPTIONS_H

#include "command/options/settings.h"
#include <stddef.h>

/** The commands that have an option; a sum of them. */
enum {
    OF_FORECAST = 1,
    OF_TRAIN = 2,
    OF_PREDICT = 4,
    OF_BACKTEST = 8,
    OF_DESCRIBE = 16,
    OF_INSPECT = 32,
    OF_STEP = 64,
    OF_REPORT = 128,
    OF_BENCH = 256,
    OF_FIT = OF_FORECAST | OF_TRAIN | OF_BACKTEST | OF_REPORT,
    OF_TABLE = OF_FIT | OF_PREDICT | OF_DESCRIBE,
    OF_ALL = 511,
};

typedef enum option_kind {
    OPTION_FLAG,    /**< bool           */
    OPTION_INTEGER, /**< int64_t        */
    OPTION_SEASON,  /**< int64_t; "none" */
    OPTION_TEXT,    /**< const char *   */
} option_kind;

/** Which recipes have an option. */
typedef enum option_record {
    RECORD_NONE,
    RECORD_ALL,    /**< all recipes                                                  */
    RECORD_FOLDER, /**< that in the folder of a run alone: what the run writes       */
} option_record;

typedef struct option_row {
    const char *name;
    char letter; /**< 0 = none */
    option_kind kind;
    size_t offset;        /**< of the field of settings                              */
    int64_t least;        /**< of an integer                                         */
    int commands;         /**< sum of OF_...                                         */
    option_record record; /**< which recipes have it                                 */
    const char *argument; /**< in the help; NULL for a flag                          */
    const char *choices;  /**< "csv|jsonl|npy": the only values; NULL = any          */
    const char *help;
} option_row;

/** All options. @param[out] n their number */
const option_row *options_all(size_t *n);

/**
 * Set an option from its text.
 *
 * @return false with a message on standard error if the text is no value of it.
 */
bool option_set(settings *set, const option_row *row, const char *text);

/** The choices of an option in a command: a filter writes no NPY. NULL = any text. */
const char *option_choices(const option_row *row, int command);

/** An option by its name; NULL if a command has none of that name. */
const option_row *option_find(const char *name, int command);

#endif
