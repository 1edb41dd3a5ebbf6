/* SPDX-License-Identifier: MIT */
#include "train/trainer.h"

#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "files/file.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

static lstm_status check_trigger(const char *name, const lstm_trigger *trigger, int64_t last_unit)
{
    if (trigger->every < 0)
        return lts_fail(LSTM_E_ARGUMENT, "%s.every is %lld, it must be at least 0", name,
                        (long long)trigger->every);
    if (trigger->unit < 0 || trigger->unit > last_unit)
        return lts_fail(LSTM_E_ARGUMENT, "%s.unit is %lld, which is none", name,
                        (long long)trigger->unit);
    return LSTM_OK;
}

/* As check_trigger(); then `every` is 0 where there are to be none. */
static lstm_status check_snapshot(lstm_trainer_options *options)
{
    enum { DEFAULT_SECONDS = 60 };
    lstm_trigger *snapshot = &options->snapshot;
    bool unset = snapshot->every == 0;
    if (snapshot->every == LSTM_NEVER)
        snapshot->every = 0;
    LTS_TRY(check_trigger("snapshot", snapshot, LSTM_SECONDS));
    if (snapshot->every > 0 && options->folder == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "snapshots need a folder, which is NULL");
    if (unset && options->folder != NULL)
        *snapshot = (lstm_trigger){DEFAULT_SECONDS, LSTM_SECONDS};
    return LSTM_OK;
}

static lstm_status check(lstm_trainer_options *options)
{
    if (options->max_epoch < 0 || options->max_iteration < 0 ||
        (options->max_epoch == 0 && options->max_iteration == 0))
        return lts_fail(LSTM_E_ARGUMENT,
                        "max_epoch is %lld and max_iteration %lld: one must be above 0, neither "
                        "below",
                        (long long)options->max_epoch, (long long)options->max_iteration);
    LTS_TRY(check_trigger("log", &options->log, LSTM_EPOCHS));
    LTS_TRY(check_trigger("validate", &options->validate, LSTM_EPOCHS));
    if (options->folder != NULL && options->folder[0] == 0)
        return lts_fail(LSTM_E_ARGUMENT, "folder is empty: \".\" is where the program runs");
    LTS_TRY(check_snapshot(options));
    if (options->validate.every > 0 && (options->valid_series == NULL || options->valid == NULL))
        return lts_fail(LSTM_E_ARGUMENT, "validation needs %s, which is NULL",
                        options->valid_series == NULL ? "valid_series" : "valid");
    if (options->patience < 0 || (options->patience > 0 && options->validate.every == 0))
        return lts_fail(LSTM_E_ARGUMENT, "patience is %lld: it must be at least 0%s",
                        (long long)options->patience,
                        options->patience > 0 ? ", and needs validation" : "");
    if (!(options->min_delta >= 0) || !isfinite(options->min_delta))
        return lts_fail(LSTM_E_ARGUMENT, "min_delta is %g, it must be at least 0",
                        options->min_delta);
    if (options->keep < 0)
        return lts_fail(LSTM_E_ARGUMENT, "keep is %lld, it must be at least 0",
                        (long long)options->keep);
    if (options->unchecked != 0 && options->unchecked != 1)
        return lts_fail(LSTM_E_ARGUMENT, "unchecked is %lld, it must be 0 or 1",
                        (long long)options->unchecked);
    return lts_divergence_check(options);
}

static lstm_status init_folder(lstm_trainer *trainer)
{
    char path[PATH_MAX];
    trainer->folder = lts_strdup(trainer->options.folder);
    if (trainer->folder == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(lts_trainer_path(trainer, ".lstmts-lock", path));
    LTS_TRY(lts_lock_take(&trainer->lock, path));
    LTS_TRY(lts_trainer_path(trainer, "log.jsonl", path));
    return lts_log_open(&trainer->log, path);
}

static lstm_status init_validation(lstm_trainer *trainer)
{
    const lstm_model *model = trainer->updater->model;
    const lstm_trainer_options *options = &trainer->options;
    LTS_TRY(lts_valid_check(model, options->valid_series, options->valid, &trainer->valid));
    trainer->valid_rmse =
        lts_alloc(trainer->valid.window.T * (trainer->valid.K + 1), sizeof *trainer->valid_rmse);
    return trainer->valid_rmse == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

static lstm_status init(lstm_trainer *trainer)
{
    const lstm_trainer_options *options = &trainer->options;
    bool validates = options->validate.every > 0;
    if (validates || options->on_divergence == LSTM_DIVERGENCE_RETURN) {
        trainer->best = lts_params_new_block(&trainer->updater->model->params);
        if (trainer->best == NULL)
            return LSTM_E_NOMEM;
    }
    if (validates)
        LTS_TRY(init_validation(trainer));
    return options->folder == NULL ? LSTM_OK : init_folder(trainer);
}

lstm_status lstm_trainer_new(lstm_trainer **trainer, lstm_updater *updater,
                             const lstm_trainer_options *options)
{
    LTS_FLOAT_SCOPE();
    lstm_trainer_options read;
    LTS_NOT_NULL(trainer);
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(options);
    LTS_READ_OPTIONS(&read, options, lstm_trainer_options);
    LTS_TRY(check(&read));
    lstm_trainer *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->updater = updater;
    made->options = read;
    made->run.last_score = made->run.best_score = (double)NAN;
    lts_trainer_saved(made, LTS_NO_SNAPSHOT);
    made->clock_start = -1;
    made->lock = -1;
    made->process = getpid();
    atomic_init(&made->stop, false);
    lstm_status status = init(made);
    if (status < 0) {
        lstm_trainer_free(made);
        return status;
    }
    *trainer = made;
    return LSTM_OK;
}

/* A lock outlives the copy of its descriptor in a forked child, unless that unlocks. */
static void leave_folder(lstm_trainer *trainer)
{
    /* nor does a child cut what its parent may still have to cut off the log */
    bool ours = trainer->process == getpid();
    if (!ours && trainer->log != NULL)
        lts_log_forget(trainer->log, -1);
    lts_log_close(trainer->log);
    if (ours)
        lts_lock_release(trainer->lock);
    else if (trainer->lock >= 0)
        close(trainer->lock);
}

void lstm_trainer_free(lstm_trainer *trainer)
{
    if (trainer == NULL)
        return;
    leave_folder(trainer);
    lts_free(trainer->folder);
    lts_free(trainer->valid_rmse);
    lts_free(trainer->best);
    lts_free(trainer);
}

void lstm_trainer_stop(lstm_trainer *trainer)
{
    if (trainer != NULL)
        atomic_store(&trainer->stop, true);
}

lstm_status lstm_trainer_best(const lstm_trainer *trainer, lstm_model **model)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(trainer);
    LTS_NOT_NULL(model);
    if (!isfinite(trainer->run.best_score))
        return lts_fail(LSTM_E_ORDER, "there was no validation yet");
    lstm_model *best;
    LTS_TRY(lstm_model_clone(&best, trainer->updater->model));
    memcpy(best->values, trainer->best, (size_t)best->params.total * sizeof(real));
    *model = best;
    return LSTM_OK;
}
