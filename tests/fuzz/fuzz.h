/* SPDX-License-Identifier: MIT */
/*
 * Shared by the fuzz targets.
 *
 * A target is a file fuzz_<name>.c with LLVMFuzzerTestOneInput(). It is built twice: with replay.c,
 * by any compiler, into a test that runs every file of corpus/<name>; and with libFuzzer, by clang.
 * A target detects more than crashes: FUZZ_HOLDS asserts what must hold after any input.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "base/real.h"
#include <lstmts/lstmts.h>

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_HOLDS(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: this does not hold: %s\nlast error: %s\n", __FILE__, __LINE__, \
                    #condition, lstm_last_error());                                                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/** Assert that a call succeeds, as it must for any input. */
#define FUZZ_OK(call) FUZZ_HOLDS((call) >= 0)

/*
 * files.c: while a target runs, files are read and replaced in memory, which is as fast as the
 * parsers. (files/file.h is tested on real files.)
 */

/** Set the contents that the library reads from any path. Borrowed. */
void fuzz_file(const uint8_t *bytes, size_t size);

/** The last file that the library wrote, valid until it writes again. */
const uint8_t *fuzz_file_bytes(size_t *size);

/** Let the library read the last file that it wrote. */
void fuzz_file_written(void);

/**
 * Limit the library's allocated bytes, so that large sizes in the input return LSTM_E_NOMEM and do
 * not exhaust the machine's memory.
 */
void fuzz_limit_memory(size_t limit);

/**
 * json_arena.c: call it at the start of a run, after all JSON of the previous run is released.
 * Gives Jansson a fast allocator.
 */
void fuzz_json_begin(const uint8_t *data, size_t size);

/** From now on Jansson uses malloc(), as in a program. */
void fuzz_json_plain(void);

/* input.c: reads an input from its front. Bytes beyond its end are zero. */

typedef struct fuzz_input {
    const uint8_t *data;
    size_t size;
} fuzz_input;

void fuzz_take(fuzz_input *input, void *bytes, size_t n);
uint8_t fuzz_byte(fuzz_input *input);

/** A number in [0, n). */
int64_t fuzz_below(fuzz_input *input, int64_t n);

/**
 * An options struct as by a program of any release: struct_size, and exactly so many bytes, from
 * the input. An invalid struct_size comes without further bytes. The caller frees it.
 */
void *fuzz_options(fuzz_input *input);

/** Copy `n` bytes to a field of such a struct, if the struct has it. */
void fuzz_put(void *options, size_t offset, const void *bytes, size_t n);
#define FUZZ_PUT(options, type, field, value)                                                      \
    fuzz_put(options, offsetof(type, field), &(value), sizeof(value))

#endif
