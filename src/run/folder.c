/* SPDX-License-Identifier: MIT */
#include "run/folder.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const char lock_name[] = ".lstmts-lock";

void lts_run_folder_init(lts_run_folder *folder)
{
    *folder = (lts_run_folder){.descriptor = -1, .lock = -1};
}

lstm_status lts_run_folder_open(lts_run_folder *folder, const char *path)
{
    char lock[LTS_RUN_PATH];
    folder->path = lts_strdup(path);
    if (folder->path == NULL)
        return LSTM_E_NOMEM;
    lts_process_mark_init(&folder->process);
    folder->descriptor = lts_io_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
    if (folder->descriptor < 0)
        return lts_fail_io("open the folder", path, errno);
    return lts_lock_take(&folder->lock, lts_run_folder_file(folder, lock_name, lock));
}

/* A child closes its copies of the descriptors without unlocking: the lock is the parent's. */
void lts_run_folder_close(lts_run_folder *folder)
{
    if (folder->path == NULL)
        return;
    if (lts_run_folder_is_ours(folder))
        lts_lock_release(folder->lock);
    else if (folder->lock >= 0)
        lts_io_close(folder->lock);
    if (folder->descriptor >= 0)
        lts_io_close(folder->descriptor);
    lts_process_mark_clear(&folder->process);
    lts_free(folder->path);
    lts_run_folder_init(folder);
}

bool lts_run_folder_is_ours(const lts_run_folder *folder)
{
    return folder->path == NULL || lts_process_mark_is_set(&folder->process);
}

lstm_status lts_run_folder_check(lts_run_folder *folder)
{
    char lock[LTS_RUN_PATH];
    if (folder->path == NULL)
        return LSTM_OK;
    if (!lts_run_folder_is_ours(folder))
        return lts_fail(LSTM_E_LOCKED,
                        "the folder %.300s is locked by the process of which this one is a child",
                        folder->path);
    return lts_lock_check(&folder->lock, lts_run_folder_file(folder, lock_name, lock));
}

lts_location lts_run_folder_location(const lts_run_folder *folder)
{
    return (lts_location){folder->descriptor, ".", folder->path};
}

lts_location lts_run_folder_file(const lts_run_folder *folder, const char *name,
                                 char path[LTS_RUN_PATH])
{
    snprintf(path, LTS_RUN_PATH, "%s/%s", folder->path, name);
    return (lts_location){folder->descriptor, path + strlen(folder->path) + 1, path};
}
