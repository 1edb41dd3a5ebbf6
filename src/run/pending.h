/* SPDX-License-Identifier: MIT */
/*
 * When a trigger fires; the steps that follow an update, and which of them are pending. A failed
 * step stays pending: the next call of lstm_trainer_run() retries it, so that no step is lost.
 */
#ifndef LTS_RUN_PENDING_H
#define LTS_RUN_PENDING_H

#include "base/real.h"
#include <lstmts/trainer.h>

/** An update: its number, from 1, and the number of completed epochs before and after it. */
typedef struct lts_moment {
    uint64_t iteration, epoch_before, epoch;
} lts_moment;

/** Check trigger `name`, whose unit must be 0 .. `last_unit`. LSTM_E_ARGUMENT naming the field. */
lstm_status lts_trigger_check(const char *name, const lstm_trigger *trigger, int64_t last_unit);

/** Whether `trigger`, whose unit is not LSTM_SECONDS, fires after an update. */
bool lts_trigger_fires(const lstm_trigger *trigger, const lts_moment *moment);

/**
 * The steps in their order. A step must not fail after it has changed the run, since a retry would
 * change it twice. Therefore logging a rollback is a step of its own.
 */
typedef enum lts_run_step {
    LTS_STEP_VALIDATE,
    LTS_STEP_LOG_FAILED_VALIDATION, /**< log the rollback after a non-finite validation */
    LTS_STEP_SAVE_BEST,
    LTS_STEP_LOG_UPDATE,
    LTS_STEP_CHECK_SCORE,
    LTS_STEP_LOG_BAD_SCORE, /**< log the rollback after a score that is a divergence */
    LTS_STEP_WRITE_SNAPSHOT,
    LTS_STEP_REPORT_PROGRESS,
    LTS_N_STEP,
} lts_run_step;

typedef struct lts_pending_steps {
    bool active;            /**< whether any step is pending                                  */
    lts_run_step next;      /**< the first pending step                                       */
    bool validated, better; /**< results of LTS_STEP_VALIDATE                                 */
    bool unsaved;           /**< write a snapshot at the end of the run                       */
    lts_moment moment;      /**< the update that the steps follow                             */
} lts_pending_steps;

/** An update was made: all steps are pending. */
void lts_pending_begin(lts_pending_steps *pending, const lts_moment *moment);

/** Whether a step is pending. @param[out] step  the first one */
bool lts_pending_next(const lts_pending_steps *pending, lts_run_step *step);

/**
 * The next step returned `status`: it is done or, after a failure, still pending. A divergence that
 * ends the run (LSTM_E_NUMERIC) discards the remaining steps and the snapshot at the end. Returns
 * `status`.
 */
lstm_status lts_pending_done(lts_pending_steps *pending, lstm_status status);

/** Discard steps that do not follow update `iteration`: the updater was used outside the run. */
void lts_pending_discard_stale(lts_pending_steps *pending, uint64_t iteration);

/** Discard all steps. */
void lts_pending_clear(lts_pending_steps *pending);

/** Whether `step` after update `iteration` is pending. */
bool lts_pending_has(const lts_pending_steps *pending, lts_run_step step, uint64_t iteration);

#endif
