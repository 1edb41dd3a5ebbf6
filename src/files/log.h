/* SPDX-License-Identifier: MIT */
/*
 * A file of lines that grows. What the operating system refuses is LSTM_E_IO, with operation, path
 * and reason in the sentence.
 */
#ifndef LTS_FILES_LOG_H
#define LTS_FILES_LOG_H

#include "base/real.h"
#include <lstmts/status.h>

/** A file of lines, opened to append. One writer at a time. */
typedef struct lts_log lts_log;

/** Open, or create. The rest of the functions take what this made; close it. */
lstm_status lts_log_open(lts_log **log, const char *path);

/**
 * Append `line`, which has no line end, and a line end, unbuffered. A line that cannot be written
 * whole is taken back, at the latest before the next one or when the log is closed.
 */
lstm_status lts_log_write(lts_log *log, const char *line);

/**
 * If the log that was opened ends in half a line, as a power cut may leave it, give that an end, so
 * that the next line is one.
 */
lstm_status lts_log_mend(lts_log *log);

/** The bytes that the file has now, without those of a line that is still to be taken back. */
lstm_status lts_log_size(const lts_log *log, int64_t *size);

/** Whether the bytes at `offset` are those of `text`. */
lstm_status lts_log_holds(const lts_log *log, int64_t offset, const char *text, bool *holds);

/** Cut back to `size` bytes. LSTM_E_TRUNC if there are fewer. */
lstm_status lts_log_truncate(lts_log *log, int64_t size);

/**
 * The same where nothing may fail any more: what cannot be cut now is no longer counted, and is cut
 * before the next line or when the log is closed. `size` is at most lts_log_size(); -1: nothing is
 * to be cut.
 */
void lts_log_forget(lts_log *log, int64_t size);

/** Frees the log in any case, and says whether closing went well. NULL is fine. */
lstm_status lts_log_close(lts_log *log);

#endif
