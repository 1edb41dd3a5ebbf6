/* SPDX-License-Identifier: MIT */
#include "run/trainer.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"

#include <string.h>

static lstm_status check_trainer_options(lstm_trainer_options *options)
{
    if (options->max_epoch < 0 || options->max_iteration < 0 ||
        (options->max_epoch == 0 && options->max_iteration == 0))
        return lts_fail(LSTM_E_ARGUMENT,
                        "max_epoch is %lld and max_iteration %lld, expected one above 0, neither "
                        "below 0",
                        (long long)options->max_epoch, (long long)options->max_iteration);
    LTS_TRY(lts_trigger_check("log", &options->log, LSTM_EPOCHS));
    LTS_TRY(lts_trigger_check("validate", &options->validate, LSTM_EPOCHS));
    if (options->folder != NULL && options->folder[0] == 0)
        return lts_fail(LSTM_E_ARGUMENT, "folder is \"\", expected a path, such as \".\"");
    LTS_TRY(lts_snapshot_policy_check(options));
    LTS_TRY(lts_validation_check(options));
    LTS_TRY(lts_check_one_of("unchecked", options->unchecked, 2, "0 or 1"));
    LTS_TRY(lts_check_one_of("log_step_loss", options->log_step_loss, 2, "0 or 1"));
    if (options->may_differ < 0 || options->may_differ >= 2 * (int64_t)LSTM_DIFFER_VALIDATION)
        return lts_fail(LSTM_E_ARGUMENT, "may_differ is %lld, expected a sum of LSTM_DIFFER_*",
                        (long long)options->may_differ);
    return lts_divergence_check(options);
}

/* The part of initialization that can fail. */
static lstm_status open_components(lstm_trainer *trainer)
{
    const lstm_trainer_options *options = &trainer->options;
    LTS_TRY(lts_validation_init(&trainer->validation, trainer->updater->model,
                                &trainer->updater->loss, options,
                                lts_divergence_rolls_back(&trainer->divergence)));
    if (options->folder == NULL)
        return LSTM_OK;
    LTS_TRY(lts_run_folder_open(&trainer->folder, options->folder));
    return lts_run_log_open(&trainer->log, &trainer->folder);
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
    LTS_TRY(check_trainer_options(&read));
    lstm_trainer *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->updater = updater;
    made->options = read;
    made->last = (lts_last_update){(double)NAN, (double)NAN, (double)NAN};
    lts_run_folder_init(&made->folder);
    lts_divergence_init(&made->divergence, &read);
    lts_snapshot_policy_init(&made->snapshots, &read);
    atomic_init(&made->stop, false);
    atomic_init(&made->running, false);
    lstm_status status = open_components(made);
    if (status < 0) {
        lstm_trainer_free(made);
        return status;
    }
    *trainer = made;
    return LSTM_OK;
}

lstm_status lts_trainer_check_idle(const lstm_trainer *trainer, const char *function)
{
    if (!atomic_load(&trainer->running))
        return LSTM_OK;
    return lts_fail(LSTM_E_ORDER, "%s() was called during lstm_trainer_run() of the same trainer",
                    function);
}

void lstm_trainer_free(lstm_trainer *trainer)
{
    if (trainer == NULL || atomic_load(&trainer->running))
        return;
    lts_run_log_close(&trainer->log, &trainer->folder);
    lts_run_folder_close(&trainer->folder);
    lts_validation_clear(&trainer->validation);
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
    const lts_validation *validation = &trainer->validation;
    if (!isfinite(validation->best_score))
        return lts_fail(LSTM_E_ORDER, "no validation has been run yet");
    lstm_model *best;
    LTS_TRY(lstm_model_clone(&best, trainer->updater->model));
    memcpy(best->values, validation->best, (size_t)best->params.total * sizeof(real));
    *model = best;
    return LSTM_OK;
}

double lts_trainer_fraction(const lstm_trainer *trainer)
{
    const lstm_updater *updater = trainer->updater;
    double by_iteration = 0, by_epoch = 0;
    if (trainer->options.max_iteration > 0)
        by_iteration = (double)updater->iteration / (double)trainer->options.max_iteration;
    if (trainer->options.max_epoch > 0)
        by_epoch = (double)updater->iter->position.drawn /
                   ((double)updater->iter->epoch_size * (double)trainer->options.max_epoch);
    double fraction = by_iteration > by_epoch ? by_iteration : by_epoch;
    return fraction < 1 ? fraction : 1;
}

bool lts_trainer_limit_reached(const lstm_trainer *trainer)
{
    uint64_t max_iteration = (uint64_t)trainer->options.max_iteration;
    uint64_t max_epoch = (uint64_t)trainer->options.max_epoch;
    return (max_iteration > 0 && trainer->updater->iteration >= max_iteration) ||
           (max_epoch > 0 && lstm_iter_epoch(trainer->updater->iter) >= max_epoch);
}

lts_last_update lts_trainer_last_update(const lstm_trainer *trainer)
{
    const lstm_updater *updater = trainer->updater;
    if (!updater->report.valid)
        return trainer->last;
    return (lts_last_update){updater->report.loss,
                             updater->report.step_loss[updater->report.n_step - 1],
                             updater->report.learning_rate};
}

lstm_status lstm_trainer_progress(const lstm_trainer *trainer, lstm_progress *progress)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(trainer);
    LTS_NOT_NULL(progress);
    const lstm_updater *updater = trainer->updater;
    lts_last_update last = lts_trainer_last_update(trainer);
    double fraction = lts_trainer_fraction(trainer);
    lts_pace pace = lts_run_clock_pace(&trainer->clock, updater->iteration, fraction);
    *progress = (lstm_progress){
        .iteration = updater->iteration,
        .epoch = lstm_iter_epoch(updater->iter),
        .fraction = fraction,
        .loss = last.loss,
        .last_loss = last.last_loss,
        .learning_rate = last.learning_rate,
        .valid_score = trainer->validation.last_score,
        .rate = pace.rate,
        .elapsed = pace.elapsed,
        .remaining = pace.remaining,
    };
    return LSTM_OK;
}
