/* SPDX-License-Identifier: MIT */
/*
 * A checkpoint: blocks of a model's parameter table, and strings, whose meaning run/record.h has.
 * The prefixes are "" (the model's parameters; always present), "best.",
 * "average." and "optimizer.X.".
 *
 * A reader copies everything that it needs to temporary buffers and verifies it before it changes
 * anything.
 */
#ifndef LTS_STORE_CHECKPOINT_H
#define LTS_STORE_CHECKPOINT_H

#include "files/numbers.h"
#include "store/blocks.h"

/** As lts_blocks_write(). Keys of `texts` must differ from those that every file has. */
lstm_status lts_checkpoint_write(lts_location file, const lts_params *params,
                                 const lts_block *blocks, int64_t n_block,
                                 const lts_stored_state *state, const lts_text *texts,
                                 int64_t n_text);

/** An open checkpoint. */
typedef struct lts_checkpoint lts_checkpoint;

/** As lts_blocks_open(); LSTM_E_FORMAT if the file is a model. */
lstm_status lts_checkpoint_open(lts_checkpoint **checkpoint, lts_location file, bool unchecked);
void lts_checkpoint_close(lts_checkpoint *checkpoint);

/** The string of that key, or NULL; valid until the checkpoint is closed. */
const char *lts_checkpoint_text(const lts_checkpoint *checkpoint, const char *key);

/**
 * Parse a number of files/numbers.h. LSTM_E_FORMAT, naming the key, if it is missing or invalid.
 */
lstm_status lts_checkpoint_uint(const lts_checkpoint *checkpoint, const char *key, uint64_t *value);
lstm_status lts_checkpoint_double(const lts_checkpoint *checkpoint, const char *key, double *value);

/**
 * Verify that the checkpoint is of a model of the sizes of `params` and has exactly the blocks of
 * these prefixes, and states of no streams or of n_stream. A tensor that no resume reads would not
 * be verified.
 *
 * @return LSTM_OK; LSTM_E_MISMATCH naming the size in which the models differ; LSTM_E_NAME naming a
 *         tensor that is missing; LSTM_E_FORMAT naming one too many.
 */
lstm_status lts_checkpoint_only(const lts_checkpoint *checkpoint, const lts_params *params,
                                const char *const *prefixes, int64_t n_prefix, int64_t n_stream);

/** Whether the checkpoint has states; copy them: as lts_blocks_read_state(). */
bool lts_checkpoint_has_state(const lts_checkpoint *checkpoint);
lstm_status lts_checkpoint_state(const lts_checkpoint *checkpoint, real *values);

/**
 * Copy a block to `values`, a block of `params`. Gaps between tensors are not written.
 *
 * @return LSTM_OK; LSTM_E_MISMATCH naming the size in which the models differ; LSTM_E_NAME naming a
 *         tensor that is missing; LSTM_E_NUMERIC. On failure `values` are unchanged.
 */
lstm_status lts_checkpoint_block(const lts_checkpoint *checkpoint, const lts_params *params,
                                 const char *prefix, real *values);

enum { LTS_SNAPSHOT_NAME = 48 };

/** "snapshot_NNNNNNNN.safetensors" */
void lts_snapshot_name(uint64_t iteration, char name[LTS_SNAPSHOT_NAME]);

/** The iterations of the snapshots in a folder, the newest first. */
typedef struct lts_snapshots {
    uint64_t *iterations; /**< [n] */
    int64_t n;
} lts_snapshots;

/**
 * Find the snapshots in a folder: the regular files of such a name. Free them with
 * lts_snapshots_free(). LSTM_E_IO; LSTM_E_NOMEM.
 */
lstm_status lts_snapshots_list(lts_snapshots *snapshots, lts_location folder);
void lts_snapshots_free(lts_snapshots *snapshots);

#endif
