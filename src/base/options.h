/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_OPTIONS_H
#define LTS_BASE_OPTIONS_H

#include "base/real.h"
#include <lstmts/status.h>

/**
 * Copy an options struct of a caller who may be of an older or a newer release into `copy`, which
 * has `known` bytes: fields the caller lacks become 0, fields we do not know must be 0.
 *
 * `options` NULL means all defaults. Use LTS_READ_OPTIONS, which says how large `copy` is.
 */
lstm_status lts_read_options(void *copy, size_t known, const void *options, const char *type_name);

#define LTS_READ_OPTIONS(copy, options, type)                                                      \
    LTS_TRY(lts_read_options(copy, sizeof(type), options, #type))

#endif
