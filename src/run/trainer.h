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
    lts_last_update last; /**< restored from a checkpoint; NaN if none was                      */
    atomic_bool stop;
    atomic_bool running; /**< in lstm_trainer_run(), where callbacks may call some functions only */
    bool begun;          /**< there was a run or a resume: the files in the folder are this run's */
    lts_float_env *host; /**< the host's floating-point environment, during lstm_trainer_run() */
};

/** LSTM_E_ORDER in a callback of the trainer. */
lstm_status lts_trainer_check_idle(const lstm_trainer *trainer, const char *function);

/** The fraction of the run that is done, 0 .. 1. */
double lts_trainer_fraction(const lstm_trainer *trainer);

bool lts_trainer_limit_reached(const lstm_trainer *trainer);

/** Before the first update: keep the initial parameters if a rollback may need them. */
lstm_status lts_trainer_keep_start(lstm_trainer *trainer);

/** Gather the record of the present state, without its recipe. Its blocks are borrowed. */
lstm_status lts_trainer_gather(lstm_trainer *trainer, lts_record *record);

enum { LTS_KERNELS_TEXT = 48 };

/** What the bits of a run depend on beside the recipe: "cpu avx512, folded". */
void lts_trainer_kernels(const lstm_trainer *trainer, char text[LTS_KERNELS_TEXT]);

/** Add the blocks of this run to a record; the best parameters, if `with_best`, come last. */
void lts_trainer_list_blocks(const lstm_trainer *trainer, bool with_best, lts_record *record);

/** Whether a record with this best score contains best parameters. */
bool lts_trainer_has_best(const lstm_trainer *trainer, double best_score);

/** The updater's last update or, if it made none since the resume, that of the checkpoint. */
lts_last_update lts_trainer_last_update(const lstm_trainer *trainer);

/** Copy a record to the components, its blocks from `buffer`. Cannot fail. */
void lts_trainer_spread(lstm_trainer *trainer, const lts_record *record, const real *buffer,
                        bool truncate_log);

/** Write the snapshot of the present iteration to the folder, and prune. */
lstm_status lts_trainer_snapshot(lstm_trainer *trainer);

#endif
