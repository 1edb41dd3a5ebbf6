/* SPDX-License-Identifier: MIT */
#ifndef LTS_STORE_JSON_DEPTH_H
#define LTS_STORE_JSON_DEPTH_H

#include <stdbool.h>
#include <stdint.h>

/** Levels of objects and arrays that a text may have; ours have 4. */
enum { LTS_JSON_DEPTH = 64 };

/**
 * Whether the levels are no more than that. To be asked before Jansson, which takes 2048 levels and
 * calls itself at each: more than a thread with a small stack has.
 */
bool lts_json_is_shallow(const char *text, int64_t size);

#endif
