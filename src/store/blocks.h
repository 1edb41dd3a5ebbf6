/* SPDX-License-Identifier: MIT */
/*
 * What the library's two kinds of file have in common: metadata that says whose file it is and
 * which sizes its model has, and blocks of the parameter table, each tensor of a block named by the
 * block's prefix and the parameter's name.
 */
#ifndef LTS_STORE_BLOCKS_H
#define LTS_STORE_BLOCKS_H

#include "network/params.h"
#include "store/safetensors.h"

/**
 * As many blocks as a file may have. No release writes more than five, the parameters, the best
 * ones and three moments; what is beyond these can then be named by who knows which there must be.
 */
enum { LTS_MAX_BLOCKS = 8 };

/** A block to write. The prefix of a model's parameters is "". */
typedef struct lts_block {
    const char *prefix;
    const real *values;
} lts_block;

/**
 * Write a file of kind "model" or "checkpoint". `texts` are added to the metadata.
 *
 * @return as lts_safetensors_write(); LSTM_E_NUMERIC naming the tensor if a value is not finite,
 *         since such a file would not be read again: the file that was there is kept.
 */
lstm_status lts_blocks_write(const char *path, const char *kind, const lts_params *params,
                             const lts_block *blocks, int64_t n_block, const lts_text *texts,
                             int64_t n_text);

/** A file that has been opened. */
typedef struct lts_blocks {
    lts_safetensors *file;
    lts_params params; /**< of the sizes in the file  */
    bool checkpoint;   /**< its kind is "checkpoint"  */
} lts_blocks;

/**
 * Open a file and verify all but the values: its metadata, that every parameter of a model of its
 * sizes is there, and that every tensor is known and has the parameter's shape and the type `real`.
 * In a checkpoint any block of an optimizer is known: lts_blocks_only() asks which there are.
 * Nothing of a model's size but the file itself is allocated.
 *
 * @param unchecked  also open a file without a checksum: of format version 1, or of somebody else,
 *                   which is then a model, of the sizes that its tensors have
 * @return as lts_safetensors_open(), LSTM_E_CHECKSUM also if there is none; LSTM_E_VERSION;
 *         LSTM_E_NAME naming a tensor that is missing. On failure there is nothing to close.
 */
lstm_status lts_blocks_open(lts_blocks *blocks, const char *path, bool unchecked);
void lts_blocks_close(lts_blocks *blocks);

/**
 * Verify that the file has the blocks of these prefixes, whole, and no tensor besides.
 *
 * @return LSTM_OK; LSTM_E_NAME naming a tensor that is missing; LSTM_E_FORMAT naming one too many.
 */
lstm_status lts_blocks_only(const lts_blocks *blocks, const char *const *prefixes,
                            int64_t n_prefix);

/**
 * Copy the block of that prefix to `values`, whose gaps stay as they are.
 *
 * @return LSTM_OK; LSTM_E_NAME naming a tensor that is missing; LSTM_E_NUMERIC naming tensor and
 *         element. On failure `values` are untouched.
 */
lstm_status lts_blocks_read(const lts_blocks *blocks, const char *prefix, real *values);

#endif
