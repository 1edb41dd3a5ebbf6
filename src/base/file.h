/* SPDX-License-Identifier: MIT */
/*
 * Files as the library uses them: read whole, replaced whole, or a log that grows by lines. What
 * the operating system refuses is LSTM_E_IO, with operation, path and reason in the sentence; no
 * caller looks at errno.
 */
#ifndef LTS_BASE_FILE_H
#define LTS_BASE_FILE_H

#include "base/real.h"
#include <lstmts/status.h>

/** Sets the sentence "cannot <operation> <path>: <text of the system's error>". */
lstm_status lts_fail_io(const char *operation, const char *path, int error);

/**
 * Read a regular file. Anything else, a folder or a pipe for instance, is refused at once.
 *
 * @param[out] bytes  lts_free() it; aligned to LTS_ALIGNMENT.
 * @return LSTM_OK; LSTM_E_IO; LSTM_E_TRUNC if the file shrinks meanwhile; LSTM_E_NOMEM.
 */
lstm_status lts_file_read(const char *path, unsigned char **bytes, int64_t *size);

/** A part of what is to be written. */
typedef struct lts_chunk {
    const void *bytes;
    int64_t size;
} lts_chunk;

/**
 * Write a file that appears whole or not at all: a temporary in the same folder, flushed to the
 * disk, renamed to `path`. On failure the temporary is gone and what was at `path` is as before;
 * only if flushing the folder fails, which comes last, the new file may be there already. A
 * symbolic link at `path` is replaced, not followed.
 */
lstm_status lts_file_replace(const char *path, const lts_chunk *chunks, int64_t n_chunk);

/** A file of lines, opened to append. One writer at a time. */
typedef struct lts_log lts_log;

/** Open, or create. The rest of the functions take what this made; close it. */
lstm_status lts_log_open(lts_log **log, const char *path);

/** Append `line`, which has no line end, and a line end, unbuffered. A line that cannot be written
 * whole is taken back. */
lstm_status lts_log_write(lts_log *log, const char *line);

/** The bytes that the file has now. */
lstm_status lts_log_size(const lts_log *log, int64_t *size);

/** Whether the bytes at `offset` are those of `text`. False, too, if they cannot be read. */
bool lts_log_holds(const lts_log *log, int64_t offset, const char *text);

/** Cut back to `size` bytes. LSTM_E_TRUNC if there are fewer. */
lstm_status lts_log_truncate(lts_log *log, int64_t size);

/** Frees the log in any case, and says whether closing went well. NULL is fine. */
lstm_status lts_log_close(lts_log *log);

#endif
