/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_OPTIONS_H
#define LTS_BASE_OPTIONS_H

#include "base/real.h"
#include <lstmts/status.h>

/**
 * Copy an options struct to `copy`, which has `known` bytes. The caller may be compiled for an
 * older or a newer release: missing fields become 0; unknown fields must be 0 (LSTM_E_OPTIONS).
 *
 * `options` NULL means all defaults. LTS_READ_OPTIONS fills in the size and the type's name.
 */
lstm_status lts_read_options(void *copy, size_t known, const void *options, const char *type_name);

#define LTS_READ_OPTIONS(copy, options, type)                                                      \
    LTS_TRY(lts_read_options(copy, sizeof(type), options, #type))

/** Set `size` bytes to those of the type's _INIT macro: its size, and zeros. */
lstm_status lts_init_options(void *options, uint64_t size, const char *type_name);

#endif
