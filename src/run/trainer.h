/* SPDX-License-Identifier: MIT */
/*
 * A trainer is an updater and the components of a run, which know neither it nor each other's
 * order. Its objects call each other downward in this one:
 *
 *   trainer_run       the loop, its states, and what follows an update
 *   trainer_save      a checkpoint of the present state; a snapshot
 *   trainer_resume    back to a checkpoint
 *   trainer_record    the record of a checkpoint: gathered from the components, spread to them
 *   trainer_progress  limits, and how far the run is
 *   trainer           options and life
 */
#ifndef LTS_RUN_TRAINER_H
#define LTS_RUN_TRAINER_H

#include "base/float_env.h"
#include "run/divergence.h"
#include "run/folder.h"
#include "run/pending.h"
#include "run/record.h"
#include "run/run_clock.h"
#include "run/run_log.h"
#include "run/snapshot_policy.h"
#include "run/validation.h"
#include "train/updater.h"
#include <lstmts/trainer.h>

#include <stdatomic.h>

struct lstm_trainer {
    lstm_updater *updater;        /**< borrowed                                                 */
    lstm_trainer_options options; /**< limits, log trigger, callbacks; the rest is in components,
                                       and its pointers may be stale                            */
    lts_run_clock clock;
    lts_run_folder folder;
    lts_run_log log;
    lts_validation validation;
    lts_divergence divergence;
    lts_snapshot_policy snapshots;
    lts_pending_steps pending;
    atomic_bool stop;
    lts_float_env *host; /**< the host's floating-point environment, while the run is in a call */
};

/** The part of the run that is done, 0 .. 1. */
double lts_trainer_fraction(const lstm_trainer *trainer);

bool lts_trainer_limit_reached(const lstm_trainer *trainer);

/** If the policy may roll back to the parameters of the start, keep these before they change. */
lstm_status lts_trainer_keep_start(lstm_trainer *trainer);

/**
 * Gather all but the recipe of the present state. The blocks are those of model and optimizer, up to
 * date.
 */
lstm_status lts_trainer_gather(const lstm_trainer *trainer, lts_record *record);

/** The blocks of a record of this run; the best parameters, if `with_best`, are the last. */
void lts_trainer_list_blocks(const lstm_trainer *trainer, bool with_best, lts_record *record);

/** Whether a record with this best score has best parameters. */
bool lts_trainer_has_best(const lstm_trainer *trainer, double best_score);

/** Spread a record to the components, its blocks from `buffer`. It cannot fail. */
void lts_trainer_spread(lstm_trainer *trainer, const lts_record *record, const real *buffer,
                        bool truncate_log);

/** Write the snapshot of the present iteration into the folder, and remove those not kept. */
lstm_status lts_trainer_snapshot(lstm_trainer *trainer);

#endif
