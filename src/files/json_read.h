/* SPDX-License-Identifier: MIT */
/*
 * JSON of files, which may be anybody's, read by Jansson without what it leaves to its callers.
 */
#ifndef LTS_FILES_JSON_READ_H
#define LTS_FILES_JSON_READ_H

#include "base/real.h"
#include <jansson.h>
#include <lstmts/status.h>

/**
 * Levels of objects and arrays that a text may have; ours have 4. Jansson takes 2048 and calls
 * itself at each: more than a thread with a small stack has.
 */
enum { LTS_JSON_DEPTH = 64 };

/**
 * Objects, arrays and strings, names among them, that a text may have. A header has eight for each
 * tensor, of which there are at most 24,608 (store/blocks.h). Of a header full of them Jansson
 * would take 79 times the length, and more than a second.
 */
enum { LTS_JSON_NODES = 200000 };

/**
 * Parse `size` bytes, refusing keys that are given twice. errno stays as it is.
 *
 * @param[out] json   json_decref() it
 * @param[out] error  set for LSTM_E_FORMAT; for LSTM_E_LIMIT its text is what is beyond which limit
 * @return LSTM_OK; LSTM_E_NOMEM; and without a sentence, which is for the caller to find: LSTM_E_LIMIT
 *         if it is nested too deep or has too many objects, arrays and strings; LSTM_E_FORMAT.
 */
lstm_status lts_json_read(json_t **json, const char *text, int64_t size, json_error_t *error);

#endif
