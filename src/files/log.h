/* SPDX-License-Identifier: MIT */
/*
 * A file of lines that grows. A failure of the operating system is LSTM_E_IO, with operation, path
 * and reason in the message.
 */
#ifndef LTS_FILES_LOG_H
#define LTS_FILES_LOG_H

#include "files/file.h"
#include <lstmts/status.h>

/** A file of lines, opened to append. One writer at a time. */
typedef struct lts_log lts_log;

/** Open, or create. To be closed. LSTM_E_IO if the file has several names (hard links). */
lstm_status lts_log_open(lts_log **log, lts_location file);

/**
 * Append `line`, which has no line end, and a line end, unbuffered. A line that cannot be written
 * whole is removed, at the latest before the next one or when the log is closed.
 */
lstm_status lts_log_write(lts_log *log, const char *line);

/** Where the last line that was written begins. */
int64_t lts_log_line_start(const lts_log *log);

/**
 * If the log that was opened ends in half a line, as a power cut may leave it, append a line end.
 */
lstm_status lts_log_terminate_line(lts_log *log);

/** The size of the file, without bytes that are still to be truncated. */
lstm_status lts_log_size(const lts_log *log, int64_t *size);

/** *matches: whether the bytes at `offset` are those of `text`. */
lstm_status lts_log_matches(const lts_log *log, int64_t offset, const char *text, bool *matches);

/** *is: whether the bytes from `start` to `end` are one whole line with its line end. */
lstm_status lts_log_is_line(const lts_log *log, int64_t start, int64_t end, bool *is);

/** Truncate to `size` bytes. LSTM_E_TRUNC if there are fewer. */
lstm_status lts_log_truncate(lts_log *log, int64_t size);

/**
 * The same where nothing may fail: if the file cannot be truncated now, it is before the next line
 * or when the log is closed. `size` is at most lts_log_size(); -1 cancels a pending truncation.
 */
void lts_log_truncate_later(lts_log *log, int64_t size);

/** Frees the log in any case. LSTM_E_IO if closing fails. NULL is fine. */
lstm_status lts_log_close(lts_log *log);

#endif
