/* SPDX-License-Identifier: MIT */
/*
 * What a trainer does with the snapshots in its folder: make sure of their room, write and remove
 * them, and find the one to go on from.
 */
#include "base/float_env.h"
#include "base/keep_errno.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"
#include "files/io.h"
#include "store/checkpoint.h"
#include "train/trainer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static lstm_status snapshot_path(const lstm_trainer *trainer, uint64_t iteration,
                                 char path[PATH_MAX])
{
    return lts_checkpoint_path(trainer->folder, iteration, path, PATH_MAX);
}

/* Two processes that write one folder are what its lock is there to prevent. */
lstm_status lts_trainer_check_process(const lstm_trainer *trainer)
{
    if (trainer->folder == NULL || trainer->process == getpid())
        return LSTM_OK;
    return lts_fail(LSTM_E_LOCKED, "process %lld, which forked this one, holds the folder %.300s",
                    (long long)trainer->process, trainer->folder);
}

lstm_status lts_trainer_alone(const lstm_trainer *trainer)
{
    char path[PATH_MAX];
    lts_snapshots found;
    LTS_TRY(lts_snapshots_list(&found, trainer->folder));
    bool none = found.n == 0;
    lstm_status status = none ? LSTM_OK : snapshot_path(trainer, found.iterations[0], path);
    lts_snapshots_free(&found);
    LTS_TRY(status);
    if (!none)
        return lts_fail(LSTM_E_ORDER,
                        "the folder has %.300s of another run: resume that, or use another folder",
                        path);
    return LSTM_OK;
}

/* At least the bytes of a checkpoint: those of its blocks, and about its header's. */
static int64_t checkpoint_size(const lstm_trainer *trainer, int64_t n_block)
{
    enum { HEADER = 8192, ENTRY = 160 };
    const lts_params *params = &trainer->updater->model->params;
    return HEADER + n_block * (params->total * (int64_t)sizeof(real) + params->n_tensor * ENTRY);
}

/* Whether a snapshot takes the place of the one before the last of its kind. */
static bool replaces(const lstm_trainer *trainer)
{
    return trainer->options.snapshot.unit == LSTM_SECONDS && trainer->options.keep == 0;
}

/*
 * How many more snapshots there will be at a time than there are now, one that is unfinished with
 * them.
 */
static int64_t snapshots_to_come(const lstm_trainer *trainer, int64_t n_now)
{
    int64_t kept = trainer->options.keep;
    if (replaces(trainer)) {
        kept = sizeof trainer->written / sizeof *trainer->written;
        n_now = (trainer->written[0] != LTS_NO_SNAPSHOT) + (trainer->written[1] != LTS_NO_SNAPSHOT);
    }
    return 1 + (kept > n_now ? kept - n_now : 0);
}

lstm_status lts_trainer_probe(const lstm_trainer *trainer)
{
    const lstm_trainer_options *options = &trainer->options;
    bool best = options->validate.every > 0;
    char path[PATH_MAX];
    int64_t n_block = 1, count = best ? 1 : 0;
    if (trainer->folder == NULL || (!best && options->snapshot.every == 0))
        return LSTM_OK;
    LTS_TRY(lts_trainer_path(trainer, "best.safetensors", path));
    if (options->snapshot.every > 0) {
        lts_snapshots there;
        LTS_TRY(lts_snapshots_list(&there, trainer->folder));
        n_block += trainer->updater->optimizer.n_moment + (best ? 1 : 0);
        count += snapshots_to_come(trainer, there.n);
        lts_snapshots_free(&there);
    }
    return lts_file_probe(path, checkpoint_size(trainer, n_block), count);
}

/* Snapshots beyond the present iteration, of which one went back, are those of the same run. */
static lstm_status remove_old(const lstm_trainer *trainer)
{
    uint64_t now = trainer->updater->iteration;
    int64_t kept = 0;
    lts_snapshots found;
    lstm_status status = LSTM_OK;
    LTS_TRY(lts_snapshots_list(&found, trainer->folder));
    for (int64_t i = 0; i < found.n && status >= 0; i++) {
        char path[PATH_MAX];
        if (found.iterations[i] > now || kept++ < trainer->options.keep)
            continue;
        status = snapshot_path(trainer, found.iterations[i], path);
        if (status >= 0)
            status = lts_file_remove(path);
    }
    lts_snapshots_free(&found);
    return status;
}

static lstm_status remove_replaced(lstm_trainer *trainer)
{
    char path[PATH_MAX];
    if (trainer->replaced == LTS_NO_SNAPSHOT)
        return LSTM_OK;
    LTS_TRY(snapshot_path(trainer, trainer->replaced, path));
    LTS_TRY(lts_file_remove(path));
    trainer->replaced = LTS_NO_SNAPSHOT;
    return LSTM_OK;
}

lstm_status lts_trainer_tidy(lstm_trainer *trainer)
{
    if (!trainer->untidy)
        return LSTM_OK;
    LTS_TRY(trainer->options.keep > 0 ? remove_old(trainer) : remove_replaced(trainer));
    trainer->untidy = false;
    return LSTM_OK;
}

void lts_trainer_saved(lstm_trainer *trainer, uint64_t saved)
{
    trainer->saved = saved;
    trainer->saved_at = trainer->run.elapsed;
    trainer->save_cost = 0;
    trainer->written[0] = trainer->written[1] = trainer->replaced = LTS_NO_SNAPSHOT;
    trainer->tried = LTS_NO_SNAPSHOT;
    trainer->untidy = false;
}

