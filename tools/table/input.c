/* SPDX-License-Identifier: MIT */
/*
 * Files are read by read(), never mapped: a file that is cut short while it is mapped kills the
 * process. A file that grows meanwhile is read up to the size that it had at opening.
 */
#include "table/input.h"

#include "table/memory.h"
#include "table/notes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct table_input {
    int descriptor; /* -1 = memory */
    bool is_own;    /* to be closed */
    bool gzip, in_member, raw_ended, ended;
    const unsigned char *raw; /* compressed bytes, or memory, that have not been taken */
    size_t n_raw;
    int64_t n_read, size;     /* of a regular file at opening; -1 = unknown */
    int64_t total, max_bytes; /* decompressed */
    size_t begin, end;        /* of the bytes in the chunk */
    z_stream stream;
    unsigned char buffer[TABLE_CHUNK]; /* compressed */
    char chunk[TABLE_CHUNK];           /* decompressed */
};

static voidpf allocate_for_zlib(voidpf unused, uInt n, uInt size)
{
    (void)unused;
    return table_allocate((int64_t)n, size);
}

static void release_for_zlib(voidpf unused, voidpf memory)
{
    (void)unused;
    table_release(memory);
}

static lstm_status open_file(table_input *input, const char *path, table_error *error)
{
    /* without O_NONBLOCK, opening a pipe that nobody writes to would wait */
    input->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (input->descriptor < 0)
        return table_fail(error, LSTM_E_IO, "cannot be opened: %s", strerror(errno));
    input->is_own = true;
    struct stat status;
    if (fstat(input->descriptor, &status) != 0)
        return table_fail(error, LSTM_E_IO, "cannot be read: %s", strerror(errno));
    if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode))
        return table_fail(error, LSTM_E_IO, "is neither a file nor a pipe%s",
                          S_ISDIR(status.st_mode) ? " but a folder" : "");
    int flags = fcntl(input->descriptor, F_GETFL);
    if (flags < 0 || fcntl(input->descriptor, F_SETFL, flags & ~O_NONBLOCK) != 0)
        return table_fail(error, LSTM_E_IO, "cannot be read: %s", strerror(errno));
    if (S_ISREG(status.st_mode) && status.st_size > 0) /* files of /proc have no size */
        input->size = status.st_size;
    return LSTM_OK;
}

