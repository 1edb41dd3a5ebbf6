/* SPDX-License-Identifier: MIT */
#ifndef LTS_RUN_RECIPE_DESCRIBE_H
#define LTS_RUN_RECIPE_DESCRIBE_H

#include "run/recipe.h"
#include <jansson.h>

/** The recipe. NULL if memory is exhausted for any part. */
json_t *lts_recipe_describe(const lts_ingredients *ours);

#endif
