/* SPDX-License-Identifier: MIT */
/*
 * Resuming from a checkpoint: read into temporary buffers and verify them before changing anything.
 * From the first change on, nothing can fail.
 */
#include "run/trainer.h"

#include "base/keep_errno.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"
#include "run/recipe.h"
#include "run/snapshots.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * Moments that are sums or means of squares must not be negative: the next update takes the root.
 */
static lstm_status check_squares(const lstm_trainer *trainer, const lts_record *record,
                                 const real *buffer)
{
    const lts_optimizer *optimizer = &trainer->updater->optimizer;
    const lts_params *params = &trainer->updater->model->params;
    char place[LTS_PLACE_SIZE];
    if (optimizer->options.kind == LSTM_MOMENTUM)
        return LSTM_OK;
    for (int64_t m = 0; m < optimizer->n_moment; m++) {
        const real *moment = buffer + (1 + m) * params->total; /* after the parameters */
        for (int64_t i = 0; strcmp(optimizer->names[m], "m") != 0 && i < params->total; i++)
            if (moment[i] < 0) {
                lts_params_place(params, i, place);
                return lts_fail(LSTM_E_NUMERIC,
                                "%s%s is %g, expected at least 0, as a mean of squares",
                                record->blocks[1 + m].prefix, place, (double)moment[i]);
            }
    }
    return LSTM_OK;
}

/*
 * Reads the record except its blocks. A run whose validation differs has no use for scores: they
 * are dropped after the blocks are read.
 */
static lstm_status read_record(const lstm_trainer *trainer, const lts_checkpoint *checkpoint,
                               int64_t may_differ, lts_record *record)
{
    const lts_ingredients ours = {trainer->updater, &trainer->validation, &trainer->divergence};
    *record = (lts_record){.rolled = lts_divergence_rolls_back(&trainer->divergence)};
    LTS_TRY(lts_record_read_recipe(record, checkpoint));
    LTS_TRY(lts_recipe_match(&ours, record->recipe, may_differ, &record->differs));
    LTS_TRY(lts_record_read_numbers(record, checkpoint));
    if (!isnan(record->best_score) && !lts_validation_is_on(&trainer->validation) &&
        (record->differs & LSTM_DIFFER_VALIDATION) == 0)
        return lts_fail(LSTM_E_FORMAT, "the checkpoint has a best model, but the recipe has no "
                                       "validation");
    return LSTM_OK;
}

/* If the checkpoint has no best parameters, the file belongs to discarded updates: remove it. */
static lstm_status restore_best_file(const lstm_trainer *trainer, const real *best)
{
    char path[LTS_RUN_PATH];
    if (trainer->folder.path == NULL || !lts_validation_is_on(&trainer->validation))
        return LSTM_OK; /* this run does not write best.safetensors */
    lts_location file = lts_run_folder_file(&trainer->folder, LTS_BEST_NAME, path);
    if (best == NULL)
        return lts_file_remove(file);
    return lts_blocks_write_model(file, &trainer->updater->model->params, best);
}

/*
 * Writing best.safetensors is the last step that can fail: a log that cannot be truncated now is
 * truncated before its next line.
 */
static lstm_status verify_and_spread(lstm_trainer *trainer, const lts_record *record,
                                     const real *buffer)
{
    bool validated = isfinite(record->best_score), truncate;
    int64_t last = (record->n_block - 1) * trainer->updater->model->params.total;
    LTS_TRY(check_squares(trainer, record, buffer));
    LTS_TRY(lts_run_log_is_beyond(&trainer->log, &record->log, &truncate));
    LTS_TRY(restore_best_file(trainer, validated ? buffer + last : NULL));
    lts_trainer_spread(trainer, record, buffer, truncate);
    return LSTM_OK;
}

/*
 * What the new data or validation makes meaningless. Without a score, parameters that are kept for
 * a rollback are used, and others not.
 */
static void drop_what_differs(const lstm_trainer *trainer, lts_record *record)
{
    if ((record->differs & (LSTM_DIFFER_DATA | LSTM_DIFFER_WINDOWS)) != 0)
        record->position = (lstm_iter_position){0, 0, 0};
    if ((record->differs & LSTM_DIFFER_VALIDATION) == 0)
        return;
    if (isfinite(record->best_score) && !lts_divergence_rolls_back(&trainer->divergence))
        record->blocks[record->n_block - 1].values = NULL;
    record->last_score = record->best_score = (double)NAN;
    record->not_better = 0;
}

