/* SPDX-License-Identifier: MIT */
/*
 * The folder of a run: its path, the lock in it that keeps other trainers out, and the process that
 * took the lock. A forked child must not write to it.
 */
#ifndef LTS_RUN_FOLDER_H
#define LTS_RUN_FOLDER_H

#include "base/real.h"
#include <lstmts/status.h>

#include <limits.h>
#include <sys/types.h>

/** The best model's file in it. */
#define LTS_BEST_NAME "best.safetensors"

typedef struct lts_run_folder {
    char *path;    /**< NULL: the run writes no files                            */
    int lock;      /**< descriptor, or -1                                        */
    pid_t process; /**< that made the trainer, and writes to the folder          */
} lts_run_folder;

/** A run without files. */
void lts_run_folder_init(lts_run_folder *folder);

/** Lock an existing folder. LSTM_E_LOCKED; LSTM_E_IO; LSTM_E_NOMEM. */
lstm_status lts_run_folder_open(lts_run_folder *folder, const char *path);

/** Also after a failure. A child leaves the lock to its parent. */
void lts_run_folder_close(lts_run_folder *folder);

/** Whether this process made the trainer. */
bool lts_run_folder_is_ours(const lts_run_folder *folder);

/** LSTM_E_LOCKED in a forked child, if there are files. */
lstm_status lts_run_folder_check_process(const lts_run_folder *folder);

/** "<folder>/<name>"; LSTM_E_IO if that is too long for a path. */
lstm_status lts_run_folder_path(const lts_run_folder *folder, const char *name,
                                char path[PATH_MAX]);

#endif
