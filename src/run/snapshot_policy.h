/* SPDX-License-Identifier: MIT */
/*
 * When a snapshot is due, and which snapshots are kept. The policy works on iteration numbers;
 * snapshots.h applies it to files.
 *
 *   keep n > 0   Keep the newest n of the snapshots up to the present iteration. Later ones belong
 *                to updates that a resume discarded, and are not counted.
 *   keep 0       Triggered by iterations or epochs: keep all. Triggered by LSTM_SECONDS: keep the
 *                newest two, so each snapshot replaces the last but one, if the run wrote that. For
 *                a resumed run such a snapshot stores its chain: the iterations of the one before
 *                it and of the one that it replaces.
 *
 * Never delete a snapshot file that existed before this run.
 */
#ifndef LTS_RUN_SNAPSHOT_POLICY_H
#define LTS_RUN_SNAPSHOT_POLICY_H

#include "run/pending.h"

#define LTS_NO_SNAPSHOT UINT64_MAX

typedef struct lts_snapshot_policy {
    lstm_trigger trigger; /**< every 0 = no snapshots                                         */
    int64_t keep;
    uint64_t last;           /**< iteration of the last snapshot, or LTS_NO_SNAPSHOT           */
    uint64_t replaceable[2]; /**< the newest two that a later one may replace, newer first    */
    uint64_t replaced;       /**< a replaced snapshot, to be removed                          */
    uint64_t last_attempt;   /**< iteration of the last attempt to write one                  */
    bool file_existed;       /**< its file existed before, so it must not be removed          */
    bool prune_pending;      /**< snapshots that are not kept must still be removed           */
    double last_at;          /**< seconds of training when the last snapshot was written      */
    double cost;             /**< seconds that writing it took                                */
} lts_snapshot_policy;

/** The chain of a snapshot. */
typedef struct lts_snapshot_chain {
    uint64_t before;   /**< the snapshot before it; its own iteration if there is none */
    uint64_t replaced; /**< the one that it replaces; LTS_NO_SNAPSHOT if there is none */
} lts_snapshot_chain;

/**
 * Check the options and fill in the default: a snapshot each minute if there is a folder. From then
 * on `every` 0 means no snapshots. LSTM_E_ARGUMENT naming the field.
 */
lstm_status lts_snapshot_policy_check(lstm_trainer_options *options);

/** `options` must be checked. */
void lts_snapshot_policy_init(lts_snapshot_policy *policy, const lstm_trainer_options *options);

/**
 * The run returned to snapshot `last` or, with LTS_NO_SNAPSHOT, to its start, after `elapsed`
 * seconds of training. No other snapshot is replaceable.
 */
void lts_snapshot_policy_reset(lts_snapshot_policy *policy, uint64_t last, double elapsed);

/** Treat the snapshots in the chain of snapshot `last` as written by this run. */
void lts_snapshot_policy_inherit(lts_snapshot_policy *policy, const lts_snapshot_chain *chain);

/**
 * Whether a snapshot is due after an update and `elapsed` seconds of training. With LSTM_SECONDS
 * the interval is at least 100 times the duration of writing one.
 */
bool lts_snapshot_policy_is_due(const lts_snapshot_policy *policy, const lts_moment *moment,
                                double elapsed);

/** Whether each snapshot replaces the last but one. */
bool lts_snapshot_policy_replaces(const lts_snapshot_policy *policy);

/** Whether this is the first attempt at a snapshot of `iteration`: note whether its file exists. */
bool lts_snapshot_policy_is_new_file(const lts_snapshot_policy *policy, uint64_t iteration);
void lts_snapshot_policy_note_file(lts_snapshot_policy *policy, uint64_t iteration, bool existed);

/** Whether the snapshot of `iteration` has a chain. @param[out] chain */
bool lts_snapshot_policy_chain(const lts_snapshot_policy *policy, uint64_t iteration,
                               lts_snapshot_chain *chain);

/** The snapshot of `iteration` was written; pruning is pending. */
void lts_snapshot_policy_note_written(lts_snapshot_policy *policy, uint64_t iteration);

/** Writing and pruning took `cost` seconds and ended after `elapsed` seconds of training. */
void lts_snapshot_policy_note_cost(lts_snapshot_policy *policy, double elapsed, double cost);

/**
 * With keep > 0: how many of the snapshots `iterations` [n], newest first, are kept after `now`
 * updates. The rest, the oldest, must be removed.
 */
int64_t lts_snapshot_policy_n_kept(const lts_snapshot_policy *policy, const uint64_t *iterations,
                                   int64_t n, uint64_t now);

/** Upper bound of additional snapshot files existing at once, including the one being written. */
int64_t lts_snapshot_policy_to_come(const lts_snapshot_policy *policy, int64_t n_now);

#endif
