/* SPDX-License-Identifier: MIT */
#include "run/trainer.h"

#include "base/status.h"

/* Windows of one epoch. */
static double epoch_size(const lstm_iter *iter)
{
    return (double)(iter->window.rule == LSTM_WINDOWS_ARTICLE ? iter->series->n_row
                                                              : iter->n_window);
}

double lts_trainer_fraction(const lstm_trainer *trainer)
{
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
    if (!updater->computed)
        return trainer->last;
    return (lts_last_update){updater->loss, updater->step_loss[updater->plan.T - 1],
                             updater->learning_rate};
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
