/* SPDX-License-Identifier: MIT */
/*
 * Safetensors files with given headers, and assertions on reading them.
 */
#ifndef TESTS_SAFETENSORS_FIXTURE_H
#define TESTS_SAFETENSORS_FIXTURE_H

#include "failing_allocator.h"
#include "scratch.h"
#include "seal.h"

#include "store/safetensors.h"

#include <jansson.h>
#include <stdbool.h>

#ifdef LSTMTS_TEST_DOUBLE
#define TYPE                      "F64"
#define PICK(as_float, as_double) as_double
#else
#define TYPE                      "F32"
#define PICK(as_float, as_double) as_float
#endif

/* Writes a file of exactly this header and `n_data` bytes 0, 1, 2, ... */
static const char *make(const char *header, size_t n_data)
{
    static unsigned char bytes[8192];
    size_t length = strlen(header);
    assert_true(8 + length + n_data <= sizeof bytes);
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)length >> 8 * i);
    memcpy(bytes + 8, header, length);
    for (size_t i = 0; i < n_data; i++)
        bytes[8 + length + i] = (unsigned char)i;
    return scratch_write("made", bytes, 8 + length + n_data);
}

static inline void assert_refuses(const char *path, lstm_status status, const char *part)
{
    lts_safetensors *file = NULL;
    assert_status(lts_safetensors_open(&file, lts_at_path(path)), status, part);
    assert_null(file);
}

static const real ramp[] = {1, (real)-0.0, (real)0.1, 3, (real)1e-40, -5};

static inline lstm_status write_two(const char *name)
{
    lts_stored tensors[] = {
        {.name = "b", .n_dim = 2, .dim = {2, 3}, .data = ramp},
        {.name = "a", .n_dim = 1, .dim = {1}, .data = ramp + 3},
    };
    const lts_text texts[] = {{"k", "v"}, {"quote", "\"\\\n\xC3\xA9"}};
    return lts_safetensors_write(lts_at_path(scratch(name)), tensors, 2, texts, 2);
}

#endif
