/* SPDX-License-Identifier: MIT */
/*
 * When a snapshot is due, and which snapshots are kept; a table of iterations, without files
 * (snapshots.h has those).
 *
 *   keep n > 0   Of the snapshots up to the present iteration the newest n are kept. Later ones are
 *                of updates that a resume took back.
 *   keep 0       By iterations or epochs all are kept. By LSTM_SECONDS the newest two are: each
 *                replaces the last but one, if the run wrote that. To let a resumed run go on
 *                with this, such a snapshot names the one before it and the one it replaces: its
 *                chain.
 *
 * A file that existed before the run is never replaced: whoever wrote it may want it.
 */
#ifndef LTS_RUN_SNAPSHOT_POLICY_H
#define LTS_RUN_SNAPSHOT_POLICY_H

#include "run/trigger.h"

#define LTS_NO_SNAPSHOT UINT64_MAX

typedef struct lts_snapshot_policy {
    lstm_trigger trigger; /**< every 0 = no snapshots                                         */
    int64_t keep;
    uint64_t last;           /**< iteration of the last snapshot, or LTS_NO_SNAPSHOT           */
    uint64_t replaceable[2]; /**< the last two that replace each other, the newer first       */
    uint64_t replaced;       /**< one that is to be removed                                   */
    uint64_t last_attempt;   /**< the last that was begun                                     */
    bool file_existed;       /**< before that, so it is not to be removed                     */
    bool prune_pending;      /**< what is not kept is still to be removed                     */
    double last_at;          /**< seconds of training after the last snapshot                 */
    double cost;             /**< seconds that it took                                        */
} lts_snapshot_policy;

/** The iterations that a snapshot by LSTM_SECONDS names. */
typedef struct lts_snapshot_chain {
    uint64_t before;   /**< the snapshot before it; its own iteration if there is none      */
    uint64_t replaced; /**< the one that it replaces; LTS_NO_SNAPSHOT if there is none      */
} lts_snapshot_chain;

/**
 * LSTM_E_ARGUMENT naming the field. Fills in the default, a snapshot a minute if there is a folder;
 * from then on `every` 0 stands for none.
 */
lstm_status lts_snapshot_policy_check(lstm_trainer_options *options);

/** From options that were checked. */
void lts_snapshot_policy_init(lts_snapshot_policy *policy, const lstm_trainer_options *options);

/**
 * The run is at snapshot `last`, or, with LTS_NO_SNAPSHOT, at its start, after `elapsed` seconds of
 * training. No other snapshot is replaceable.
 */
void lts_snapshot_policy_reset(lts_snapshot_policy *policy, uint64_t last, double elapsed);

/** Snapshot `last` in the folder has a chain: its snapshots are as if this run had written them. */
void lts_snapshot_policy_inherit(lts_snapshot_policy *policy, const lts_snapshot_chain *chain);

/**
 * Whether one is due after an update and `elapsed` seconds of training. By LSTM_SECONDS at most so
 * often that snapshots take a hundredth of the time.
 */
bool lts_snapshot_policy_is_due(const lts_snapshot_policy *policy, const lts_moment *moment,
                                double elapsed);

/** Whether each replaces the last but one. */
bool lts_snapshot_policy_replaces(const lts_snapshot_policy *policy);

/** Whether an attempt at a snapshot of `iteration` is the first: then its file is to be noted. */
bool lts_snapshot_policy_is_new_file(const lts_snapshot_policy *policy, uint64_t iteration);
void lts_snapshot_policy_note_file(lts_snapshot_policy *policy, uint64_t iteration, bool existed);

/** Whether the one that is being written has a chain, which is then *chain. */
bool lts_snapshot_policy_chain(const lts_snapshot_policy *policy, uint64_t iteration,
                               lts_snapshot_chain *chain);

/** The snapshot of `iteration` is written; what is not kept is to be removed. */
void lts_snapshot_policy_note_written(lts_snapshot_policy *policy, uint64_t iteration);

/** Writing it, and removing what is not kept, ended after `elapsed` seconds of training. */
void lts_snapshot_policy_note_cost(lts_snapshot_policy *policy, double elapsed, double cost);

/**
 * With keep > 0: how many stay of the n iterations of snapshots [n], the newest first, after `now`
 * updates. The others, which are older, are to be removed.
 */
int64_t lts_snapshot_policy_n_kept(const lts_snapshot_policy *policy, const uint64_t *iterations,
                                   int64_t n, uint64_t now);

/** Upper bound of additional files at a time, with the one being written, if there are `n_now`. */
int64_t lts_snapshot_policy_to_come(const lts_snapshot_policy *policy, int64_t n_now);

#endif
