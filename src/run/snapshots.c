/* SPDX-License-Identifier: MIT */
#include "run/snapshots.h"

#include "base/keep_errno.h"
#include "base/status.h"
#include "files/file.h"
#include "files/io.h"
#include "store/checkpoint.h"

#include <fcntl.h>
#include <sys/stat.h>

lts_location lts_snapshots_file(const lts_run_folder *folder, uint64_t iteration,
                                char path[LTS_RUN_PATH])
{
    char name[LTS_SNAPSHOT_NAME];
    lts_snapshot_name(iteration, name);
    return lts_run_folder_file(folder, name, path);
}

lstm_status lts_snapshots_check_folder_unused(const lts_run_folder *folder)
{
    char path[LTS_RUN_PATH];
    lts_snapshots found;
    lstm_status status = LSTM_OK;
    LTS_TRY(lts_snapshots_list(&found, lts_run_folder_location(folder)));
    if (found.n > 0)
        status =
            lts_fail(LSTM_E_ORDER,
                     "the folder has %.300s of another run: resume that, or use another folder",
                     lts_snapshots_file(folder, found.iterations[0], path).path);
    lts_snapshots_free(&found);
    return status;
}

/* Approximate size of a checkpoint in bytes: its blocks and its header. */
static int64_t checkpoint_size(const lts_params *params, int64_t n_block)
{
    enum { HEADER = 8192, ENTRY = 160 };
    return HEADER + n_block * (params->total * (int64_t)sizeof(real) + params->n_tensor * ENTRY);
}

lstm_status lts_snapshots_check_disk_space(const lts_run_folder *folder,
                                           const lts_snapshot_policy *policy,
                                           const lts_params *params, int64_t n_moment,
                                           bool with_best)
{
    char path[LTS_RUN_PATH];
    int64_t n_block = 1, count = with_best ? 1 : 0;
    if (folder->path == NULL || (!with_best && policy->trigger.every == 0))
        return LSTM_OK;
    if (policy->trigger.every > 0) {
        lts_snapshots there;
        LTS_TRY(lts_snapshots_list(&there, lts_run_folder_location(folder)));
        n_block += n_moment + (with_best ? 1 : 0);
        count += lts_snapshot_policy_to_come(policy, there.n);
        lts_snapshots_free(&there);
    }
    return lts_file_probe(lts_run_folder_file(folder, LTS_BEST_NAME, path),
                          checkpoint_size(params, n_block), count);
}

void lts_snapshots_note_existing_file(lts_snapshot_policy *policy, uint64_t iteration,
                                      lts_location file)
{
    LTS_KEEP_ERRNO();
    struct stat info;
    if (lts_snapshot_policy_is_new_file(policy, iteration))
        lts_snapshot_policy_note_file(
            policy, iteration, lts_io_now()->status_at(file.folder, file.name, &info, 0) == 0);
}

static lstm_status remove_snapshot(const lts_run_folder *folder, uint64_t iteration)
{
    char path[LTS_RUN_PATH];
    return lts_file_remove(lts_snapshots_file(folder, iteration, path));
}

static lstm_status remove_old(const lts_run_folder *folder, const lts_snapshot_policy *policy,
                              uint64_t now)
{
    lts_snapshots found;
    lstm_status status = LSTM_OK;
    LTS_TRY(lts_snapshots_list(&found, lts_run_folder_location(folder)));
    int64_t i = lts_snapshot_policy_n_kept(policy, found.iterations, found.n, now);
    for (; i < found.n && status >= 0; i++)
        status = remove_snapshot(folder, found.iterations[i]);
    lts_snapshots_free(&found);
    return status;
}

static lstm_status remove_replaced(const lts_run_folder *folder, lts_snapshot_policy *policy)
{
    if (policy->replaced != LTS_NO_SNAPSHOT)
        LTS_TRY(remove_snapshot(folder, policy->replaced));
    policy->replaced = LTS_NO_SNAPSHOT;
    return LSTM_OK;
}

lstm_status lts_snapshots_prune(lts_run_folder *folder, lts_snapshot_policy *policy,
                                uint64_t iteration)
{
    if (!policy->prune_pending)
        return LSTM_OK;
    LTS_TRY(lts_run_folder_check(folder));
    LTS_TRY(policy->keep > 0 ? remove_old(folder, policy, iteration)
                             : remove_replaced(folder, policy));
    policy->prune_pending = false;
    return LSTM_OK;
}

bool lts_snapshots_is_ours(const lts_run_folder *folder, uint64_t iteration, lts_location file)
{
    char path[LTS_RUN_PATH];
    return folder->path != NULL &&
           lts_file_is_same(file, lts_snapshots_file(folder, iteration, path));
}
