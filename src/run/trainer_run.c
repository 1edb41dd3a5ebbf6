/* SPDX-License-Identifier: MIT */
/*
 * The loop of a run: an update, the steps that follow it, and again, until a limit, a stop or a
 * divergence.
 *
 *      fresh
 *        |
 *        |  first call
 *        v            an update is made
 *     running -------------------------> step k pending --+  step k is done: k + 1 is pending;
 *      |   |  <-------------------------   |         ^    |  it failed: the call returns, and the
 *      |   |     the last step is done     |         +----+  next call retries it
 *      |   |                               |
 *      |   +------------+------------------+
 *      |                |
 *      |  limit,        |  LSTM_E_NUMERIC, and no rollback is left
 *      |  stop          v
 *      v             diverged
 *  ended, stopped
 *
 * From the last three the next call leads to running again, unless a limit is still reached.
 * A resume leads to running from each state.
 *
 *   state            what it is                                what a checkpoint of it has
 *   fresh            no run or resume yet; the first call      the initial parameters, or those of
 *                    fails if the folder has snapshots, and    an updater trained before
 *                    empties the log if there was no update
 *   running          between two updates                       everything
 *   step k pending   after an update: in a callback, or after  everything but a pending line of
 *                    a failure                                 the log; saving is LSTM_E_ORDER
 *                                                              while a validation or rollback is
 *                                                              pending
 *   diverged         an update was rejected, or a validation   the parameters before that update,
 *                    is a divergence; the remaining steps are  or of that validation; the run
 *                    discarded                                 writes none at its end
 *   stopped          by a callback or lstm_trainer_stop()      everything: the snapshot at the end
 *   ended            by a limit, the patience or the sampler   everything: the snapshot at the end
 *
 * A rollback (LSTM_DIVERGENCE_ROLL_BACK) changes no state: its line of the log is pending, and is
 * written before anything else.
 */
#include "run/trainer.h"

#include "base/memory.h"
#include "base/status.h"
#include "run/run_log.h"
#include "run/snapshots.h"

#include <stdio.h>

/*
 * The next three functions call back the host, in its own floating-point environment.
 */

/*
 * Takes ownership of `line`. The callback is last: a retry after a failed write must not repeat it.
 */
