/* SPDX-License-Identifier: MIT */
#include "run/folder.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"

#include <stdio.h>
#include <unistd.h>

void lts_run_folder_init(lts_run_folder *folder)
{
    *folder = (lts_run_folder){.lock = -1, .process = getpid()};
}

lstm_status lts_run_folder_open(lts_run_folder *folder, const char *path)
{
    char lock[PATH_MAX];
    folder->path = lts_strdup(path);
    if (folder->path == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(lts_run_folder_path(folder, ".lstmts-lock", lock));
    return lts_lock_take(&folder->lock, lock);
}

/* A child closes its copy of the descriptor without unlocking: the lock is the parent's. */
void lts_run_folder_close(lts_run_folder *folder)
{
    if (lts_run_folder_is_ours(folder))
        lts_lock_release(folder->lock);
    else if (folder->lock >= 0)
        close(folder->lock);
    lts_free(folder->path);
    lts_run_folder_init(folder);
}

bool lts_run_folder_is_ours(const lts_run_folder *folder)
{
    return folder->process == getpid();
}

lstm_status lts_run_folder_check_process(const lts_run_folder *folder)
{
    if (folder->path == NULL || lts_run_folder_is_ours(folder))
        return LSTM_OK;
    return lts_fail(LSTM_E_LOCKED,
                    "the folder %.300s is locked by process %lld, of which this one is a child",
                    folder->path, (long long)folder->process);
}

lstm_status lts_run_folder_path(const lts_run_folder *folder, const char *name, char path[PATH_MAX])
{
    int length = snprintf(path, PATH_MAX, "%s/%s", folder->path, name);
    if (length < 0 || length >= PATH_MAX)
        return lts_fail(LSTM_E_IO, "the path of %s in the folder is too long", name);
    return LSTM_OK;
}
