/* SPDX-License-Identifier: MIT */
/* A recipe's data: sizes, roles, a hash of the values, and the options of a view. */
#ifndef LTS_RUN_RECIPE_SOURCE_H
#define LTS_RUN_RECIPE_SOURCE_H

#include "view/source.h"
#include <jansson.h>

/** NULL if memory is exhausted for any part. */
json_t *lts_describe_series(const lstm_series *series);
json_t *lts_describe_source(const lts_source *source);

#endif
