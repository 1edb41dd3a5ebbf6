/* SPDX-License-Identifier: MIT */
#include "run/trainer.h"

#include "base/memory.h"
#include "base/status.h"
#include "run/recipe.h"
#include "run/snapshots.h"

/*
 * LSTM_E_ORDER if a pending step would change later results: a checkpoint does not store pending
 * steps, so a resumed run would omit it.
 */
static lstm_status check_no_pending_steps(const lstm_trainer *trainer)
{
    const lts_pending_steps *pending = &trainer->pending;
    const lts_validation *validation = &trainer->validation;
    uint64_t iteration = trainer->updater->iteration;
    if (lts_pending_has(pending, LTS_STEP_VALIDATE, iteration) &&
        lts_trigger_fires(&validation->trigger, &pending->moment))
        return lts_fail(
            LSTM_E_ORDER,
            "the validation after update %llu is pending: call lstm_trainer_run() first",
            (unsigned long long)iteration);
    if (lts_pending_has(pending, LTS_STEP_CHECK_SCORE, iteration) && pending->validated &&
        lts_divergence_check_score(&trainer->divergence, validation->last_score,
                                   validation->best_score, iteration) < 0)
        return lts_fail(LSTM_E_ORDER,
                        "the %s after update %llu is pending: call lstm_trainer_run() first",
                        lts_divergence_rolls_back(&trainer->divergence) ? "rollback" : "stop",
                        (unsigned long long)iteration);
    return LSTM_OK;
}

/* `chain` is that of a snapshot, or NULL. */
static lstm_status write_checkpoint(lstm_trainer *trainer, lts_location file,
                                    const lts_snapshot_chain *chain)
{
    lts_record record;
    LTS_TRY(check_no_pending_steps(trainer));
    char *recipe = lts_recipe_text(
        &(lts_ingredients){trainer->updater, &trainer->validation, &trainer->divergence});
    if (recipe == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = lts_trainer_keep_start(trainer);
    if (status >= 0)
        status = lts_trainer_gather(trainer, &record);
    char kernels[LTS_KERNELS_TEXT];
    lts_trainer_kernels(trainer, kernels);
    record.recipe = recipe;
    record.kernels = kernels;
    record.chained = chain != NULL;
    if (chain != NULL)
        record.chain = *chain;
    if (status >= 0)
        status = lts_record_write(&record, file, &trainer->updater->model->params);
    lts_free(recipe);
    return status;
}

lstm_status lts_trainer_snapshot(lstm_trainer *trainer)
{
    char path[LTS_RUN_PATH];
    lts_snapshot_policy *policy = &trainer->snapshots;
    lts_snapshot_chain chain;
    uint64_t iteration = trainer->updater->iteration;
    double start = lts_clock_now();
    LTS_TRY(lts_run_folder_check(&trainer->folder));
    lts_location file = lts_snapshots_file(&trainer->folder, iteration, path);
    lts_snapshots_note_existing_file(policy, iteration, file);
    bool chained = lts_snapshot_policy_chain(policy, iteration, &chain);
    LTS_TRY(write_checkpoint(trainer, file, chained ? &chain : NULL));
    lts_snapshot_policy_note_written(policy, iteration);
    lstm_status status = lts_snapshots_prune(&trainer->folder, policy, iteration);
    lts_snapshot_policy_note_cost(policy, lts_run_clock_elapsed(&trainer->clock),
                                  lts_clock_since(start));
    return status;
}

lstm_status lstm_trainer_save(lstm_trainer *trainer, const char *path)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(trainer);
    LTS_NOT_NULL(path);
    return write_checkpoint(trainer, lts_at_path(path), NULL);
}
