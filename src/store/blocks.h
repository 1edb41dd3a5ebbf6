/* SPDX-License-Identifier: MIT */
/*
 * The common part of the two kinds of file: metadata with format, kind and the sizes of the model,
 * and blocks of the parameter table. The name of a stored tensor is the block's prefix and the
 * parameter's name.
 */
#ifndef LTS_STORE_BLOCKS_H
#define LTS_STORE_BLOCKS_H

#include "network/params.h"
#include "store/safetensors.h"

/**
 * Maximum number of blocks in a file. No release writes more than six: the parameters, their
 * average, the best parameters and three moments. The margin lets lts_blocks_only() name a block
 * that is one too many.
 */
enum { LTS_MAX_BLOCKS = 8 };

/**
 * The format version that is written; it and all before it are read. (3 is that of forecasters.)
 */
enum { LTS_FORMAT_VERSION = 2 };

/** The name of a stored tensor. */
typedef struct lts_stored_name {
    char text[LTS_NAME_SIZE + 40];
} lts_stored_name;

/** The name of a parameter in a block. LSTM_E_LIMIT if the prefix is too long. */
lstm_status lts_name_tensor(lts_stored_name *name, const char *prefix, const char *parameter);

/** A block to write. The prefix of a model's parameters is "". */
typedef struct lts_block {
    const char *prefix;
    const real *values;
} lts_block;

/** The states of n_stream streams, to write or to read: the tensor LTS_STATE_NAME, [L, 2, B, H]. */
typedef struct lts_stored_state {
    int64_t n_stream; /**< B; 0 = none */
    real *values;
} lts_stored_state;

#define LTS_STATE_NAME "state"

/** Value of n_stream for states that are not to be read, if there are any. */
enum { LTS_ANY_STREAMS = -1 };

/**
 * Write a file of kind "model" or "checkpoint". `texts` are added to the metadata; `state` may be
 * NULL.
 *
 * @return as lts_safetensors_write(); LSTM_E_NUMERIC naming the tensor if a value is not finite,
 *         since such a file could not be read: an existing file is then kept.
 */
lstm_status lts_blocks_write(lts_location file, const char *kind, const lts_params *params,
                             const lts_block *blocks, int64_t n_block,
                             const lts_stored_state *state, const lts_text *texts, int64_t n_text);

/** The same for a model file: one block of parameters. */
lstm_status lts_blocks_write_model(lts_location file, const lts_params *params, const real *values);

/** An open file. */
typedef struct lts_blocks {
    lts_safetensors *file;
    lts_params params; /**< of the sizes in the file  */
    bool checkpoint;   /**< its kind is "checkpoint"  */
} lts_blocks;

/**
 * Open a file and verify everything except the values: its metadata, that it has every parameter of
 * a model of its sizes, and that every tensor is known and has the parameter's shape and the type
 * `real`. In a checkpoint any block "optimizer.X." is known; lts_blocks_only() checks which exist.
 * Allocates nothing of a model's size except the file's contents.
 *
 * @param unchecked  also open a file without a checksum: one of format version 1, or a model of
 *                   another writer, whose sizes are those of its tensors
 * @return as lts_safetensors_open(), LSTM_E_CHECKSUM also if there is none; LSTM_E_VERSION;
 *         LSTM_E_NAME naming a tensor that is missing. On failure there is nothing to close.
 */
lstm_status lts_blocks_open(lts_blocks *blocks, lts_location file, bool unchecked);
void lts_blocks_close(lts_blocks *blocks);

/**
 * Verify that the file has the complete blocks of these prefixes and no other tensor, except the
 * states of n_stream streams if that is not 0 (of any number for LTS_ANY_STREAMS).
 *
 * @return LSTM_OK; LSTM_E_NAME naming a tensor that is missing; LSTM_E_FORMAT naming one too many.
 */
lstm_status lts_blocks_only(const lts_blocks *blocks, const char *const *prefixes, int64_t n_prefix,
                            int64_t n_stream);

/** Whether the file has states. */
bool lts_blocks_has_state(const lts_blocks *blocks);

/** Copy them to `values` [L, 2, B, H]. LSTM_E_NUMERIC; then `values` are unchanged. */
lstm_status lts_blocks_read_state(const lts_blocks *blocks, real *values);

/**
 * Copy the block of that prefix to `values`. Gaps between tensors are not written.
 *
 * @return LSTM_OK; LSTM_E_NAME naming a tensor that is missing; LSTM_E_NUMERIC naming tensor and
 *         element. On failure `values` are unchanged.
 */
lstm_status lts_blocks_read(const lts_blocks *blocks, const char *prefix, real *values);

#endif
