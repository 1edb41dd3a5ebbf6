/* SPDX-License-Identifier: MIT */
#include "run/run_log.h"

#include "base/status.h"

#include <stdio.h>

lstm_status lts_run_log_open(lts_run_log *log, const lts_run_folder *folder)
{
    char path[LTS_RUN_PATH];
    return lts_log_open(&log->file, lts_run_folder_file(folder, "log.jsonl", path));
}

void lts_run_log_close(lts_run_log *log, const lts_run_folder *folder)
{
    /* a forked child must not truncate its parent's log */
    if (log->file != NULL && !lts_run_folder_is_ours(folder))
        lts_log_truncate_later(log->file, -1);
    lts_log_close(log->file);
    log->file = NULL;
}

lstm_status lts_run_log_empty(lts_run_log *log)
{
    return log->file == NULL ? LSTM_OK : lts_log_truncate(log->file, 0);
}

lstm_status lts_run_log_write(lts_run_log *log, const char *line)
{
    int64_t start;
    if (log->file == NULL)
        return LSTM_OK;
    LTS_TRY(lts_log_terminate_line(log->file));
    LTS_TRY(lts_log_size(log->file, &start));
    LTS_TRY(lts_log_write(log->file, line));
    log->line_start = start;
    snprintf(log->line_head, sizeof log->line_head, "%s", line);
    return LSTM_OK;
}

lstm_status lts_run_log_position(const lts_run_log *log, lts_log_position *position)
{
    int64_t size = 0;
    if (log->file != NULL)
        LTS_TRY(lts_log_size(log->file, &size));
    *position = (lts_log_position){(uint64_t)size, (uint64_t)log->line_start, log->line_head};
    return LSTM_OK;
}

/* Whether the file has the last line of a position where that says. */
static lstm_status find_position(const lts_run_log *log, const lts_log_position *position,
                                 int64_t size, bool *found)
{
    *found = false;
    if ((uint64_t)size < position->size || position->line_start >= position->size)
        return LSTM_OK;
    int64_t start = (int64_t)position->line_start, end = (int64_t)position->size;
    LTS_TRY(lts_log_matches(log->file, start, position->line_head, found));
    return *found ? lts_log_is_line(log->file, start, end, found) : LSTM_OK;
}

lstm_status lts_run_log_has(const lts_run_log *log, const lts_log_position *position, bool *has)
{
    int64_t size;
    *has = true;
    if (log->file == NULL || position->line_head[0] == '\0')
        return LSTM_OK;
    LTS_TRY(lts_log_size(log->file, &size));
    return find_position(log, position, size, has);
}

/* A log without the checkpoint's last line at its position belongs to another run. */
lstm_status lts_run_log_is_beyond(const lts_run_log *log, const lts_log_position *position,
                                  bool *beyond)
{
    int64_t size;
    *beyond = false;
    if (log->file == NULL || position->line_head[0] == '\0')
        return LSTM_OK;
    LTS_TRY(lts_log_size(log->file, &size));
    if ((uint64_t)size <= position->size)
        return LSTM_OK;
    return find_position(log, position, size, beyond);
}

void lts_run_log_return(lts_run_log *log, const lts_log_position *position, bool truncate)
{
    if (truncate)
        lts_log_truncate_later(log->file, (int64_t)position->size);
    log->line_start = (int64_t)position->line_start;
    snprintf(log->line_head, sizeof log->line_head, "%s", position->line_head);
    log->rollback.active = false;
}

void lts_run_log_note_rollback(lts_run_log *log, uint64_t iteration, const char *why)
{
    log->rollback = (lts_unlogged_rollback){.active = true, .iteration = iteration};
    snprintf(log->rollback.why, sizeof log->rollback.why, "%s", why);
}
