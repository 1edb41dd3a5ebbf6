/* SPDX-License-Identifier: MIT */
/*
 * The contents of a run's checkpoint: counters and scores, the recipe, the position in the log, and
 * blocks of parameters and moments. trainer_record.c maps them to the objects.
 */
#ifndef LTS_RUN_RECORD_H
#define LTS_RUN_RECORD_H

#include "run/run_log.h"
#include "run/snapshot_policy.h"
#include "store/checkpoint.h"
#include "train/optimizer.h"
#include <lstmts/iter.h>

/** Parameters, averaged and best parameters, moments. */
enum { LTS_RECORD_BLOCKS = 3 + LTS_MAX_MOMENTS, LTS_PREFIX_SIZE = 24 };

/** A block of the parameter table, to read from or to copy to. */
typedef struct lts_record_block {
    char prefix[LTS_PREFIX_SIZE];
    real *values;
} lts_record_block;

/** The last update, as lstm_progress reports it; NaN before the first. */
typedef struct lts_last_update {
    double loss, last_loss, learning_rate;
} lts_last_update;

typedef struct lts_record {
    int64_t differs;    /**< LSTM_DIFFER_* in which a checkpoint that was read differs    */
    const char *recipe; /**< borrowed, as log.line_head: valid until the checkpoint is closed */
    uint64_t iteration;
    lstm_iter_position position;
    lts_log_position log;
    double elapsed;      /**< seconds of training                                         */
    double last_score;   /**< of the last validation; NaN before the first                */
    double best_score;   /**< NaN before the first                                        */
    uint64_t not_better; /**< validations in a row that were not better                   */
    lts_last_update last;
    const char
        *kernels; /**< what the bits depend on beside the recipe; NULL if not stored; borrowed */
    bool rolled;  /**< the run may roll back, or another trainer rolled its updater back: only
                      then are the next three stored                                      */
    uint64_t n_rollback; /**< rollbacks so far                                            */
    uint64_t start;      /**< updates before the optimizer was reset                      */
    double rate_factor;  /**< on the learning rate; 1 before a rollback                   */
    bool chained;        /**< whether it has a chain                                      */
    lts_snapshot_chain chain;
    int64_t n_block;
    lts_record_block blocks[LTS_RECORD_BLOCKS];
    lts_stored_state state; /**< carried states; n_stream 0 = none */
} lts_record;

/** Add a block. The prefix, shorter than LTS_PREFIX_SIZE, is copied. */
void lts_record_add_block(lts_record *record, const char *prefix, real *values);

/**
 * Write a checkpoint. What lts_record_read_numbers() would refuse is not written: the same errors.
 * Other errors as of lts_checkpoint_write().
 */
lstm_status lts_record_write(const lts_record *record, lts_location file, const lts_params *params);

/** Sets record->recipe; LSTM_E_FORMAT if the checkpoint has none. */
lstm_status lts_record_read_recipe(lts_record *record, const lts_checkpoint *checkpoint);

/**
 * Read and verify everything except recipe and blocks. record->rolled must tell whether the run
 * may roll back.
 * LSTM_E_FORMAT, LSTM_E_NUMERIC, LSTM_E_LIMIT, naming the entry.
 */
lstm_status lts_record_read_numbers(lts_record *record, const lts_checkpoint *checkpoint);

/**
 * Read the blocks of the record into `buffer`, one after the other, and then the states if the
 * checkpoint has any, else record->state.n_stream becomes 0. The checkpoint must have these blocks and
 * no others.
 */
/** Number of values of a record's blocks and states. */
int64_t lts_record_size(const lts_record *record, const lts_params *params);

lstm_status lts_record_read_blocks(lts_record *record, const lts_checkpoint *checkpoint,
                                   const lts_params *params, real *buffer);

#endif
