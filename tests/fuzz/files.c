/* SPDX-License-Identifier: MIT */
/*
 * The linker redirects the library's calls of lts_input_*() and lts_file_replace() here (--wrap).
 */
#include "fuzz.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"

__typeof__(lts_input_open) __wrap_lts_input_open;
__typeof__(lts_input_read) __wrap_lts_input_read;
__typeof__(lts_input_close) __wrap_lts_input_close;
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

lstm_status __wrap_lts_input_open(lts_input *input, lts_location from)
{
    *input = (lts_input){-1, (int64_t)file_size, from.path};
    return LSTM_OK;
}

lstm_status __wrap_lts_input_read(const lts_input *input, int64_t offset, unsigned char *bytes,
                                  int64_t n)
{
    FUZZ_HOLDS(offset >= 0 && n >= 0 && offset <= input->size && n <= input->size - offset);
    if (n > 0)
        memcpy(bytes, file + offset, (size_t)n);
    return LSTM_OK;
}

void __wrap_lts_input_close(lts_input *input)
{
    (void)input;
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

lstm_status __wrap_lts_file_replace(lts_location to, const lts_chunk *chunks, int64_t n_chunk)
{
    (void)to;
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