/* Up to `size` bytes; *n = 0 at the end. */
static lstm_status read_some(table_input *input, void *bytes, size_t size, size_t *n,
                             table_error *error)
{
    ssize_t got;
    if (input->size >= 0 && (int64_t)size > input->size - input->n_read)
        size = (size_t)(input->size - input->n_read);
    do
        got = read(input->descriptor, bytes, size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return table_fail(error, LSTM_E_IO, "cannot be read: %s", strerror(errno));
    *n = (size_t)got;
    input->n_read += got;
    if (got == 0 && size > 0 && input->size >= 0)
        return table_fail(error, LSTM_E_TRUNC,
                          "became shorter while it was read: %lld of %lld bytes",
                          (long long)input->n_read, (long long)input->size);
    return LSTM_OK;
}

/* More compressed bytes where none are left. */
static lstm_status fill_raw(table_input *input, table_error *error)
{
    if (input->n_raw > 0 || input->raw_ended)
        return LSTM_OK;
    size_t n = 0;
    if (input->descriptor >= 0) {
        lstm_status status = read_some(input, input->buffer, sizeof input->buffer, &n, error);
        if (status < 0)
            return status;
    }
    input->raw = input->buffer;
    input->n_raw = n;
    input->raw_ended = n == 0;
    return LSTM_OK;
}

/* Appends to the chunk what zlib makes of the raw bytes. */
static lstm_status inflate_some(table_input *input, table_error *error)
{
    lstm_status status = fill_raw(input, error);
    if (status < 0)
        return status;
    if (input->n_raw == 0) {
        input->ended = true;
        return input->in_member ? table_fail(error, LSTM_E_TRUNC,
                                             "is truncated: the end of the gzip data is missing")
                                : LSTM_OK;
    }
    if (!input->in_member && inflateReset(&input->stream) != Z_OK)
        return table_fail_memory(error);
    input->in_member = true;
    size_t most = input->n_raw < UINT32_MAX / 2 ? input->n_raw : UINT32_MAX / 2;
    input->stream.next_in = (z_const Bytef *)input->raw;
    input->stream.avail_in = (uInt)most;
    input->stream.next_out = (Bytef *)input->chunk + input->end;
    input->stream.avail_out = (uInt)(TABLE_CHUNK - input->end);
    int result = inflate(&input->stream, Z_NO_FLUSH);
    input->n_raw -= most - input->stream.avail_in;
    input->raw = input->stream.next_in;
    input->end = TABLE_CHUNK - input->stream.avail_out;
    if (result == Z_MEM_ERROR)
        return table_fail_memory(error);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return table_fail(error, LSTM_E_FORMAT, "has damaged gzip data: %s",
                          input->stream.msg == NULL ? "not a gzip member" : input->stream.msg);
    input->in_member = result != Z_STREAM_END;
    return LSTM_OK;
}

static lstm_status copy_some(table_input *input, table_error *error)
{
    size_t n = 0, space = TABLE_CHUNK - input->end;
    if (input->n_raw > 0 || input->descriptor < 0) {
        n = input->n_raw < space ? input->n_raw : space;
        if (n > 0)
            memcpy(input->chunk + input->end, input->raw, n);
        input->raw += n;
        input->n_raw -= n;
    } else {
        lstm_status status = read_some(input, input->chunk + input->end, space, &n, error);
        if (status < 0)
            return status;
    }
    input->ended = n == 0;
    input->end += n;
    return LSTM_OK;
}

/* Reads until the chunk is full or the input ends. */
static lstm_status fill_chunk(table_input *input, table_error *error)
{
    while (input->end < TABLE_CHUNK && !input->ended) {
        size_t before = input->end;
        lstm_status status = input->gzip ? inflate_some(input, error) : copy_some(input, error);
        if (status < 0)
            return status;
        input->total += (int64_t)(input->end - before);
        if (input->total > input->max_bytes)
            return table_fail(error, LSTM_E_LIMIT, "has more than %lld bytes",
                              (long long)input->max_bytes);
    }
    return LSTM_OK;
}

/* The first chunk, and whether it is gzip's. */
static lstm_status begin_reading(table_input *input, const table_source *source, table_error *error)
{
    lstm_status status = LSTM_OK;
    if (source->memory != NULL) {
        input->raw = source->memory;
        input->n_raw = source->size;
    } else if (source->descriptor < 0) {
        status = open_file(input, source->path, error);
    } else {
        input->descriptor = source->descriptor;
    }
    /* two bytes tell gzip from text, and a pipe may give them one by one */
    while (status == LSTM_OK && input->descriptor >= 0 && input->n_raw < 2 && !input->raw_ended) {
        size_t n = 0;
        status =
            read_some(input, input->buffer + input->n_raw, TABLE_CHUNK - input->n_raw, &n, error);
        input->raw = input->buffer;
        input->n_raw += n;
        input->raw_ended = n == 0;
    }
    if (status == LSTM_OK && input->n_raw >= 2 && input->raw[0] == 0x1F && input->raw[1] == 0x8B) {
        input->gzip = true;
        input->stream.zalloc = allocate_for_zlib;
        input->stream.zfree = release_for_zlib;
        if (inflateInit2(&input->stream, 16 + MAX_WBITS) != Z_OK)
            return table_fail_memory(error);
    }
    return status == LSTM_OK ? fill_chunk(input, error) : status;
}

lstm_status table_input_open(table_input **input, const table_source *source, int64_t max_bytes,
                             table_error *error)
{
    table_input *opened = table_resize(NULL, sizeof *opened); /* its buffers are not cleared */
    if (opened == NULL)
        return table_fail_memory(error);
    memset(opened, 0, offsetof(table_input, buffer));
    opened->descriptor = -1;
    opened->size = -1;
    opened->max_bytes = max_bytes;
    lstm_status status = begin_reading(opened, source, error);
    if (status < 0) {
        table_input_close(opened);
        return status;
    }
    *input = opened;
    return LSTM_OK;
}

void table_input_close(table_input *input)
{
    if (input == NULL)
        return;
    if (input->gzip)
        inflateEnd(&input->stream);
    if (input->is_own)
        close(input->descriptor);
    table_release(input);
}

bool table_input_is_gzip(const table_input *input)
{
    return input->gzip;
}

void table_input_peek(const table_input *input, const char **data, size_t *size, bool *whole)
{
    *data = input->chunk + input->begin;
    *size = input->end - input->begin;
    *whole = input->ended;
}

void table_input_skip(table_input *input, size_t size)
{
    input->begin += size;
}

void table_input_return(table_input *input, size_t size)
{
    input->begin -= size;
}

lstm_status table_input_next(table_input *input, const char **data, size_t *size,
                             table_error *error)
{
    if (input->begin == input->end) {
        input->begin = input->end = 0;
        lstm_status status = fill_chunk(input, error);
        if (status < 0)
            return status;
    }
    *data = input->chunk + input->begin;
    *size = input->end - input->begin;
    input->begin = input->end;
    return LSTM_OK;
}
