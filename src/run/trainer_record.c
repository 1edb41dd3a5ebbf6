/* SPDX-License-Identifier: MIT */
#include "run/trainer.h"

#include "base/status.h"

#include <stdio.h>
#include <string.h>

lstm_status lts_trainer_keep_start(lstm_trainer *trainer)
{
    if (!lts_divergence_rolls_back(&trainer->divergence) || trainer->validation.has_best)
        return LSTM_OK;
    LTS_TRY(lts_updater_settle(trainer->updater));
    lts_validation_keep(&trainer->validation, trainer->updater->model);
    return LSTM_OK;
}

bool lts_trainer_has_best(const lstm_trainer *trainer, double best_score)
{
    return isfinite(best_score) || lts_divergence_rolls_back(&trainer->divergence);
}

void lts_trainer_list_blocks(const lstm_trainer *trainer, bool with_best, lts_record *record)
{
    const lts_optimizer *optimizer = &trainer->updater->optimizer;
    record->n_block = 0;
    lts_record_add_block(record, "", trainer->updater->model->values);
    for (int64_t i = 0; i < optimizer->n_moment; i++) {
        char prefix[LTS_PREFIX_SIZE];
        snprintf(prefix, sizeof prefix, "optimizer.%s.", optimizer->names[i]);
        lts_record_add_block(record, prefix, optimizer->moments[i]);
    }
    if (trainer->updater->average.decay > 0)
        lts_record_add_block(record, "average.", trainer->updater->average.values);
    if (with_best)
        lts_record_add_block(record, "best.", trainer->validation.best);
    const lts_carry *carry = &trainer->updater->carry;
    record->state = (lts_stored_state){carry->B, carry->now.values}; /* B 0 if nothing is carried */
}

void lts_trainer_kernels(const lstm_trainer *trainer, char text[LTS_KERNELS_TEXT])
{
    const lstm_updater *updater = trainer->updater;
    const char *device = updater->engine->device->name;
    bool is_cpu = strcmp(device, "cpu") == 0;
    snprintf(text, LTS_KERNELS_TEXT, "%.16s%s%.16s%s", device, is_cpu ? " " : "",
             is_cpu ? updater->model->kernels->name : "", updater->folded ? ", folded" : "");
}

lstm_status lts_trainer_gather(lstm_trainer *trainer, lts_record *record)
{
    const lstm_updater *updater = trainer->updater;
    const lts_validation *validation = &trainer->validation;
    LTS_TRY(lts_updater_settle(updater));
    *record = (lts_record){
        .iteration = updater->iteration,
        /* a batch whose gradient was never applied counts as not drawn */
        .position = updater->pending ? updater->position : updater->iter->position,
        .elapsed = lts_run_clock_elapsed(&trainer->clock),
        .last_score = validation->last_score,
        .best_score = validation->best_score,
        .not_better = validation->not_better,
        .rolled = lts_divergence_rolls_back(&trainer->divergence) || updater->start > 0 ||
                  updater->rate_factor < 1,
        .n_rollback = trainer->divergence.n_rollback,
        .last = lts_trainer_last_update(trainer),
        .start = updater->start,
        .rate_factor = updater->rate_factor,
    };
    lts_trainer_list_blocks(trainer, lts_trainer_has_best(trainer, record->best_score), record);
    record->state.values = lts_carry_find(&updater->carry, &record->position);
    if (record->state.values == NULL)
        record->state.n_stream = 0;
    return lts_run_log_position(&trainer->log, &record->log);
}

static void spread_to_updater(lstm_updater *updater, const lts_record *record)
{
    updater->iteration = record->iteration;
    updater->start = record->start;
    if (record->start > 0 || record->n_rollback > 0) /* since then moments are its own */
        updater->optimizer.age = 0;
    updater->rate_factor = record->rate_factor;
    lts_updater_forget_results(updater);
    lstm_iter_set_position(updater->iter, &record->position);
}

static void spread_state(lts_carry *carry, const lts_record *record, const real *values)
{
    carry->before.valid = false;
    carry->now.valid = record->state.n_stream > 0;
    carry->now.at = record->position;
    if (carry->now.valid)
        memcpy(carry->now.values, values, (size_t)lts_carry_size(carry) * sizeof *values);
}

void lts_trainer_spread(lstm_trainer *trainer, const lts_record *record, const real *buffer,
                        bool truncate_log)
{
    lts_validation *validation = &trainer->validation;
    lstm_model *model = trainer->updater->model;
    int64_t total = model->params.total;
    lts_updater_overwrite(trainer->updater);
    for (int64_t i = 0; i < record->n_block; i++)
        if (record->blocks[i].values != NULL)
            memcpy(record->blocks[i].values, buffer + i * total, (size_t)total * sizeof *buffer);
    lts_model_changed(model);
    spread_to_updater(trainer->updater, record);
    spread_state(&trainer->updater->carry, record, buffer + record->n_block * total);
    lts_run_clock_return(&trainer->clock, record->elapsed);
    validation->last_score = record->last_score;
    validation->best_score = record->best_score;
    validation->not_better = record->not_better;
    validation->has_best = lts_trainer_has_best(trainer, record->best_score);
    trainer->divergence.n_rollback = record->n_rollback;
    lts_snapshot_policy_reset(&trainer->snapshots, record->iteration, record->elapsed);
    trainer->begun = true;
    trainer->last = record->last;
    lts_pending_clear(&trainer->pending);
    lts_run_log_return(&trainer->log, &record->log, truncate_log);
}
