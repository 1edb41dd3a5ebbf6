/* SPDX-License-Identifier: MIT */
#include "store/header.h"

#include "base/status.h"
#include "store/json_depth.h"
#include "store/safetensors.h"

#include <errno.h>

/* What a file that is none of ours may be, or NULL. */
static const char *other_format(const unsigned char start[8])
{
    static const struct {
        const char *start;
        size_t size;
        const char *name;
    } known[] = {
        {"PK\3\4", 4, "a zip archive"}, {"\x93NUMPY", 6, "a NumPy array"},
        {"\x89HDF", 4, "an HDF5 file"}, {"\x1f\x8b", 2, "a gzip archive"},
        {"\xEF\xBB\xBF", 3, "text"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (memcmp(start, known[i].start, known[i].size) == 0)
            return known[i].name;
    if (start[0] == 0x80 && start[1] >= 2 && start[1] <= 5)
        return "a Python pickle";
    for (int i = 0; i < 8; i++)
        if ((start[i] < ' ' && start[i] != '\t' && start[i] != '\n' && start[i] != '\r') ||
            start[i] > '~')
            return NULL;
    return "text";
}

static uint64_t swapped(uint64_t value)
{
    uint64_t other = 0;
    for (int i = 0; i < 8; i++, value >>= 8)
        other = other << 8 | (value & 0xFF);
    return other;
}

lstm_status lts_header_find(const char *path, const unsigned char *bytes, int64_t size,
                            int64_t *header_size)
{
    if (size < 8)
        return lts_fail(LSTM_E_TRUNC, "%.300s ends after %lld bytes, within the header's length",
                        path, (long long)size);
    uint64_t length = 0;
    for (int i = 0; i < 8; i++)
        length |= (uint64_t)bytes[i] << 8 * i;
    if (length > (uint64_t)lts_max_header) {
        const char *other = other_format(bytes);
        if (other != NULL)
            return lts_fail(LSTM_E_FORMAT, "%.300s is not a safetensors file, it looks like %s",
                            path, other);
        return lts_fail(LSTM_E_LIMIT, "%.300s: the header's length is %llu, the limit is %lld%s",
                        path, (unsigned long long)length, (long long)lts_max_header,
                        swapped(length) <= (uint64_t)size
                            ? "; its bytes are in the order of a big-endian host"
                            : "");
    }
    if (length < 2 || (size > 8 && bytes[8] != '{'))
        return lts_fail(LSTM_E_FORMAT, "%.300s is not a safetensors file: no '{' begins its header",
                        path);
    if ((int64_t)length > size - 8)
        return lts_fail(LSTM_E_TRUNC, "%.300s ends after %lld bytes, the header ends at %lld", path,
                        (long long)size, (long long)length + 8);
    *header_size = (int64_t)length;
    return LSTM_OK;
}

/*
 * Jansson 2.14 does not notice when the buffer that collects a token cannot grow: it loses
 * characters, and may run over the end. So we ask for all that it may take first: measured, up to
 * 79 bytes for each byte of an object of empty objects.
 */
static bool parser_has_room(int64_t length)
{
    json_malloc_t allocate;
    json_free_t release;
    json_get_alloc_funcs(&allocate, &release);
    void *room = allocate(80 * (size_t)length + 16384);
    if (room == NULL)
        return false;
    release(room);
    return true;
}

/*
 * Jansson has an error code for lack of memory, but does not set it: it says nothing, or, when it
 * has no room for a string that it has just read, it calls the string invalid.
 */
static bool parser_lacked_memory(const json_error_t *error, const char *header)
{
    if (error->text[0] == '\0')
        return true;
    bool blames_token = strncmp(error->text, "invalid token", 13) == 0 ||
                        strncmp(error->text, "string or '}' expected", 22) == 0;
    return blames_token && error->position > 0 && header[error->position - 1] == '"';
}

lstm_status lts_header_parse(const char *path, const unsigned char *bytes, int64_t size,
                             json_t **header)
{
    const char *text = (const char *)bytes;
    json_error_t error;
    if (!lts_json_is_shallow(text, size))
        return lts_fail(LSTM_E_LIMIT, "%.200s: the header's depth is above %d", path,
                        LTS_JSON_DEPTH);
    if (!parser_has_room(size))
        return lts_fail(LSTM_E_NOMEM, "out of memory for a header of %lld bytes", (long long)size);
    int before = errno; /* which Jansson sets to 0 as it reads numbers */
    *header = json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, &error);
    errno = before;
    if (*header != NULL)
        return LSTM_OK;
    if (parser_lacked_memory(&error, text))
        return lts_fail(LSTM_E_NOMEM, "out of memory for a header of %lld bytes", (long long)size);
    return lts_fail(LSTM_E_FORMAT, "%.200s: header, byte %d: %s", path, error.position, error.text);
}
