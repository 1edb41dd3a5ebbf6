/* SPDX-License-Identifier: MIT */
#include "store/header.h"

#include "base/status.h"
#include "files/json_read.h"
#include "store/safetensors.h"

#include <string.h>

/* The format of a file that begins with these bytes and is not safetensors, or NULL if unknown. */
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

static uint64_t reverse_bytes(uint64_t value)
{
    uint64_t other = 0;
    for (int i = 0; i < 8; i++, value >>= 8)
        other = other << 8 | (value & 0xFF);
    return other;
}

lstm_status lts_header_find(const char *path, const unsigned char *front, int64_t size,
                            int64_t *header_size)
{
    if (size < 8)
        return lts_fail(LSTM_E_TRUNC, "%.300s ends after %lld bytes, within the header's length",
                        path, (long long)size);
    uint64_t length = 0;
    for (int i = 0; i < 8; i++)
        length |= (uint64_t)front[i] << 8 * i;
    bool begins = length >= 2 && (size == 8 || front[8] == '{');
    bool too_long = length > (uint64_t)lts_max_header;
    const char *other = begins && !too_long ? NULL : other_format(front);
    if (other != NULL)
        return lts_fail(LSTM_E_FORMAT, "%.300s is not a safetensors file, it looks like %s", path,
                        other);
    if (too_long)
        return lts_fail(LSTM_E_LIMIT, "%.300s: the header's length is %llu, the limit is %lld%s",
                        path, (unsigned long long)length, (long long)lts_max_header,
                        reverse_bytes(length) <= (uint64_t)size
                            ? "; its bytes are in the order of a big-endian host"
                            : "");
    if (!begins)
        return lts_fail(LSTM_E_FORMAT, "%.300s is not a safetensors file: no '{' begins its header",
                        path);
    if ((int64_t)length > size - 8)
        return lts_fail(LSTM_E_TRUNC, "%.300s ends after %lld bytes, the header ends at %lld", path,
                        (long long)size, (long long)length + 8);
    *header_size = (int64_t)length;
    return LSTM_OK;
}

lstm_status lts_header_parse(const char *path, const unsigned char *bytes, int64_t size,
                             json_t **header)
{
    json_error_t error;
    lstm_status status = lts_json_read(header, (const char *)bytes, size, &error);
    if (status == LSTM_E_LIMIT)
        return lts_fail(LSTM_E_LIMIT, "%.200s: the header's %s", path, error.text);
    if (status == LSTM_E_FORMAT)
        return lts_fail(LSTM_E_FORMAT, "%.200s: header, byte %d: %s", path, error.position,
                        error.text);
    return status;
}
