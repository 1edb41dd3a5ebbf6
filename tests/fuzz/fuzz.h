/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share.
 *
 * A target is a file fuzz_<name>.c with LLVMFuzzerTestOneInput(). It is built twice: with replay.c,
 * by any compiler, into a test that runs every file of corpus/<name>; and with libFuzzer, by clang.
 * A target looks for more than crashes: what must hold after any input, it says with FUZZ_HOLDS.
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

/** That a call succeeded, as it must whatever the input is. */
#define FUZZ_OK(call) FUZZ_HOLDS((call) >= 0)

/*
 * files.c: while a target runs, reading and replacing files happens in memory, where it is as fast
 * as the parsers behind it. (base/file.h itself has its tests on real files.)
 */

/** What the library reads from any path from now on. Borrowed. */
void fuzz_file(const uint8_t *bytes, size_t size);

/** What the library wrote last, until it writes again. */
const uint8_t *fuzz_file_bytes(size_t *size);

/** Let the library read from now on what it wrote last. */
void fuzz_file_written(void);

/**
 * Let the library have at most `limit` bytes at a time, so that sizes from the input end in
 * LSTM_E_NOMEM and not in a machine without memory.
 */
void fuzz_limit_memory(size_t limit);

/**
 * json_arena.c: to be called as a run begins, and with all JSON of the run before released. Gives
 * the JSON library memory that costs little.
 */
void fuzz_json_begin(const uint8_t *data, size_t size);

/** From now on that memory is malloc's, as in a program. */
void fuzz_json_plain(void);

/* input.c: an input taken apart from its front. What is missing at its end is zero. */

typedef struct fuzz_input {
    const uint8_t *data;
    size_t size;
} fuzz_input;

void fuzz_take(fuzz_input *input, void *bytes, size_t n);
uint8_t fuzz_byte(fuzz_input *input);

/** A number in [0, n). */
int64_t fuzz_below(fuzz_input *input, int64_t n);

/**
 * An options struct as a program of any release may hand it over: struct_size from the input, and
 * so many bytes, to the byte, from the input. A struct_size that no reader may believe comes alone.
 * Free it.
 */
void *fuzz_options(fuzz_input *input);

/** Puts `n` bytes into a field of such a struct, if the struct reaches that far. */
void fuzz_put(void *options, size_t offset, const void *bytes, size_t n);
#define FUZZ_PUT(options, type, field, value)                                                      \
    fuzz_put(options, offsetof(type, field), &(value), sizeof(value))

#endif
