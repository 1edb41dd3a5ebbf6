/* SPDX-License-Identifier: MIT */
#ifndef LTS_FILES_JSON_TEXT_H
#define LTS_FILES_JSON_TEXT_H

#include <jansson.h>

/**
 * JSON in one line; lts_free() it. NULL if there was no memory, for it or before for `json`, which
 * may be NULL; the sentence is then set.
 *
 * @param digits  of numbers with a fraction; 0 = as many as give the same double back
 */
char *lts_json_text(const json_t *json, size_t digits);

/**
 * Puts `value` into an object and gives the object back. Takes over both; either may be NULL for
 * want of memory, as then is what is given. (json_pack() with "o" would lose values when it fails.)
 */
json_t *lts_json_with(json_t *object, const char *key, json_t *value);

#endif
