/* SPDX-License-Identifier: MIT */
/*
 * Files with a part of the header replaced, and with length and checksum corrected, so that they
 * are read beyond these.
 */
#ifndef TESTS_SPOIL_H
#define TESTS_SPOIL_H

#include "scratch.h"
#include "seal.h"

/** The bytes of file `name` of the scratch folder, with the first `from` of the header replaced by
 * `to`. The caller frees them. */
static inline unsigned char *spoilt(const char *name, const char *from, const char *to,
                                    size_t *spoilt_size)
{
    size_t size, length = 0;
    unsigned char *bytes = scratch_read(name, &size);
    for (int i = 0; i < 8; i++)
        length |= (size_t)bytes[i] << 8 * i;
    char *at = strstr((char *)bytes + 8, from); /* a 0 follows the file */
    assert_non_null(at);
    size_t before = (size_t)((unsigned char *)at - bytes), cut = strlen(from), put = strlen(to);
    assert_true(before + cut <= 8 + length);
    unsigned char *made = malloc(size - cut + put);
    assert_non_null(made);
    memcpy(made, bytes, before);
    memcpy(made + before, to, put);
    memcpy(made + before + put, bytes + before + cut, size - before - cut);
    length = length - cut + put;
    for (int i = 0; i < 8; i++)
        made[i] = (unsigned char)(length >> 8 * i);
    *spoilt_size = size - cut + put;
    seal(made, *spoilt_size);
    free(bytes);
    return made;
}

/** Append a copy of the bytes to the file's data, for added tensors. */
static inline unsigned char *with_data(unsigned char *bytes, size_t *size, const void *data,
                                       size_t n_byte)
{
    unsigned char *longer = realloc(bytes, *size + n_byte);
    assert_non_null(longer);
    memcpy(longer + *size, data, n_byte);
    *size += n_byte;
    seal(longer, *size);
    return longer;
}

/** Where the elements of a tensor begin in the bytes of a file. */
static inline unsigned char *elements_of(unsigned char *bytes, const char *name)
{
    size_t length = 0, first = 0;
    for (int i = 0; i < 8; i++)
        length |= (size_t)bytes[i] << 8 * i;
    const char *at = strstr((char *)bytes + 8, name);
    assert_non_null(at);
    at = strstr(at, "\"data_offsets\":[");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "\"data_offsets\":[%zu", &first), 1);
    return bytes + 8 + length + first;
}

/** Write such a file. Returns its path. */
static inline const char *spoil(const char *name, const char *from, const char *to)
{
    size_t size;
    unsigned char *bytes = spoilt(name, from, to, &size);
    const char *path = scratch_write("spoilt", bytes, size);
    free(bytes);
    return path;
}

/** A replacement in a header, and the expected failure. */
typedef struct spoiling {
    const char *from, *to;
    lstm_status status;
    const char *part; /**< of the message */
} spoiling;

#endif
