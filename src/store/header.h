/* SPDX-License-Identifier: MIT */
/*
 * The header of a safetensors file: finding it and parsing its JSON. safetensors_read.c interprets
 * the members.
 */
#ifndef LTS_STORE_HEADER_H
#define LTS_STORE_HEADER_H

#include "base/real.h"
#include <jansson.h>
#include <lstmts/status.h>

/** Bytes before which a header cannot be found: its length and its first byte. */
enum { LTS_HEADER_FRONT = 9 };

/**
 * Find the header of a file of `size` bytes. `front` has the first LTS_HEADER_FRONT of them, or
 * all.
 *
 * @return LSTM_OK; LSTM_E_TRUNC; LSTM_E_LIMIT; LSTM_E_FORMAT, naming the format that it looks like.
 */
lstm_status lts_header_find(const char *path, const unsigned char *front, int64_t size,
                            int64_t *header_size);

/**
 * Parse the header. A duplicate key is LSTM_E_FORMAT.
 *
 * @param[out] header  free with json_decref()
 * @return LSTM_OK; LSTM_E_FORMAT; LSTM_E_LIMIT if it is nested too deep or has too many parts;
 *         LSTM_E_NOMEM.
 */
lstm_status lts_header_parse(const char *path, const unsigned char *bytes, int64_t size,
                             json_t **header);

#endif
