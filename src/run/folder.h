/* SPDX-License-Identifier: MIT */
/*
 * The folder of a run: its path, the lock that excludes other trainers, and the process that took
 * the lock. A forked child must not write to the folder.
 */
#ifndef LTS_RUN_FOLDER_H
#define LTS_RUN_FOLDER_H

#include "base/real.h"
#include <lstmts/status.h>

#include <limits.h>
#include <sys/types.h>

/** File name of the best model. */
#define LTS_BEST_NAME "best.safetensors"

typedef struct lts_run_folder {
    char *path;    /**< NULL: the run writes no files                            */
    int lock;      /**< descriptor, or -1                                        */
    pid_t process; /**< the process that created the trainer                     */
} lts_run_folder;

/** Initialize for a run without files. */
void lts_run_folder_init(lts_run_folder *folder);

/** Lock an existing folder. LSTM_E_LOCKED; LSTM_E_IO; LSTM_E_NOMEM. */
lstm_status lts_run_folder_open(lts_run_folder *folder, const char *path);

/** Close the folder, also after a failed open. A forked child leaves the lock to its parent. */
void lts_run_folder_close(lts_run_folder *folder);

/** Whether this process created the trainer. */
bool lts_run_folder_is_ours(const lts_run_folder *folder);

/** LSTM_E_LOCKED in a forked child of a run with files. */
lstm_status lts_run_folder_check_process(const lts_run_folder *folder);

/** "<folder>/<name>". LSTM_E_IO if that is too long for a path. */
lstm_status lts_run_folder_path(const lts_run_folder *folder, const char *name,
                                char path[PATH_MAX]);

#endif
