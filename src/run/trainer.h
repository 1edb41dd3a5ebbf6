/* SPDX-License-Identifier: MIT */
/*
 * A trainer: an updater and the components of a run. No component includes this header. The
 * trainer's own files, each of which calls only those below it:
 *
 *   trainer_run       the loop, its states, and the steps after an update
 *   trainer_save      writing checkpoints and snapshots
 *   trainer_resume    returning to a checkpoint
 *   trainer_record    gathers a checkpoint's record from the components, and spreads one to them
 *   trainer_progress  limits, and the fraction of the run that is done
 *   trainer           options, creation and destruction
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
    lstm_trainer_options options; /**< limits, log trigger, callbacks. Do not use other fields:
                                       they are copied to the components, or may dangle         */
    lts_run_clock clock;
    lts_run_folder folder;
    lts_run_log log;
    lts_validation validation;
    lts_divergence divergence;
    lts_snapshot_policy snapshots;
    lts_pending_steps pending;
    atomic_bool stop;
    lts_float_env *host; /**< the host's floating-point environment, during lstm_trainer_run() */
};

/** The fraction of the run that is done, 0 .. 1. */
double lts_trainer_fraction(const lstm_trainer *trainer);

bool lts_trainer_limit_reached(const lstm_trainer *trainer);

/** Before the first update: keep the initial parameters if a rollback may need them. */
lstm_status lts_trainer_keep_start(lstm_trainer *trainer);

/** Gather the record of the present state, without its recipe. Its blocks are borrowed. */
lstm_status lts_trainer_gather(lstm_trainer *trainer, lts_record *record);

/** Add the blocks of this run to a record; the best parameters, if `with_best`, come last. */
void lts_trainer_list_blocks(const lstm_trainer *trainer, bool with_best, lts_record *record);

/** Whether a record with this best score contains best parameters. */
bool lts_trainer_has_best(const lstm_trainer *trainer, double best_score);

/** Copy a record to the components, its blocks from `buffer`. Cannot fail. */
void lts_trainer_spread(lstm_trainer *trainer, const lts_record *record, const real *buffer,
                        bool truncate_log);

/** Write the snapshot of the present iteration to the folder, and prune. */
lstm_status lts_trainer_snapshot(lstm_trainer *trainer);

#endif
