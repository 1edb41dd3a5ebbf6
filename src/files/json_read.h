/* SPDX-License-Identifier: MIT */
/*
 * Reading JSON of untrusted files with Jansson: limits, lack of memory and errno are handled here.
 */
#ifndef LTS_FILES_JSON_READ_H
#define LTS_FILES_JSON_READ_H

#include "base/real.h"
#include <jansson.h>
#include <lstmts/status.h>

/**
 * Maximum nesting of objects and arrays; the library's own files have 4 levels. Jansson allows 2048
 * and recurses at each, which overflows a small stack.
 */
enum { LTS_JSON_DEPTH = 64 };

/**
 * Maximum number of objects, arrays and strings, including names. A header has eight for each
 * tensor, of which there are at most 24,608 (store/blocks.h). Without this limit, Jansson would
 * take 79 times a header's length in memory, and more than a second.
 */
enum { LTS_JSON_NODES = 200000 };

/**
 * Parse `size` bytes. A duplicate key is LSTM_E_FORMAT. errno is unchanged.
 *
 * @param[out] json   free with json_decref()
 * @param[out] error  Jansson's error for LSTM_E_FORMAT; for LSTM_E_LIMIT its text names the limit
 * @return LSTM_OK; LSTM_E_NOMEM; LSTM_E_FORMAT; LSTM_E_LIMIT if it is nested too deep or has too
 *         many objects, arrays and strings. The caller sets the message of the last two.
 */
lstm_status lts_json_read(json_t **json, const char *text, int64_t size, json_error_t *error);

#endif
