/* SPDX-License-Identifier: MIT */
/*
 * The log of a run: one JSON object per line, in log.jsonl of its folder. A checkpoint has the
 * size of the log and the head of its last line, by which a resume recognizes it.
 */
#ifndef LTS_RUN_RUN_LOG_H
#define LTS_RUN_RUN_LOG_H

#include "files/log.h"
#include "run/folder.h"

enum { LTS_LINE_HEAD = 128, LTS_WHY = 256 };

/** A rollback not yet logged. It happens once, even if writing its log line fails repeatedly. */
typedef struct lts_unlogged_rollback {
    bool active;
    uint64_t iteration; /**< updates that had been made */
    char why[LTS_WHY];  /**< the message                */
} lts_unlogged_rollback;

typedef struct lts_run_log {
    lts_log *file;                 /**< NULL: the run writes no files                 */
    int64_t line_start;            /**< where the last line begins                    */
    char line_head[LTS_LINE_HEAD]; /**< its first bytes; "" before the first          */
    lts_unlogged_rollback rollback;
} lts_run_log;

/** Where a log stood: line_head lives as long as what it was read from. */
typedef struct lts_log_position {
    uint64_t size, line_start;
    const char *line_head;
} lts_log_position;

lstm_status lts_run_log_open(lts_run_log *log, const lts_run_folder *folder);

/** Also of a log that was not opened. */
void lts_run_log_close(lts_run_log *log, const lts_run_folder *folder);

/** A run from the start empties the file. */
lstm_status lts_run_log_empty(lts_run_log *log);

/** Append a line, without line end, to the file if there is one. */
lstm_status lts_run_log_write(lts_run_log *log, const char *line);

lstm_status lts_run_log_position(const lts_run_log *log, lts_log_position *position);

/** Whether a return to `position` truncates the file: not the log of another run. */
lstm_status lts_run_log_is_beyond(const lts_run_log *log, const lts_log_position *position,
                                  bool *beyond);

/**
 * Return to a position, and forget a rollback that is not logged. With `truncate` the file is cut
 * now, or before its next line if that fails.
 */
void lts_run_log_return(lts_run_log *log, const lts_log_position *position, bool truncate);

/** A rollback after update `iteration`: its line is still to be written. */
void lts_run_log_note_rollback(lts_run_log *log, uint64_t iteration, const char *why);

#endif
