/* SPDX-License-Identifier: MIT */
/*
 * The contents of a checkpoint of a run: its counters and scores, the recipe, the position in the
 * log, and blocks of parameters and moments. Which object has which of them is the trainer's.
 */
#ifndef LTS_RUN_RECORD_H
#define LTS_RUN_RECORD_H

#include "run/run_log.h"
#include "run/snapshot_policy.h"
#include "store/checkpoint.h"
#include "train/optimizer.h"
#include <lstmts/iter.h>

/** Parameters, best parameters, moments. */
enum { LTS_RECORD_BLOCKS = 2 + LTS_MAX_MOMENTS, LTS_PREFIX_SIZE = 24 };

/** A block of the parameter table, where it is read from or to be copied to. */
typedef struct lts_record_block {
    char prefix[LTS_PREFIX_SIZE];
    real *values;
} lts_record_block;

typedef struct lts_record {
    const char *recipe; /**< as log.line_head, borrowed: from a checkpoint until it is closed */
    uint64_t iteration;
    lstm_iter_position position;
    lts_log_position log;
    double elapsed;      /**< seconds of training                                         */
    double last_score;   /**< of the last validation; NaN before the first                */
    double best_score;   /**< NaN before the first                                        */
    uint64_t not_better; /**< validations in a row that were not better                   */
    bool rolls_back;     /**< the run may roll back; only then the next three are in files */
    uint64_t n_rollback; /**< rollbacks so far                                            */
    uint64_t start;      /**< updates before the optimizer was reset                      */
    double rate_factor;  /**< on the learning rate; 1 without rollbacks                   */
    bool chained;        /**< it is a snapshot with a chain                               */
    lts_snapshot_chain chain;
    int64_t n_block;
    lts_record_block blocks[LTS_RECORD_BLOCKS];
} lts_record;

/** The prefix, shorter than LTS_PREFIX_SIZE, is copied. */
void lts_record_add_block(lts_record *record, const char *prefix, real *values);

/**
 * Write a checkpoint. LSTM_E_LIMIT naming a counter above 2^62, which could not be resumed; the
 * errors of lts_checkpoint_write().
 */
lstm_status lts_record_write(const lts_record *record, const char *path, const lts_params *params);

/** Sets record->recipe; LSTM_E_FORMAT if the checkpoint has none. */
lstm_status lts_record_read_recipe(lts_record *record, const lts_checkpoint *checkpoint);

/**
 * Read all but recipe and blocks, of a run that rolls back if record->rolls_back, and verify that a
 * run can have come to it: LSTM_E_FORMAT, LSTM_E_NUMERIC, LSTM_E_LIMIT, naming the entry.
 */
lstm_status lts_record_read_numbers(lts_record *record, const lts_checkpoint *checkpoint);

/**
 * Read the blocks of the record into `buffer`, one block after the other. The checkpoint must have
 * these and no others.
 */
lstm_status lts_record_read_blocks(const lts_record *record, const lts_checkpoint *checkpoint,
                                   const lts_params *params, real *buffer);

#endif
