/* SPDX-License-Identifier: MIT */
/*
 * The folder of a run: its descriptor, the lock that excludes other trainers, and the process that
 * took the lock. Its files are found from the descriptor, so the run stays in its folder when that
 * is moved or when the working directory changes. A forked child must not write to the folder.
 */
#ifndef LTS_RUN_FOLDER_H
#define LTS_RUN_FOLDER_H

#include "base/process.h"
#include "files/file.h"

#include <limits.h>

/** File name of the best model. */
#define LTS_BEST_NAME "best.safetensors"

/** Size of the path of a file in a folder. A folder of a longer path could not be opened. */
enum { LTS_RUN_PATH = PATH_MAX + 64 };

typedef struct lts_run_folder {
    char *path;               /**< NULL: the run writes no files  */
    int descriptor;           /**< of the folder, or -1           */
    int lock;                 /**< descriptor, or -1              */
    lts_process_mark process; /**< set in the process that took the lock */
} lts_run_folder;

/** Initialize for a run without files. */
void lts_run_folder_init(lts_run_folder *folder);

/** Lock an existing folder. LSTM_E_LOCKED; LSTM_E_IO; LSTM_E_NOMEM. */
lstm_status lts_run_folder_open(lts_run_folder *folder, const char *path);

/** Close the folder, also after a failed open. A forked child leaves the lock to its parent. */
void lts_run_folder_close(lts_run_folder *folder);

/** Whether this process took the lock, or the run writes no files. */
bool lts_run_folder_is_ours(const lts_run_folder *folder);

/**
 * To be called before anything in the folder is changed. LSTM_E_LOCKED in a forked child, or if the
 * lock file was replaced. If it was removed, the folder is locked again. Success without a folder.
 */
lstm_status lts_run_folder_check(lts_run_folder *folder);

/** The folder itself. */
lts_location lts_run_folder_location(const lts_run_folder *folder);

/** The file of that name, shorter than 64 bytes, in the folder. `path` is its path for messages. */
lts_location lts_run_folder_file(const lts_run_folder *folder, const char *name,
                                 char path[LTS_RUN_PATH]);

#endif
