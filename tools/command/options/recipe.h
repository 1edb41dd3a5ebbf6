/* SPDX-License-Identifier: MIT */
/* Recipes: the options of a run as JSON. */
#ifndef TOOLS_COMMAND_OPTIONS_RECIPE_H
#define TOOLS_COMMAND_OPTIONS_RECIPE_H

#include "command/options/settings.h"

/** The name of the recipe in a folder of a run. */
#define RECIPE_NAME "recipe.json"

/**
 * Read a recipe: `path`, or that of `folder` if path is NULL. Options that the command does not
 * have are left out, and what a run writes is taken from that of the folder only,
 * if it is of the same command, set->command.
 *
 * @param of  the bit of the command (options.h)
 * @return EXIT_OK; EXIT_FAILED with a message.
 */
int recipe_read(settings *set, const char *path, const char *folder, int of);

/**
 * Where a run writes its recipe: to --recipe, or else beside the model.
 *
 * @param[out] path  NULL = nowhere; free it with free()
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int recipe_path(char **path, const settings *set);

/** Write the options of a run. The file is replaced as a whole. @return EXIT_OK; EXIT_FAILED */
int recipe_write(const settings *set, const char *path);

/**
 * The first option of a fit that is not as in the recipe that was read.
 *
 * @param[out] theirs  its value in the recipe as text, which free() frees; NULL if there is none, or
 *                     no memory
 * @return its name; NULL = all are the same
 */
const char *recipe_difference(char **theirs, const settings *set);

/** Write the recipe into the folder of a run, with the files that the run writes. @return EXIT_OK;
    EXIT_FAILED */
int recipe_write_in(const settings *set, const char *folder);

#endif
