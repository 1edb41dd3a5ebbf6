/* SPDX-License-Identifier: MIT */
/*
 * The log of a run: one JSON object per line, in log.jsonl of its folder. A checkpoint stores the
 * size of the log and the first bytes of its last line, which identify the log on resume.
 */
#ifndef LTS_RUN_RUN_LOG_H
#define LTS_RUN_RUN_LOG_H

#include "files/log.h"
#include "run/folder.h"
#include "run/validation.h"
#include "train/updater.h"

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

/** A position in a log. line_head is borrowed from the log or the checkpoint. */
typedef struct lts_log_position {
    uint64_t size, line_start;
    const char *line_head;
} lts_log_position;

lstm_status lts_run_log_open(lts_run_log *log, const lts_run_folder *folder);

/** Close the log if it is open. */
void lts_run_log_close(lts_run_log *log, const lts_run_folder *folder);

/** Empty the file, for a run that starts from the beginning. */
lstm_status lts_run_log_empty(lts_run_log *log);

/** Append `line`, which has no line end, to the file if there is one. */
lstm_status lts_run_log_write(lts_run_log *log, const char *line);

lstm_status lts_run_log_position(const lts_run_log *log, lts_log_position *position);

/**
 * Whether the file has the line of `position` there, and that ends it. True without file or line.
 */
lstm_status lts_run_log_has(const lts_run_log *log, const lts_log_position *position, bool *has);

/** Whether the file extends beyond `position`. False if it is the log of another run. */
lstm_status lts_run_log_is_beyond(const lts_run_log *log, const lts_log_position *position,
                                  bool *beyond);

/**
 * Return to a position and discard a rollback that is not logged. With `truncate`, truncate the
 * file now or, if that fails, before its next line.
 */
void lts_run_log_return(lts_run_log *log, const lts_log_position *position, bool truncate);

/** Note a rollback after update `iteration`, whose line is not written yet. */
void lts_run_log_note_rollback(lts_run_log *log, uint64_t iteration, const char *why);

/* Lines, as JSON without line end. Free them with lts_free(); NULL means LSTM_E_NOMEM. */

/**
 * The line of the last update, after `elapsed` seconds; with the loss of each step if `step_loss`,
 * and with its validation unless that is NULL.
 */
char *lts_log_line_update(const lstm_updater *updater, double elapsed, bool step_loss,
                          const lts_validation *validation);

/** The line of rollback number `n_rollback`, from 1; `rate_factor` is the factor after it. */
char *lts_log_line_rollback(const lts_unlogged_rollback *rollback, uint64_t n_rollback,
                            double rate_factor);

#endif
