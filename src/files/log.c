/* SPDX-License-Identifier: MIT */
#include "files/log.h"

#include "base/keep_errno.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/io.h"

#include <fcntl.h>
#include <string.h>

struct lts_log {
    char *path;
    int descriptor;
    int64_t end;     /* the size to truncate the file to, or -1 if it has that size */
    bool terminated; /* the last line is known to have its line end */
    int64_t start;   /* where the last line that was written begins */
    char *line;      /* the line being written, with its line end */
    size_t capacity; /* of `line` */
};

/* A log that has a second name would be truncated under that name too. */
static lstm_status check_log(const lts_log *log)
{
    LTS_KEEP_ERRNO();
    struct stat info;
    if (lts_io_now()->status(log->descriptor, &info) != 0)
        return lts_fail_io("look at", log->path, errno);
    if (!S_ISREG(info.st_mode))
        return lts_fail_not_regular(log->path, info.st_mode);
    if (info.st_nlink > 1)
        return lts_fail(LSTM_E_IO, "%.300s has %llu names (hard links), a log must have one",
                        log->path, (unsigned long long)info.st_nlink);
    return LSTM_OK;
}

lstm_status lts_log_open(lts_log **out, lts_location file)
{
    lts_log *log = lts_alloc(1, sizeof *log);
    if (log == NULL)
        return LSTM_E_NOMEM;
    log->descriptor = -1;
    log->end = -1;
    log->path = lts_strdup(file.path);
    lstm_status status = LSTM_E_NOMEM;
    if (log->path != NULL) {
        log->descriptor = lts_io_open(file.folder, file.name,
                                      O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0666);
        status = log->descriptor < 0 ? lts_fail_io("open", file.path, errno) : check_log(log);
    }
    if (status < 0) {
        lts_log_close(log);
        return status;
    }
    *out = log;
    return LSTM_OK;
}

static lstm_status reserve(lts_log *log, size_t size)
{
    if (size <= log->capacity)
        return LSTM_OK;
    char *line = lts_alloc((int64_t)(2 * size), 1);
    if (line == NULL)
        return LSTM_E_NOMEM;
    lts_free(log->line);
    log->line = line;
    log->capacity = 2 * size;
    return LSTM_OK;
}

/* 0, or the system's error number. */
static int truncate_to_end(lts_log *log)
{
    int error = log->end < 0 ? 0 : lts_io_truncate(log->descriptor, log->end);
    if (error == 0)
        log->end = -1;
    return error;
}

lstm_status lts_log_write(lts_log *log, const char *line)
{
    int64_t before;
    size_t length = strlen(line);
    LTS_TRY(reserve(log, length + 1));
    int error = truncate_to_end(log);
    if (error != 0)
        return lts_fail_io("truncate", log->path, error);
    LTS_TRY(lts_log_size(log, &before));
    memcpy(log->line, line, length);
    log->line[length] = '\n';
    error = lts_io_write(log->descriptor, log->line, (int64_t)length + 1);
    if (error == 0) {
        log->start = before;
        return LSTM_OK;
    }
    /* If truncating fails too, the message is still that of the write, and the next write truncates
     * before it appends. */
    log->end = before;
    truncate_to_end(log);
    return lts_fail_io("write to", log->path, error);
}

int64_t lts_log_line_start(const lts_log *log)
{
    return log->start;
}

lstm_status lts_log_terminate_line(lts_log *log)
{
    bool ends = true;
    int64_t size;
    if (log->terminated)
        return LSTM_OK;
    LTS_TRY(lts_log_size(log, &size));
    if (size > 0)
        LTS_TRY(lts_log_matches(log, size - 1, "\n", &ends));
    if (!ends)
        LTS_TRY(lts_log_write(log, ""));
    log->terminated = true;
    return LSTM_OK;
}

lstm_status lts_log_size(const lts_log *log, int64_t *size)
{
    if (log->end >= 0) {
        *size = log->end;
        return LSTM_OK;
    }
    return lts_io_regular_size(log->descriptor, log->path, size);
}

enum { PART = 256 };

/* Reads up to PART bytes at `offset`, no more than `most`. *n is 0 at the end of the file. */
static lstm_status read_part(const lts_log *log, int64_t offset, int64_t most, char bytes[PART],
                             int64_t *n)
{
    LTS_KEEP_ERRNO();
    ssize_t got;
    do
        got = lts_io_now()->read_at(log->descriptor, bytes, (size_t)(most < PART ? most : PART),
                                    (off_t)offset);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return lts_fail_io("read", log->path, errno);
    *n = got;
    return LSTM_OK;
}

lstm_status lts_log_matches(const lts_log *log, int64_t offset, const char *text, bool *matches)
{
    char bytes[PART];
    int64_t length = (int64_t)strlen(text), n = 0;
    *matches = false;
    for (int64_t done = 0; done < length; done += n) {
        LTS_TRY(read_part(log, offset + done, length - done, bytes, &n));
        if (n == 0 || memcmp(bytes, text + done, (size_t)n) != 0)
            return LSTM_OK;
    }
    *matches = true;
    return LSTM_OK;
}

lstm_status lts_log_is_line(const lts_log *log, int64_t start, int64_t end, bool *is)
{
    char bytes[PART];
    int64_t n = 0;
    bool begins = true;
    *is = false;
    if (start > 0)
        LTS_TRY(lts_log_matches(log, start - 1, "\n", &begins));
    for (int64_t at = start; begins && at < end; at += n) {
        LTS_TRY(read_part(log, at, end - at, bytes, &n));
        if (n == 0)
            return LSTM_OK;
        const char *line_end = memchr(bytes, '\n', (size_t)n);
        if (line_end != NULL) {
            *is = at + (line_end - bytes) + 1 == end;
            return LSTM_OK;
        }
    }
    return LSTM_OK;
}

lstm_status lts_log_truncate(lts_log *log, int64_t size)
{
    int64_t now;
    LTS_TRY(lts_log_size(log, &now));
    if (now < size)
        return lts_fail(LSTM_E_TRUNC, "%.300s has %lld bytes, %lld were to be kept", log->path,
                        (long long)now, (long long)size);
    int error = lts_io_truncate(log->descriptor, size);
    if (error != 0)
        return lts_fail_io("truncate", log->path, error);
    log->end = -1;
    return LSTM_OK;
}

void lts_log_truncate_later(lts_log *log, int64_t size)
{
    log->end = size;
    truncate_to_end(log);
}

lstm_status lts_log_close(lts_log *log)
{
    if (log == NULL)
        return LSTM_OK;
    if (log->descriptor >= 0)
        truncate_to_end(log);
    int error = log->descriptor < 0 ? 0 : lts_io_close(log->descriptor);
    lstm_status status = error == 0 ? LSTM_OK : lts_fail_io("close", log->path, error);
    lts_free(log->path);
    lts_free(log->line);
    lts_free(log);
    return status;
}