/*
 * A file that was there before is kept under its name: whoever wrote it may have wanted it to be.
 */
static void look_who_has_the_name(lstm_trainer *trainer, const char *path)
{
    LTS_KEEP_ERRNO();
    struct stat info;
    uint64_t iteration = trainer->updater->iteration;
    if (trainer->tried == iteration)
        return;
    trainer->tried = iteration;
    trainer->taken = iteration != trainer->written[0] && iteration != trainer->written[1] &&
                     lts_io_now()->status_at(AT_FDCWD, path, &info) == 0;
}

static void note_written(lstm_trainer *trainer)
{
    uint64_t *written = trainer->written;
    trainer->saved = trainer->updater->iteration;
    trainer->untidy = true;
    if (!replaces(trainer) || trainer->taken || written[0] == trainer->saved)
        return;
    trainer->replaced = written[1];
    written[1] = written[0];
    written[0] = trainer->saved;
}

lstm_status lts_trainer_snapshot(lstm_trainer *trainer)
{
    LTS_FLOAT_SCOPE();
    char path[PATH_MAX];
    double begun = lts_trainer_clock();
    LTS_TRY(snapshot_path(trainer, trainer->updater->iteration, path));
    look_who_has_the_name(trainer, path);
    LTS_TRY(lts_trainer_write(trainer, path, replaces(trainer) && !trainer->taken));
    note_written(trainer);
    lstm_status status = lts_trainer_tidy(trainer);
    trainer->saved_at = lts_trainer_elapsed(trainer);
    trainer->save_cost = lts_trainer_clock() - begun;
    return status;
}

static bool is_file(const char *path, const char *other)
{
    LTS_KEEP_ERRNO();
    struct stat a, b;
    const lts_io *io = lts_io_now();
    return io->status_at(AT_FDCWD, path, &a) == 0 && io->status_at(AT_FDCWD, other, &b) == 0 &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/*
 * A snapshot by the clock names the one before it, and the one that it replaces. If it is the one
 * of this folder, they are as if this trainer had written them: so restarts leave no more behind
 * than a long run.
 */
static void adopt(lstm_trainer *trainer, const lts_checkpoint *checkpoint, const char *path)
{
    char ours[PATH_MAX];
    uint64_t saved = trainer->saved, before, replaced;
    const char *text = lts_checkpoint_text(checkpoint, lts_before_key);
    if (!replaces(trainer) || text == NULL || !lts_parse_uint(text, &before) ||
        snapshot_path(trainer, saved, ours) < 0 || !is_file(path, ours))
        return;
    trainer->written[0] = saved;
    if (before < saved)
        trainer->written[1] = before;
    text = lts_checkpoint_text(checkpoint, lts_replaced_key);
    if (text == NULL || !lts_parse_uint(text, &replaced) || replaced >= before)
        return;
    trainer->replaced = replaced;
    trainer->untidy = true;
}

static lstm_status open_and_restore(lstm_trainer *trainer, const char *path, bool *opened)
{
    lts_checkpoint *checkpoint;
    LTS_TRY(lts_checkpoint_open(&checkpoint, path, trainer->options.unchecked != 0));
    *opened = true;
    lstm_status status = lts_trainer_restore(trainer, checkpoint);
    if (status >= 0 && trainer->folder != NULL)
        adopt(trainer, checkpoint, path);
    lts_checkpoint_close(checkpoint);
    return status;
}

/*
 * What makes an older snapshot the better choice. One that could be opened is undamaged; and of the
 * system's errors most, such as too many open files or no right to read, say nothing of the file.
 */
static bool is_damage(lstm_status status, bool opened)
{
    int error = lts_system_error();
    if (status >= 0 || opened || status == LSTM_E_NOMEM || status == LSTM_E_VERSION)
        return false;
#ifdef EUCLEAN /* Linux: a file system finds its structure wrong, by EBADMSG a checksum */
    if (error == EUCLEAN)
        return true;
#endif
    return status != LSTM_E_IO || error == EIO || error == ENOENT || error == EBADMSG;
}

static lstm_status resume_newest(lstm_trainer *trainer, const lts_snapshots *snapshots)
{
    enum { SENTENCE = 400 };
    char path[PATH_MAX], why[SENTENCE] = "";
    lstm_status status = LSTM_END, first = LSTM_OK;
    bool opened = false;
    int64_t i = 0;
    for (; i < snapshots->n; i++) {
        LTS_TRY(snapshot_path(trainer, snapshots->iterations[i], path));
        status = open_and_restore(trainer, path, &opened);
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
    return lts_fail(LSTM_RECOVERED,
                    "resumed from iteration %llu, passing over %lld newer snapshots: %s",
                    (unsigned long long)snapshots->iterations[i], (long long)i, why);
}

lstm_status lstm_trainer_resume(lstm_trainer *trainer, const char *path)
{
    LTS_FLOAT_SCOPE();
    LTS_KEEP_ERRNO();
    bool opened = false;
    LTS_NOT_NULL(trainer);
    LTS_TRY(lts_trainer_check_process(trainer));
    if (path != NULL)
        return open_and_restore(trainer, path, &opened);
    if (trainer->folder == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "path is NULL and the trainer has no folder");
    lts_snapshots snapshots;
    LTS_TRY(lts_snapshots_list(&snapshots, trainer->folder));
    lstm_status status = resume_newest(trainer, &snapshots);
    lts_snapshots_free(&snapshots);
    return status;
}
