/* SPDX-License-Identifier: MIT */
#ifndef LTS_FILES_JSON_TEXT_H
#define LTS_FILES_JSON_TEXT_H

#include <jansson.h>

/**
 * JSON in one line; free it with lts_free(). Returns NULL, with the message set, if memory is
 * exhausted or `json` is NULL.
 *
 * @param digits  significant digits of non-integers; 0 = enough to parse to the same double
 */
char *lts_json_text(const json_t *json, size_t digits);

/**
 * Add `value` to an object and return the object. Takes ownership of both. Returns NULL if either
 * is NULL or memory is exhausted. (json_pack() with "o" would leak values when it fails.)
 */
json_t *lts_json_with(json_t *object, const char *key, json_t *value);

/** Append `value` to an array and return the array. As lts_json_with(). */
json_t *lts_json_appended(json_t *array, json_t *value);

#endif
