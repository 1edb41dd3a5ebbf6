/* SPDX-License-Identifier: MIT */
/*
 * A run: updates, and what comes after each, until a limit.
 */
#include "base/float_env.h"
#include "base/status.h"
#include "files/io.h"
#include "train/trainer.h"

#include <stdio.h>
#include <string.h>

double lts_trainer_clock(void)
{
    LTS_FLOAT_SCOPE();
    struct timespec now;
    lts_io_now()->clock(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double lts_trainer_elapsed(const lstm_trainer *trainer)
{
    LTS_FLOAT_SCOPE();
    bool running = trainer->clock_start >= 0;
    return trainer->run.elapsed + (running ? lts_trainer_clock() - trainer->clock_start : 0);
}

lstm_status lts_trainer_path(const lstm_trainer *trainer, const char *name, char path[PATH_MAX])
{
    int length = snprintf(path, PATH_MAX, "%s/%s", trainer->folder, name);
    if (length < 0 || length >= PATH_MAX)
        return lts_fail(LSTM_E_IO, "the path of %s in the folder is too long", name);
    return LSTM_OK;
}

/* Windows of one epoch. */
static double epoch_size(const lstm_iter *iter)
{
    return (double)(iter->window.rule == LSTM_WINDOWS_ARTICLE ? iter->series->n_row
                                                              : iter->n_window);
}

static double fraction_done(const lstm_trainer *trainer)
{
    LTS_FLOAT_SCOPE();
    const lstm_updater *updater = trainer->updater;
    double by_iteration = 0, by_epoch = 0;
    if (trainer->options.max_iteration > 0)
        by_iteration = (double)updater->iteration / (double)trainer->options.max_iteration;
    if (trainer->options.max_epoch > 0)
        by_epoch = (double)updater->iter->position.drawn /
                   (epoch_size(updater->iter) * (double)trainer->options.max_epoch);
    double fraction = by_iteration > by_epoch ? by_iteration : by_epoch;
    return fraction < 1 ? fraction : 1;
}

static bool limit_reached(const lstm_trainer *trainer)
{
    uint64_t max_iteration = (uint64_t)trainer->options.max_iteration;
    uint64_t max_epoch = (uint64_t)trainer->options.max_epoch;
    return (max_iteration > 0 && trainer->updater->iteration >= max_iteration) ||
           (max_epoch > 0 && lstm_iter_epoch(trainer->updater->iter) >= max_epoch);
}

lstm_status lstm_trainer_progress(const lstm_trainer *trainer, lstm_progress *progress)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(trainer);
    LTS_NOT_NULL(progress);
    const lstm_updater *updater = trainer->updater;
    bool running = trainer->clock_start >= 0;
    double seconds = running ? lts_trainer_clock() - trainer->clock_start : 0;
    double done = (double)(updater->iteration - trainer->iteration_start);
    double fraction = fraction_done(trainer), gained = fraction - trainer->fraction_start;
    *progress = (lstm_progress){
        .iteration = updater->iteration,
        .epoch = lstm_iter_epoch(updater->iter),
        .fraction = fraction,
        .loss = updater->computed ? updater->loss : (double)NAN,
        .last_loss = updater->computed ? updater->step_loss[updater->plan.T - 1] : (double)NAN,
        .learning_rate = updater->computed ? updater->learning_rate : (double)NAN,
        .valid_score = trainer->run.last_score,
        .rate = running && seconds > 0 ? done / seconds : 0,
        .elapsed = lts_trainer_elapsed(trainer),
        .remaining = running && gained > 0 ? (1 - fraction) / gained * seconds : (double)NAN,
    };
    return LSTM_OK;
}

/* Validate, and compare with the best so far. */
static lstm_status judge_model(lstm_trainer *trainer)
{
    LTS_FLOAT_SCOPE();
    const lstm_model *model = trainer->updater->model;
    const lts_valid_plan *valid = &trainer->valid;
    lts_run *run = &trainer->run;
    LTS_TRY(lts_valid_run(model, trainer->options.valid_series, valid, trainer->valid_rmse));
    double sum = 0;
    for (int64_t t = 0; t < valid->window.T; t++) {
        double total = trainer->valid_rmse[t * (valid->K + 1) + valid->K];
        sum += total * total;
    }
    run->last_score = sqrt(sum / (double)valid->window.T);
    trainer->after.validated = true;
    trainer->after.better = !(run->last_score >= run->best_score - trainer->options.min_delta);
    if (!trainer->after.better) {
        run->not_better++;
        return LSTM_OK;
    }
    run->best_score = run->last_score;
    run->not_better = 0;
    memcpy(trainer->best, model->values, (size_t)model->params.total * sizeof(real));
    return LSTM_OK;
}

/* Whether a trigger fires when iteration and epoch go from `before` to now. */
static bool fires(const lstm_trigger *trigger, const lstm_updater *updater, uint64_t epoch_before)
{
    uint64_t every = (uint64_t)trigger->every;
    if (every == 0)
        return false;
    if (trigger->unit == LSTM_ITERATIONS)
        return updater->iteration % every == 0;
    return lstm_iter_epoch(updater->iter) / every > epoch_before / every;
}

/* A divergence, and what the policy makes of it; any other status is passed on. */
static lstm_status went_back(lstm_trainer *trainer, lstm_status status)
{
    return status == LSTM_E_NUMERIC ? lts_divergence_handle(trainer) : status;
}

static bool is_due(const lstm_trainer *trainer, const lstm_trigger *trigger)
{
    return fires(trigger, trainer->updater, trainer->after.epoch_before);
}

static lstm_status validate(lstm_trainer *trainer)
{
    if (!is_due(trainer, &trainer->options.validate))
        return LSTM_OK;
    return went_back(trainer, judge_model(trainer));
}

static lstm_status save_best(lstm_trainer *trainer)
{
    char path[PATH_MAX];
    if (!trainer->after.better || trainer->folder == NULL)
        return LSTM_OK;
    LTS_TRY(lts_trainer_path(trainer, "best.safetensors", path));
    return lstm_model_save(trainer->updater->model, path);
}

static lstm_status write_log(lstm_trainer *trainer)
{
    bool validated = trainer->after.validated;
    if (!validated && trainer->options.log.every > 0 && !is_due(trainer, &trainer->options.log))
        return LSTM_OK;
    return lts_trainer_log(trainer, validated);
}

static lstm_status judge_score(lstm_trainer *trainer)
{
    return trainer->after.validated ? went_back(trainer, lts_divergence_judge(trainer)) : LSTM_OK;
}

/*
 * lstm_trigger's LSTM_SECONDS: not so often that snapshots take more than a hundredth of the time.
 */
static bool snapshot_is_due(const lstm_trainer *trainer)
{
    LTS_FLOAT_SCOPE();
    const lstm_trigger *trigger = &trainer->options.snapshot;
    if (trigger->unit != LSTM_SECONDS || trigger->every == 0)
        return is_due(trainer, trigger);
    double passed = lts_trainer_elapsed(trainer) - trainer->saved_at;
    return passed >= (double)trigger->every && passed >= 100 * trainer->save_cost;
}

static lstm_status write_snapshot(lstm_trainer *trainer)
{
    return snapshot_is_due(trainer) ? lts_trainer_snapshot(trainer) : LSTM_OK;
}

static lstm_status tell_progress(lstm_trainer *trainer)
{
    lstm_progress progress;
    if (trainer->options.on_progress == NULL)
        return LSTM_OK;
    LTS_TRY(lstm_trainer_progress(trainer, &progress));
    if (trainer->options.on_progress(&progress, trainer->options.progress_user) != 0)
        atomic_store(&trainer->stop, true);
    return LSTM_OK;
}

enum step {
    VALIDATE,
    TELL_OF_VALIDATION,
    SAVE_BEST,
    WRITE_LOG,
    JUDGE_SCORE,
    TELL_OF_SCORE,
    WRITE_SNAPSHOT,
    TELL_PROGRESS,
    N_STEP,
};

static lstm_status (*const steps[N_STEP])(lstm_trainer *) = {
    [VALIDATE] = validate,
    [TELL_OF_VALIDATION] = lts_trainer_log_return,
    [SAVE_BEST] = save_best,
    [WRITE_LOG] = write_log,
    [JUDGE_SCORE] = judge_score,
    [TELL_OF_SCORE] = lts_trainer_log_return,
    [WRITE_SNAPSHOT] = write_snapshot,
    [TELL_PROGRESS] = tell_progress,
};

/*
 * What follows an update, or one that diverged, after which only the log is told. A step that
 * fails, for want of memory or of room on the disk, is where the next call of lstm_trainer_run()
 * goes on, so one that has changed the run must not fail any more: what it is to be told of is a
 * step of its own. A divergence that ends the run ends what was due, too.
 */
static lstm_status finish_update(lstm_trainer *trainer)
{
    lts_after *after = &trainer->after;
    if (after->iteration != trainer->updater->iteration)
        after->due = false; /* updated or resumed since */
    LTS_TRY(lts_trainer_tidy(trainer));
    LTS_TRY(lts_trainer_log_return(trainer));
    for (; after->due && after->step < N_STEP; after->step++) {
        lstm_status status = steps[after->step](trainer);
        if (status == LSTM_E_NUMERIC)
            *after = (lts_after){0};
        LTS_TRY(status);
    }
    after->due = false;
    return LSTM_OK;
}

lstm_status lts_trainer_settled(const lstm_trainer *trainer)
{
    const lts_after *after = &trainer->after;
    unsigned long long iteration = trainer->updater->iteration;
    if (!after->due || after->iteration != iteration)
        return LSTM_OK;
    if (after->step <= VALIDATE && is_due(trainer, &trainer->options.validate))
        return lts_fail(
            LSTM_E_ORDER,
            "the validation after update %llu is still due: lstm_trainer_run() makes it",
            iteration);
    if (after->step <= JUDGE_SCORE && after->validated && lts_divergence_judge(trainer) < 0)
        return lts_fail(LSTM_E_ORDER,
                        "what is to follow the divergence after update %llu is still due: "
                        "lstm_trainer_run() sees to it",
                        iteration);
    return LSTM_OK;
}

/* One update, over the end of a sequential pass. LSTM_END if there are no more batches at all. */
static lstm_status update(lstm_trainer *trainer)
{
    lstm_iter *iter = trainer->updater->iter;
    lstm_status status = lstm_updater_update(trainer->updater);
    if (status == LSTM_END && iter->sampler == NULL) {
        lts_iter_next_pass(iter);
        status = lstm_updater_update(trainer->updater);
    }
    return status;
}

static bool out_of_patience(const lstm_trainer *trainer)
{
    uint64_t patience = (uint64_t)trainer->options.patience;
    return patience > 0 && trainer->run.not_better >= patience;
}

/* Updates until something ends them: a limit gives LSTM_OK. */
static lstm_status loop(lstm_trainer *trainer)
{
    LTS_TRY(finish_update(trainer));
    while (!limit_reached(trainer)) {
        if (out_of_patience(trainer))
            return LSTM_END;
        if (atomic_exchange(&trainer->stop, false))
            return LSTM_STOPPED;
        uint64_t epoch_before = lstm_iter_epoch(trainer->updater->iter);
        lstm_status status = update(trainer);
        if (status == LSTM_OK) {
            trainer->after = (lts_after){.due = true,
                                         .unsaved = true,
                                         .iteration = trainer->updater->iteration,
                                         .epoch_before = epoch_before};
        } else {
            status = went_back(trainer, status);
        }
        if (status == LSTM_OK)
            status = finish_update(trainer);
        if (status != LSTM_OK)
            return status;
    }
    return LSTM_OK;
}

/* The snapshot with which a run ends. After a stop the next call writes it first, if it fails. */
static lstm_status save_end(lstm_trainer *trainer, lstm_status ended)
{
    if (ended < 0 || !trainer->after.unsaved || trainer->options.snapshot.every == 0 ||
        trainer->saved == trainer->updater->iteration)
        return LSTM_OK;
    lstm_status status = lts_trainer_snapshot(trainer);
    if (status < 0 && ended == LSTM_STOPPED)
        atomic_store(&trainer->stop, true);
    return status;
}

lstm_status lstm_trainer_run(lstm_trainer *trainer)
{
    LTS_NOT_NULL(trainer);
    LTS_TRY(lts_trainer_check_process(trainer));
    uint64_t before = trainer->updater->iteration;
    bool from_start = trainer->log != NULL && before == 0 && trainer->saved == LTS_NO_SNAPSHOT &&
                      trainer->run.n_return == 0;
    if (from_start)
        LTS_TRY(lts_trainer_alone(trainer));
    if (!limit_reached(trainer))
        LTS_TRY(lts_trainer_probe(trainer));
    if (from_start)
        LTS_TRY(lts_log_truncate(trainer->log, 0));
    lts_divergence_begin(trainer);
    trainer->clock_start = lts_trainer_clock();
    trainer->iteration_start = before;
    trainer->fraction_start = fraction_done(trainer);
    lstm_status status = loop(trainer);
    trainer->run.elapsed = lts_trainer_elapsed(trainer);
    trainer->clock_start = -1;
    LTS_TRY(save_end(trainer, status));
    return status;
}