static lstm_status log_line(lstm_trainer *trainer, char *line)
{
    const lstm_trainer_options *options = &trainer->options;
    if (line == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = lts_run_folder_check(&trainer->folder);
    if (status >= 0)
        status = lts_run_log_write(&trainer->log, line);
    if (status >= 0 && options->on_log != NULL) {
        LTS_FLOAT_HOST(trainer->host);
        if (options->on_log(line, options->log_user) != 0)
            atomic_store(&trainer->stop, true);
    }
    lts_free(line);
    return status;
}

static lstm_status report_progress(lstm_trainer *trainer)
{
    const lstm_trainer_options *options = &trainer->options;
    lstm_progress progress;
    if (options->on_progress == NULL)
        return LSTM_OK;
    lts_run_clock_elapsed(&trainer->clock); /* so that no later report has less */
    LTS_TRY(lstm_trainer_progress(trainer, &progress));
    LTS_FLOAT_HOST(trainer->host);
    if (options->on_progress(&progress, options->progress_user) != 0)
        atomic_store(&trainer->stop, true);
    return LSTM_OK;
}

/* Makes one update. LSTM_END if the host's sampler ends; a sequential pass restarts. */
static lstm_status make_update(lstm_trainer *trainer)
{
    LTS_FLOAT_HOST(trainer->host);
    lstm_iter *iter = trainer->updater->iter;
    lstm_status status = lstm_updater_update(trainer->updater);
    if (status == LSTM_END && iter->sampler == NULL) {
        lts_iter_next_pass(iter);
        status = lstm_updater_update(trainer->updater);
    }
    return status;
}

static bool is_logged(const lstm_trainer *trainer)
{
    return trainer->log.file != NULL || trainer->options.on_log != NULL;
}

/* Rolls back after a divergence if the policy has one left. Returns any other status. */
static lstm_status handle_divergence(lstm_trainer *trainer, lstm_status status)
{
    char why[LTS_WHY];
    if (status != LSTM_E_NUMERIC || !lts_divergence_rolls_back(&trainer->divergence))
        return status;
    snprintf(why, sizeof why, "%s", lstm_last_error());
    LTS_TRY(lts_divergence_roll_back(&trainer->divergence, trainer->updater,
                                     trainer->validation.best, why));
    lts_run_log_note_rollback(&trainer->log, trainer->updater->iteration, why);
    return LSTM_OK;
}

static lstm_status run_validation(lstm_trainer *trainer)
{
    lts_validation *validation = &trainer->validation;
    lts_pending_steps *pending = &trainer->pending;
    const lstm_model *model = trainer->updater->model;
    double score;
    if (!lts_trigger_fires(&validation->trigger, &pending->moment))
        return LSTM_OK;
    lstm_status status = lts_validation_run(validation, model, &score);
    if (status < 0)
        return handle_divergence(trainer, status);
    pending->validated = true;
    pending->better = lts_validation_note(validation, score);
    if (pending->better)
        lts_validation_keep(validation, model);
    return LSTM_OK;
}

static lstm_status log_rollback(lstm_trainer *trainer)
{
    lts_unlogged_rollback *rollback = &trainer->log.rollback;
    if (!rollback->active)
        return LSTM_OK;
    if (is_logged(trainer))
        LTS_TRY(log_line(trainer, lts_log_line_rollback(rollback, trainer->divergence.n_rollback,
                                                        trainer->updater->rate_factor)));
    rollback->active = false;
    return LSTM_OK;
}

static lstm_status save_best(lstm_trainer *trainer)
{
    char path[LTS_RUN_PATH];
    const lstm_model *model = trainer->updater->model;
    if (!trainer->pending.better || trainer->folder.path == NULL)
        return LSTM_OK;
    LTS_TRY(lts_run_folder_check(&trainer->folder));
    LTS_TRY(lts_model_settle(model));
    return lts_blocks_write_model(lts_run_folder_file(&trainer->folder, LTS_BEST_NAME, path),
                                  &model->params, model->values);
}

static lstm_status log_update(lstm_trainer *trainer)
{
    const lstm_trigger *trigger = &trainer->options.log;
    const lts_pending_steps *pending = &trainer->pending;
    bool fires = trigger->every == 0 || lts_trigger_fires(trigger, &pending->moment);
    if (!is_logged(trainer) || !(pending->validated || fires))
        return LSTM_OK;
    double elapsed = lts_run_clock_elapsed(&trainer->clock);
    return log_line(trainer, lts_log_line_update(trainer->updater, elapsed,
                                                 trainer->options.log_step_loss != 0,
                                                 pending->validated ? &trainer->validation : NULL));
}

static lstm_status check_score(lstm_trainer *trainer)
{
    const lts_validation *validation = &trainer->validation;
    if (!trainer->pending.validated)
        return LSTM_OK;
    return handle_divergence(
        trainer, lts_divergence_check_score(&trainer->divergence, validation->last_score,
                                            validation->best_score, trainer->updater->iteration));
}

static lstm_status write_snapshot(lstm_trainer *trainer)
{
    double elapsed = lts_run_clock_elapsed(&trainer->clock);
    bool due = lts_snapshot_policy_is_due(&trainer->snapshots, &trainer->pending.moment, elapsed);
    return due ? lts_trainer_snapshot(trainer) : LSTM_OK;
}

static lstm_status (*const steps[LTS_N_STEP])(lstm_trainer *) = {
    [LTS_STEP_VALIDATE] = run_validation,       [LTS_STEP_LOG_FAILED_VALIDATION] = log_rollback,
    [LTS_STEP_SAVE_BEST] = save_best,           [LTS_STEP_LOG_UPDATE] = log_update,
    [LTS_STEP_CHECK_SCORE] = check_score,       [LTS_STEP_LOG_BAD_SCORE] = log_rollback,
    [LTS_STEP_WRITE_SNAPSHOT] = write_snapshot, [LTS_STEP_REPORT_PROGRESS] = report_progress,
};

/* Runs the steps pending after an update, or after one that was rejected and rolled back. */
static lstm_status run_pending_steps(lstm_trainer *trainer)
{
    lts_pending_steps *pending = &trainer->pending;
    uint64_t iteration = trainer->updater->iteration;
    lts_run_step step;
    lts_pending_discard_stale(pending, iteration);
    LTS_TRY(lts_snapshots_prune(&trainer->folder, &trainer->snapshots, iteration));
    LTS_TRY(log_rollback(trainer));
    while (lts_pending_next(pending, &step))
        LTS_TRY(lts_pending_done(pending, steps[step](trainer)));
    return LSTM_OK;
}

static lstm_status update_and_follow(lstm_trainer *trainer)
{
    const lstm_updater *updater = trainer->updater;
    uint64_t epoch_before = lstm_iter_epoch(updater->iter);
    lstm_status status = make_update(trainer);
    if (status == LSTM_OK)
        lts_pending_begin(&trainer->pending, &(lts_moment){updater->iteration, epoch_before,
                                                           lstm_iter_epoch(updater->iter)});
    else
        status = handle_divergence(trainer, status);
    return status == LSTM_OK ? run_pending_steps(trainer) : status;
}

/* Updates until a limit (LSTM_OK), the patience or sampler (LSTM_END), a stop or a failure. */
static lstm_status run_until_end(lstm_trainer *trainer)
{
    lstm_status status = run_pending_steps(trainer);
    while (status == LSTM_OK && !lts_trainer_limit_reached(trainer)) {
        if (lts_validation_out_of_patience(&trainer->validation))
            return LSTM_END;
        if (atomic_exchange(&trainer->stop, false))
            return LSTM_STOPPED;
        status = update_and_follow(trainer);
    }
    return status;
}

/* Writes the snapshot at the end of a run. If it fails after a stop, the next call stops again. */
static lstm_status save_end(lstm_trainer *trainer, lstm_status ended)
{
    const lts_snapshot_policy *policy = &trainer->snapshots;
    if (ended < 0 || !trainer->pending.unsaved || policy->trigger.every == 0 ||
        policy->last == trainer->updater->iteration)
        return LSTM_OK;
    lstm_status status = lts_trainer_snapshot(trainer);
    if (status < 0 && ended == LSTM_STOPPED)
        atomic_store(&trainer->stop, true);
    return status;
}

/*
 * The first run of a trainer that was not resumed: the files in the folder are of another run, even
 * if the updater has been trained before.
 */
static lstm_status check_folder_unused(const lstm_trainer *trainer)
{
    const lts_run_folder *folder = &trainer->folder;
    LTS_TRY(lts_snapshots_check_folder_unused(folder));
    char path[LTS_RUN_PATH];
    lts_location best = lts_run_folder_file(folder, LTS_BEST_NAME, path);
    if (trainer->updater->iteration > 0 && lts_validation_is_on(&trainer->validation) &&
        lts_file_is_same(best, best))
        return lts_fail(LSTM_E_ORDER,
                        "%.300s is of another run, and this one is not resumed: use another folder",
                        best.path);
    return LSTM_OK;
}

static lstm_status prepare_folder(lstm_trainer *trainer)
{
    const lstm_updater *updater = trainer->updater;
    lts_run_folder *folder = &trainer->folder;
    bool first = folder->path != NULL && !trainer->begun;
    LTS_TRY(lts_run_folder_check(folder));
    if (first)
        LTS_TRY(check_folder_unused(trainer));
    if (!lts_trainer_limit_reached(trainer))
        LTS_TRY(lts_snapshots_check_disk_space(folder, &trainer->snapshots, &updater->model->params,
                                               updater->optimizer.n_moment,
                                               lts_validation_is_on(&trainer->validation)));
    if (first && updater->iteration == 0)
        LTS_TRY(lts_run_log_empty(&trainer->log));
    return LSTM_OK;
}

static lstm_status run_loop(lstm_trainer *trainer)
{
    LTS_TRY(prepare_folder(trainer));
    LTS_TRY(lts_trainer_keep_start(trainer));
    trainer->begun = true;
    lts_run_clock_start(&trainer->clock, trainer->updater->iteration,
                        lts_trainer_fraction(trainer));
    trainer->updater->iter->stop = &trainer->stop; /* also in the middle of a long shuffle */
    lstm_status status = run_until_end(trainer);
    trainer->updater->iter->stop = NULL;
    if (status == LSTM_STOPPED)
        atomic_store(&trainer->stop, false);
    lts_run_clock_stop(&trainer->clock, trainer->updater->iteration, lts_trainer_fraction(trainer));
    LTS_TRY(save_end(trainer, status));
    return status;
}

lstm_status lstm_trainer_run(lstm_trainer *trainer)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(trainer);
    LTS_TRY(lts_trainer_check_idle(trainer, "lstm_trainer_run"));
    atomic_store(&trainer->running, true);
    trainer->host = &lts_host_floats;
    lstm_status status = run_loop(trainer);
    trainer->host = NULL;
    atomic_store(&trainer->running, false);
    return status;
}