static lstm_status restore(lstm_trainer *trainer, const lts_checkpoint *checkpoint,
                           lts_record *record)
{
    const lts_params *params = &trainer->updater->model->params;
    LTS_TRY(read_record(trainer, checkpoint, trainer->options.may_differ, record));
    lts_trainer_list_blocks(trainer, lts_trainer_has_best(trainer, record->best_score), record);
    if ((record->differs & (LSTM_DIFFER_DATA | LSTM_DIFFER_WINDOWS)) != 0)
        record->state.n_stream = LTS_ANY_STREAMS;
    real *buffer = lts_alloc(lts_record_size(record, params), sizeof *buffer);
    if (buffer == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = lts_record_read_blocks(record, checkpoint, params, buffer);
    if (status >= 0)
        drop_what_differs(trainer, record);
    if (status >= 0)
        status = verify_and_spread(trainer, record, buffer);
    lts_free(buffer);
    return status;
}

/*
 * Whether the folder's snapshot of `iteration` is of the run of `record`: it says so itself, has
 * the same recipe, and its last line is in the log. If so, reads its chain.
 */
static bool is_of_this_run(const lstm_trainer *trainer, uint64_t iteration,
                           lts_snapshot_chain *chain)
{
    char path[LTS_RUN_PATH];
    lts_checkpoint *checkpoint;
    lts_record record;
    bool logged = false;
    lts_location file = lts_snapshots_file(&trainer->folder, iteration, path);
    if (lts_checkpoint_open(&checkpoint, file, trainer->options.unchecked != 0) < 0)
        return false;
    bool is = read_record(trainer, checkpoint, 0, &record) >= 0 && record.chained &&
              record.iteration == iteration &&
              lts_run_log_has(&trainer->log, &record.log, &logged) >= 0 && logged;
    *chain = record.chain;
    lts_checkpoint_close(checkpoint);
    return is;
}

/*
 * A run resumed from a snapshot of its folder continues the chain, so that restarts leave no more
 * snapshots than an uninterrupted run. The chain names files to remove, so it is believed only as
 * far as these files confirm it: the snapshot before must be of the same run, and have come after
 * the one that was replaced.
 */
static void inherit_snapshots(lstm_trainer *trainer, const lts_record *record, lts_location file)
{
    lts_snapshot_chain chain = record->chain, of_before, of_replaced;
    if (!record->chained || !lts_snapshot_policy_replaces(&trainer->snapshots) ||
        !lts_snapshots_is_ours(&trainer->folder, record->iteration, file))
        return;
    if (chain.before >= record->iteration || !is_of_this_run(trainer, chain.before, &of_before))
        chain = (lts_snapshot_chain){record->iteration, LTS_NO_SNAPSHOT};
    else if (chain.replaced != of_before.before ||
             !is_of_this_run(trainer, chain.replaced, &of_replaced))
        chain.replaced = LTS_NO_SNAPSHOT;
    lts_snapshot_policy_inherit(&trainer->snapshots, &chain);
}

/*
 * LSTM_OTHER_KERNELS, with a message, if the run will not have the bits of the one that wrote this.
 */
static lstm_status compare_kernels(const lstm_trainer *trainer, const lts_record *record)
{
    char ours[LTS_KERNELS_TEXT];
    lts_trainer_kernels(trainer, ours);
    if (record->kernels == NULL || strcmp(record->kernels, ours) == 0)
        return LSTM_OK;
    return lts_fail(
        LSTM_OTHER_KERNELS,
        "the checkpoint was written with the kernels \"%.40s\", this run has \"%s\": its "
        "results agree to rounding only",
        record->kernels, ours);
}

static lstm_status open_and_restore(lstm_trainer *trainer, lts_location file, bool *opened)
{
    lts_checkpoint *checkpoint;
    lts_record record;
    LTS_TRY(lts_checkpoint_open(&checkpoint, file, trainer->options.unchecked != 0));
    *opened = true;
    lstm_status status = restore(trainer, checkpoint, &record);
    if (status >= 0) {
        inherit_snapshots(trainer, &record, file);
        status = compare_kernels(trainer, &record);
    }
    lts_checkpoint_close(checkpoint);
    return status;
}

/*
 * Whether the failure is due to a damaged file, so that an older snapshot should be tried. A file
 * that could be opened is undamaged; most system errors, such as too many open files or missing
 * permission, do not mean that the file is damaged.
 */
static bool is_damage(lstm_status status, bool opened)
{
    int error = lts_system_error();
    if (status >= 0 || opened || status == LSTM_E_NOMEM || status == LSTM_E_VERSION)
        return false;
#ifdef EUCLEAN /* Linux: the file system is corrupted (EUCLEAN) or a checksum is wrong (EBADMSG) */
    if (error == EUCLEAN)
        return true;
#endif
    return status != LSTM_E_IO || error == EIO || error == ENOENT || error == EBADMSG;
}

static lstm_status resume_newest(lstm_trainer *trainer, const lts_snapshots *snapshots)
{
    enum { MESSAGE = 400 };
    char path[LTS_RUN_PATH], why[MESSAGE] = "", kernels[MESSAGE] = "";
    lstm_status status = LSTM_END, first = LSTM_OK;
    bool opened = false;
    int64_t i = 0;
    for (; i < snapshots->n; i++) {
        status = open_and_restore(
            trainer, lts_snapshots_file(&trainer->folder, snapshots->iterations[i], path), &opened);
        if (!is_damage(status, opened))
            break;
        if (i == 0) {
            first = status;
            snprintf(why, sizeof why, "%s", lstm_last_error());
        }
    }
    if (i == 0)
        return status;
    if (i == snapshots->n)
        return lts_fail(first, "%s", why);
    if (status < 0)
        return status;
    if (status == LSTM_OTHER_KERNELS)
        snprintf(kernels, sizeof kernels, " (%s)", lstm_last_error());
    return lts_fail(LSTM_RECOVERED,
                    "resumed from iteration %llu, passing over %lld newer snapshots%s: %s",
                    (unsigned long long)snapshots->iterations[i], (long long)i, kernels, why);
}

lstm_status lstm_trainer_resume(lstm_trainer *trainer, const char *path)
{
    LTS_FLOAT_SCOPE();
    LTS_KEEP_ERRNO();
    bool opened = false;
    LTS_NOT_NULL(trainer);
    LTS_TRY(lts_trainer_check_idle(trainer, "lstm_trainer_resume"));
    LTS_TRY(lts_run_folder_check(&trainer->folder));
    if (path != NULL)
        return open_and_restore(trainer, lts_at_path(path), &opened);
    if (trainer->folder.path == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "path is NULL and the trainer has no folder");
    lts_snapshots snapshots;
    LTS_TRY(lts_snapshots_list(&snapshots, lts_run_folder_location(&trainer->folder)));
    lstm_status status = resume_newest(trainer, &snapshots);
    lts_snapshots_free(&snapshots);
    return status;
}
