/* SPDX-License-Identifier: MIT */
/* The snapshot files in the folder of a run: applies the policy. */
#ifndef LTS_RUN_SNAPSHOTS_H
#define LTS_RUN_SNAPSHOTS_H

#include "network/params.h"
#include "run/folder.h"
#include "run/snapshot_policy.h"

/** "<folder>/snapshot_NNNNNNNN.safetensors" */
lts_location lts_snapshots_file(const lts_run_folder *folder, uint64_t iteration,
                                char path[LTS_RUN_PATH]);

/** LSTM_E_ORDER if the folder has snapshots: a run must not add to those of another. */
lstm_status lts_snapshots_check_folder_unused(const lts_run_folder *folder);

/**
 * LSTM_E_IO unless the folder is writable and has space for the files of the run: snapshots with
 * `n_moment` moments, and the best model if `with_best`.
 */
lstm_status lts_snapshots_check_disk_space(const lts_run_folder *folder,
                                           const lts_snapshot_policy *policy,
                                           const lts_params *params, int64_t n_moment,
                                           bool with_best);

/** Note whether `file` exists, before the snapshot of `iteration` is written to it. */
void lts_snapshots_note_existing_file(lts_snapshot_policy *policy, uint64_t iteration,
                                      lts_location file);

/** If pruning is pending, remove the snapshots that are not kept after `iteration` updates. */
lstm_status lts_snapshots_prune(lts_run_folder *folder, lts_snapshot_policy *policy,
                                uint64_t iteration);

/** Whether `file` is the folder's snapshot of `iteration`. */
bool lts_snapshots_is_ours(const lts_run_folder *folder, uint64_t iteration, lts_location file);

#endif
