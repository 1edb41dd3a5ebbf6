/* SPDX-License-Identifier: MIT */
/*
 * The header of a safetensors file, up to its JSON being a value in memory; the members of that
 * are the reader's.
 */
#ifndef LTS_STORE_HEADER_H
#define LTS_STORE_HEADER_H

#include "base/real.h"
#include <jansson.h>
#include <lstmts/status.h>

/**
 * Find the header in the `size` bytes of a file.
 *
 * @return LSTM_OK; LSTM_E_TRUNC; LSTM_E_LIMIT; LSTM_E_FORMAT, saying what the file looks like.
 */
lstm_status lts_header_find(const char *path, const unsigned char *bytes, int64_t size,
                            int64_t *header_size);

/**
 * Parse it, refusing keys that are given twice.
 *
 * @param[out] header  json_decref() it
 * @return LSTM_OK; LSTM_E_FORMAT; LSTM_E_LIMIT if it is nested too deep or has too many parts; LSTM_E_NOMEM.
 */
lstm_status lts_header_parse(const char *path, const unsigned char *bytes, int64_t size,
                             json_t **header);

#endif
