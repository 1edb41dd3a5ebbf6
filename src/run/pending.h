/* SPDX-License-Identifier: MIT */
/*
 * The steps that follow an update, and which of them are still to be done. A step that fails is the
 * next one again, so that a later call of lstm_trainer_run() retries it and leaves nothing out.
 */
#ifndef LTS_RUN_PENDING_H
#define LTS_RUN_PENDING_H

#include "run/trigger.h"

/**
 * In this order. A step that has changed the run must not fail any more, since it would be done
 * twice: so what the log gets of a rollback is a step of its own.
 */
typedef enum lts_run_step {
    LTS_STEP_VALIDATE,
    LTS_STEP_LOG_FAILED_VALIDATION, /**< the rollback if it had a result that is not finite */
    LTS_STEP_SAVE_BEST,
    LTS_STEP_LOG_UPDATE,
    LTS_STEP_CHECK_SCORE,
    LTS_STEP_LOG_BAD_SCORE, /**< the rollback if the score is a divergence */
    LTS_STEP_WRITE_SNAPSHOT,
    LTS_STEP_REPORT_PROGRESS,
    LTS_N_STEP,
} lts_run_step;

typedef struct lts_pending_steps {
    bool active;            /**< whether there are any                                        */
    lts_run_step next;      /**< the first that is not done                                   */
    bool validated, better; /**< what the first steps found                                   */
    bool unsaved;           /**< a run that ends here ends with a snapshot, if it writes any    */
    lts_moment moment;      /**< the update that they follow                                  */
} lts_pending_steps;

/** An update was made: all steps are to be done. */
void lts_pending_begin(lts_pending_steps *pending, const lts_moment *moment);

/** Whether there is a step to be done: *step. */
bool lts_pending_next(const lts_pending_steps *pending, lts_run_step *step);

/**
 * The next step was done, or failed and is the next again. A divergence that ends the run
 * (LSTM_E_NUMERIC) discards the remaining steps, and the snapshot at the end. Returns `status`.
 */
lstm_status lts_pending_done(lts_pending_steps *pending, lstm_status status);

/** Discard steps unless they follow update `iteration`: the updater was used without the run. */
void lts_pending_discard_stale(lts_pending_steps *pending, uint64_t iteration);

/** Discard all, as if no update had been made. */
void lts_pending_clear(lts_pending_steps *pending);

/** Whether `step` of update number `iteration` is still to be done. */
bool lts_pending_has(const lts_pending_steps *pending, lts_run_step step, uint64_t iteration);

#endif
