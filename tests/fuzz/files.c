/* SPDX-License-Identifier: MIT */
/*
 * The linker redirects the library's calls of lts_file_read() and lts_file_replace() here (--wrap).
 */
#include "fuzz.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"

__typeof__(lts_file_read) __wrap_lts_file_read;
__typeof__(lts_file_replace) __wrap_lts_file_replace;

static const uint8_t *file;
static size_t file_size;
static uint8_t *written;
static size_t written_size, room;

void fuzz_file(const uint8_t *bytes, size_t size)
{
    file = bytes;
    file_size = size;
}

const uint8_t *fuzz_file_bytes(size_t *size)
{
    *size = written_size;
    return written;
}

void fuzz_file_written(void)
{
    fuzz_file(written, written_size);
}

lstm_status __wrap_lts_file_read(const char *path, unsigned char **bytes, int64_t *size)
{
    (void)path;
    unsigned char *copy = lts_alloc((int64_t)file_size, 1);
    if (copy == NULL)
        return LSTM_E_NOMEM;
    if (file_size > 0)
        memcpy(copy, file, file_size);
    *bytes = copy;
    *size = (int64_t)file_size;
    return LSTM_OK;
}

static void append(const void *bytes, size_t size)
{
    if (written_size + size > room) {
        room = 2 * (written_size + size);
        written = realloc(written, room);
        FUZZ_HOLDS(written != NULL);
    }
    memcpy(written + written_size, bytes, size);
    written_size += size;
}

lstm_status __wrap_lts_file_replace(const char *path, const lts_chunk *chunks, int64_t n_chunk)
{
    (void)path;
    written_size = 0;
    for (int64_t i = 0; i < n_chunk; i++)
        if (chunks[i].size > 0)
            append(chunks[i].bytes, (size_t)chunks[i].size);
    return LSTM_OK;
}

static void *allocate(size_t size, void *limit)
{
    return size > *(const size_t *)limit ? NULL : calloc(size, 1);
}

static void release(void *block, void *limit)
{
    (void)limit;
    free(block);
}

void fuzz_limit_memory(size_t limit)
{
    static size_t most;
    static const lstm_allocator limited = {allocate, release, &most};
    most = limit;
    FUZZ_OK(lstm_set_allocator(&limited));
}
